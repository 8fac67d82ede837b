"""The audit of dependencies fails for what is wrong with a package, and for nothing else."""

import json

import pytest

from scripts.audit_dependencies import verdict_on


def report(*packages):
    return json.dumps({"dependencies": list(packages), "fixes": []})


def package(name, *flaws):
    return {
        "name": name,
        "version": "1.0",
        "vulns": [{"id": flaw, "fix_versions": ["1.1"], "aliases": []} for flaw in flaws],
    }


def unknown(name):
    return {"name": name, "skip_reason": "not found"}


def test_a_known_flaw_fails_and_is_named():
    verdict = verdict_on(report(package("sound"), package("weak", "PYSEC-2026-1")), "")

    assert verdict.failed
    assert verdict.says.splitlines() == [
        "weak 1.0: PYSEC-2026-1, fixed in 1.1",
        "Looked up 2 of 2 packages, 1 advisories.",
    ]


def test_what_could_not_be_looked_up_is_counted():
    verdict = verdict_on(report(package("sound"), unknown("private")), "")

    assert not verdict.failed
    assert verdict.says == "Looked up 1 of 2 packages, 0 advisories."


def test_a_service_that_knows_nothing_is_no_clean_bill():
    verdict = verdict_on(report(unknown("one"), unknown("other")), "")

    assert not verdict.failed
    assert verdict.says.startswith("Advisories were not looked up")


@pytest.mark.parametrize("sign", ["Max retries exceeded with url", "ConnectionError: refused", "timed out"])
def test_without_a_network_nothing_fails_and_one_line_says_so(sign):
    verdict = verdict_on("", f"Traceback\n{sign}")

    assert not verdict.failed
    assert verdict.says == "Advisories were not looked up: the advisory service cannot be reached."


def test_an_audit_that_breaks_for_another_reason_fails():
    verdict = verdict_on("", "Traceback\nModuleNotFoundError: No module named 'pip_audit'")

    assert verdict.failed
    assert "No module named 'pip_audit'" in verdict.says
