"""Rita's credentials and her authenticator, and a clock for all worker processes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.support.authenticators import OathTool, PyOTP, read_qr
from tests.support.servers import ExampleServer

STEP = timedelta(seconds=30)


def photographed(enrollment: dict[str, Any], directory: Path) -> OathTool:
    """Read the QR code as a camera does, and let oathtool make the codes."""
    uri = read_qr(enrollment["qr_svg"], directory=directory)
    assert uri == enrollment["otpauth_uri"]
    return OathTool(uri)


def pasted(enrollment: dict[str, Any], directory: Path) -> PyOTP:
    """Paste the ``otpauth://`` URI into pyotp."""
    return PyOTP(enrollment["otpauth_uri"])


@dataclass
class Journey:
    """The server, rita's credentials, and what she holds in her hands."""

    server: ExampleServer
    scan: Callable[[dict[str, Any], Path], Any]
    directory: Path
    token: httpx.Client = field(init=False)
    session: httpx.Client = field(init=False)
    basic: httpx.Client = field(init=False)
    ada: httpx.Client = field(init=False)
    omar: httpx.Client = field(init=False)
    began_at: datetime = field(init=False)
    app: Any = None
    device: str = ""
    code: str = ""
    recovery_codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        clients = self.server.clients
        self.token, self.session, self.basic = (
            clients.token("rita"),
            clients.session("rita"),
            clients.basic("rita"),
        )
        self.ada, self.omar = clients.session("ada"), clients.token("omar")
        self.began_at = self.server.now()

    def wait(self, duration: timedelta) -> None:
        """Let time pass in all workers, without anybody sleeping."""
        self.server.pass_time(duration)

    def next_code(self) -> str:
        """The code of the next time step: each step is accepted once."""
        self.wait(STEP)
        return str(self.app.code_at(self.server.now()))

    def wrong_code(self) -> str:
        """A code that the authenticator shows neither now nor near now."""
        near = {self.app.code_at(self.server.now() + steps * STEP) for steps in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222") if code not in near)
