"""Send codes of many users to a server, from several clients at once."""

import json
import socket
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from benchmarks.codes import Authenticator

ACCEPTED = (b"HTTP/1.1 200", b"HTTP/1.1 201")
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """Where the codes go, and how they are written."""

    port: int
    path: str
    field: str
    authenticator: Authenticator

    def rage(self, users: Sequence[Mapping[str, Any]], *, clients: int) -> float:
        """Send one code of each user and return how many a second were accepted.

        Raises ``RuntimeError`` where one is refused: refusing is fast.
        """
        started = time.perf_counter()
        with ThreadPoolExecutor(max_workers=clients) as pool:
            answers = list(pool.map(self._send, users))
        taken = time.perf_counter() - started
        refused = [answer for answer in answers if not answer.startswith(ACCEPTED)]
        if refused:
            raise RuntimeError(f"{self.path} answers {refused[0][:300]!r}")
        return len(users) / taken

    def _send(self, user: Mapping[str, Any]) -> bytes:
        body = json.dumps({**user["body"], self.field: self.authenticator.code()}).encode()
        head = [f"POST {self.path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        head += [f"Content-Length: {len(body)}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in user["headers"].items()]
        with socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT_SECONDS) as connection:
            connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
            received = b""
            while piece := connection.recv(65536):
                received += piece
        return received
