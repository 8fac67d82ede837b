"""The page about standards names tests that exist, and says for each requirement who meets it."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest

from drf_accessflow_mfa.defaults import DEFAULTS

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "standards.md"
README = TESTS.parent / "README.md"
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE.read_text())
ROWS = [
    [cell.strip() for cell in line.strip("| ").split("|")]
    for line in PAGE.read_text().splitlines()
    if line.startswith("|") and not line.startswith(("| requirement", "|---"))
]


def names_in(path):
    tree = ast.parse((TESTS / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_a_test_that_the_page_names_exists(path, name):
    assert name.startswith("test_")
    assert name in names_in(path)


def test_every_standard_of_the_page_has_requirements():
    headings = re.findall(r"^## (.*)$", PAGE.read_text(), re.MULTILINE)
    assert [heading.split(":")[0] for heading in headings] == [
        "RFC 4226",
        "RFC 6238",
        "RFC 9470",
        "RFC 8176",
        "NIST SP 800-63B-4",
        "OWASP ASVS 5.0, V6",
        "OWASP ASVS 5.0, V7",
        "OWASP ASVS 5.0, V16",
    ]
    assert len(ROWS) > 90


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_requirement_is_shown_by_a_test_or_left_to_somebody(row):
    assert "::" in row[-1] or "host's part" in row[1] or "not met" in row[1].lower() or ".md" in row[1]


def settings_of_the_readme():
    """Return the default that the README's table shows for each setting; ``None`` where it shows a text."""
    shown = {}
    for line in README.read_text().partition("## Settings")[2].splitlines():
        if line.startswith("| `"):
            names, defaults = (re.findall(r"`([^`]*)`", cell) for cell in line.split("|")[1:3])
            shown |= (
                dict(zip(names, defaults, strict=True))
                if len(names) == len(defaults)
                else dict.fromkeys(names)
            )
    return shown


def test_the_readme_lists_every_setting():
    assert set(settings_of_the_readme()) >= set(DEFAULTS)


@pytest.mark.parametrize("name", ["MAX_AGE", "ENROLLMENT_TTL", "RESET_TTL", "LOCK_WAIT", "LOCK_WAIT_MAX"])
def test_the_readme_tells_each_lifetime_as_it_is(name):
    lifetime = DEFAULTS[name]
    seconds = lifetime.total_seconds() if isinstance(lifetime, timedelta) else lifetime

    assert settings_of_the_readme()[name] == str(int(seconds))
