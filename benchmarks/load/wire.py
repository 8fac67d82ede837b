"""One HTTP request over a connection of its own: the example's workers keep none open."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

from benchmarks.load.world import Member

TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    headers: Mapping[str, str]
    body: Any
    begun: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The way to a server."""

    host: str
    port: int

    def ask(self, member: Member, method: str, path: str, body: Any = None) -> Answer:
        """Send a request with the member's token."""
        connection = HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Token {member.token}", "Content-Type": "application/json"}
        begun = time.monotonic()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            status, text, found = response.status, response.read(), dict(response.getheaders())
        except (OSError, HTTPException) as error:
            status, text, found = 0, repr(error).encode(), {}
        finally:
            connection.close()
        ended = time.monotonic()
        return Answer(status=status, headers=found, body=_parsed(text), begun=begun, ended=ended)


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.decode(errors="replace")[:200]
