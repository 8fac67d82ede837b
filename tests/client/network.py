"""A network of servers that exist only in a test, hostile ones among them."""

from collections.abc import Callable
from typing import Any

import httpx

from drf_accessflow_mfa.domain.challenge import ERROR

HEADER = f'Token error="{ERROR}", error_description="...", acr_values="x", max_age="60"'
CODE = "123456"


def challenge(header: str = HEADER, **fields: Any) -> httpx.Response:
    """A challenge of the contract, with some fields changed."""
    body = {
        "detail": "This needs a fresh second factor.",
        "code": "mfa_required",
        "flow": "refunds",
        "max_age": 60,
        "acr_values": ["x"],
        "methods": ["otp"],
        "enrolled": True,
        "verify_url": "/mfa/verifications/",
        "enroll_url": "/mfa/devices/",
        **fields,
    }
    return httpx.Response(401, headers={"WWW-Authenticate": header}, json=body)


Respond = httpx.Response | Callable[[httpx.Request], httpx.Response]


class Network:
    """Answers by address: ``{"https://api.example/x": answer}``, or a function of the request.

    A verification is accepted wherever it is sent, unless an address says
    otherwise, and then everything else is answered with 200.
    """

    def __init__(self, answers: dict[str, Respond]) -> None:
        self.answers = answers
        self.requests: list[httpx.Request] = []
        self.verified = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.get(str(request.url))
        if callable(answer):
            return answer(request)
        if request.method == "POST" and request.url.path.endswith("/verifications/") and answer is None:
            self.verified = True
            return httpx.Response(201, json={})
        return httpx.Response(200) if self.verified or answer is None else copied(answer)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """The method and address of each request."""
        return [(request.method, str(request.url)) for request in self.requests]

    @property
    def hosts_that_saw_a_code(self) -> set[str]:
        """Where the code went."""
        return {request.url.host for request in self.requests if CODE.encode() in request.content}


def copied(answer: httpx.Response) -> httpx.Response:
    """An answer that can be given once more."""
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
