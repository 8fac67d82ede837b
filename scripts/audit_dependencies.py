"""Check that the installed packages fit together, and that no advisory is known against them.

Advisories come over the network. Without it, or where the index knows none of
the packages, one line says that they were not looked up, and nothing fails.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

LONGEST_SECONDS = 300
_NO_NETWORK = (
    "Max retries exceeded",
    "ConnectionError",
    "ServiceError",
    "Timeout",
    "timed out",
    "503",
    "502",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the audit found."""

    failed: bool
    says: str


def main() -> None:
    """Check and audit; fail when something is wrong with a package."""
    if subprocess.run([sys.executable, "-m", "pip", "check"], check=False).returncode:
        sys.exit(1)
    verdict = _audit()
    print(verdict.says)
    sys.exit(1 if verdict.failed else 0)


def verdict_on(report: str, complaint: str) -> Verdict:
    """Return what pip-audit's JSON report says, or what its complaint means where there is no report."""
    if not report.strip():
        last = complaint.strip().splitlines()[-1:] or ["no report"]
        is_unreachable = any(sign in complaint for sign in _NO_NETWORK)
        reason = "the advisory service cannot be reached" if is_unreachable else last[0]
        return Verdict(failed=not is_unreachable, says=f"Advisories were not looked up: {reason}.")
    packages = json.loads(report)["dependencies"]
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        return Verdict(failed=False, says="Advisories were not looked up: the service knows no package here.")
    known = [
        f"{package['name']} {package['version']}: {flaw['id']}, fixed in {', '.join(flaw['fix_versions'])}"
        for package in audited
        for flaw in package["vulns"]
    ]
    count = f"Looked up {len(audited)} of {len(packages)} packages, {len(known)} advisories."
    return Verdict(failed=bool(known), says="\n".join([*known, count]))


def _audit() -> Verdict:
    command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return verdict_on("", "timed out")
    return verdict_on(done.stdout, done.stderr)


if __name__ == "__main__":
    main()
