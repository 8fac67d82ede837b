"""Whether an answer agrees with itself: status, headers and body say the same."""

from collections.abc import Mapping
from typing import Any

from benchmarks.load.facts import Verdict
from benchmarks.load.wire import Answer
from benchmarks.load.world import Member


def read_vault(answer: Answer, member: Member, flow: str) -> tuple[Verdict, str]:
    """Return what the answer of a vault says."""
    if answer.status == 200 and _has(answer.body, {"flow": flow, "opened_by": member.name}):
        return Verdict.DONE, ""
    is_challenge = (
        answer.status == 401
        and _has(answer.body, {"flow": flow, "code": "mfa_required", "enrolled": True})
        and 'error="insufficient_user_authentication"' in answer.headers.get("WWW-Authenticate", "")
        and answer.headers.get("Cache-Control") == "no-store"
    )
    return (Verdict.CHALLENGED, "") if is_challenge else _odd(answer)


def read_verification(answer: Answer) -> tuple[Verdict, str]:
    """Return what the answer to a code says."""
    if answer.status == 201 and _has(answer.body, {"method": "otp"}):
        return Verdict.DONE, ""
    if answer.status == 400 and _has(answer.body, {"code": "mfa_failed"}):
        return Verdict.CODE_REFUSED, ""
    return _odd(answer)


def read_done(answer: Answer, expected: Mapping[str, Any] | None = None) -> tuple[Verdict, str]:
    """Return what the answer to a change says, which has these fields."""
    is_done = answer.status in {200, 204} and (expected is None or _has(answer.body, expected))
    return (Verdict.DONE, "") if is_done else _odd(answer)


def _has(body: Any, fields: Mapping[str, Any]) -> bool:
    return isinstance(body, dict) and all(body.get(name) == value for name, value in fields.items())


def _odd(answer: Answer) -> tuple[Verdict, str]:
    return Verdict.ODD, f"{answer.status} {answer.body!r:.200}"
