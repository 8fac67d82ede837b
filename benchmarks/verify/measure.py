"""Verify codes in process, in every way, and write the numbers.

Runs in one of the built environments, see ``benchmarks.running``.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import django

from benchmarks.codes import Authenticator
from benchmarks.counting import calls_of, statements_of
from benchmarks.rounds import WARM_UP_CALLS, interleave

COUNTED_AFTER_CALLS = 3
COUNTED_CALLS = 2


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    django.setup()
    options.out.write_text(json.dumps(measure(rounds=options.rounds)))


def measure(*, rounds: int) -> list[dict[str, Any]]:
    """Return a row for each way: what it was counted at, and its times in nanoseconds."""
    from benchmarks.site.ways import ways

    size = COUNTED_AFTER_CALLS + COUNTED_CALLS + WARM_UP_CALLS + rounds
    callers = {way.key: caller_of(way, size) for way in ways()}
    rows = [{"key": way.key, "label": way.label, **_counted(callers[way.key])} for way in ways()]
    times = interleave(callers, rounds=rounds)
    return [{**row, "times": times[row["key"]]} for row in rows]


def caller_of(way: Any, size: int) -> Callable[[], None]:
    """Return a function that verifies the next user's code, ``size`` times.

    It raises ``RuntimeError`` where a code is refused.
    """
    from django.conf import settings

    from benchmarks.handlers import handler_with
    from benchmarks.site.ways import SECRET

    handler = handler_with([*settings.BASE_MIDDLEWARE, *way.middleware])
    requests, authenticator = _requests(way, size), Authenticator(SECRET)

    def call() -> None:
        response = handler.get_response(next(requests)(authenticator.code()))
        if response.status_code not in {200, 201}:
            raise RuntimeError(f"{way.key} answers {response.status_code}: {response.content[:200]!r}")

    return call


def _requests(way: Any, size: int) -> Iterator[Callable[[str], Any]]:
    from django.core.handlers.wsgi import WSGIRequest
    from django.test import RequestFactory

    from benchmarks.site.crowd import crowd

    factory = RequestFactory()

    def request_of(environ: dict[str, Any], fields: dict[str, str]) -> Callable[[str], Any]:
        def with_code(code: str) -> Any:
            body = json.dumps({**fields, way.field: code}).encode()
            return WSGIRequest({**environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)})

        return with_code

    prepared = [
        request_of(
            factory.generic(
                "POST", way.path, b"{}", content_type="application/json", headers=user["headers"]
            ).environ,
            user["body"],
        )
        for user in crowd(way, size)
    ]
    return iter(prepared)


def _counted(call: Callable[[], None]) -> dict[str, int]:
    for _ in range(COUNTED_AFTER_CALLS):
        call()
    return {"calls": calls_of(call), "statements": len(statements_of(call))}


if __name__ == "__main__":
    main()
