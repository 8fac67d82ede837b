"""What was not run is listed by name, and is a failure where everything is required."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support.servers import ROOT

pytest_plugins = ["pytester"]

SUITE = """
import pytest

@pytest.mark.needs("zbarimg")
def test_with_a_camera():
    pass

def test_without():
    pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A small suite with our conftest, on a machine that lacks zbarimg."""
    conftest = (ROOT / "tests" / "conftest.py").read_text()
    # The small suite runs without Django, which the fixtures of the large one need.
    pytester.makeconftest(conftest.replace('pytest_plugins = ["tests.fixtures"]', ""))
    pytester.makepyfile(SUITE)
    programs = pytester.mkdir("programs")
    (programs / "sh").symlink_to(Path(shutil.which("sh") or "/bin/sh"))
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


@pytest.mark.parametrize(("required", "exit_code"), [("0", 0), ("1", 1)])
def test_an_absent_program_is_named_and_fails_the_run_only_where_all_is_required(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, required: str, exit_code: int
) -> None:
    monkeypatch.setenv("REQUIRE_ALL", required)

    result = suite.runpytest_subprocess("-p", "no:django", "-p", "no:randomly")

    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["*1 not run*", "*::test_with_a_camera: the program zbarimg is not installed*"]
    )
    assert result.ret == exit_code


def test_what_only_a_newer_django_has_is_tested_by_the_gate_in_its_own_run() -> None:
    script = (ROOT / "scripts" / "test_django61.py").read_text()

    gate = (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^REQUIRE_ALL=1 .*make test-django61$", gate, re.MULTILINE)
    assert '"tests/services/test_webhook_tasks.py",' in script
    assert (ROOT / "tests" / "services" / "test_webhook_tasks.py").exists()
