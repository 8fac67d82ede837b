"""Whether the database has kept what was answered: each change, each denial, each code, once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks.load.facts import Act, Fact, Verdict

EVENTS = "SELECT kind, count(*) FROM drf_accessflow_mfa_auditevent GROUP BY kind"
VERIFICATIONS = "SELECT count(*) FROM drf_accessflow_mfa_verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """How many rows there are."""

    events: Counter[str]
    """By their kinds."""
    verifications: int


def books_of(database_url: str) -> Books:
    """Count the rows."""
    with psycopg.connect(database_url) as connection:
        events: Counter[str] = Counter(dict(connection.execute(EVENTS).fetchall()))
        row: Any = connection.execute(VERIFICATIONS).fetchone()
    return Books(events=events, verifications=int(row[0]))


def differences(facts: Iterable[Fact], *, before: Books, after: Books) -> Iterator[str]:
    """Yield where the rows that came and the answers differ in number."""
    found = Counter((fact.act, fact.verdict) for fact in facts)
    by_verdict = Counter(fact.verdict for fact in facts)
    verified = found[Act.VERIFY, Verdict.DONE]
    answered = {
        "mfa.challenged": by_verdict[Verdict.CHALLENGED],
        "mfa.verified": verified,
        "mfa.failed": by_verdict[Verdict.CODE_REFUSED],
        "flow.changed": found[Act.FLAG, Verdict.DONE] + found[Act.UNFLAG, Verdict.DONE],
    }
    for kind, number in answered.items():
        came = after.events[kind] - before.events[kind]
        if came != number:
            yield f"{number} answers, but {came} audit events {kind}"
    stored = after.verifications - before.verifications
    if stored != verified:
        yield f"{verified} verifications were answered, {stored} are stored"
