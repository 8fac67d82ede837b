"""The counted side of ``benchmarks.instructions``: runs under callgrind and imports as little as it can."""

import gc
from collections.abc import Callable
from typing import Any

GATE = "PyObject_ASCII"
"""The function of Python's C interface behind ``ascii()``; callgrind counts what runs inside of it.

No request calls it, every build of Python shows it, and it can be made to run anything.
"""
REQUESTS = 40
WARM_UP_REQUESTS = 200
"""Python fits its own code to what runs: not all of it after a few requests."""


class _Counted:
    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call

    def __repr__(self) -> str:
        for _ in range(REQUESTS):
            self.call()
        return ""


def send_counted(call: Callable[[], Any]) -> None:
    """Send the requests that are counted, after some that are not."""
    for _ in range(WARM_UP_REQUESTS):
        call()
    gc.collect()
    gc.disable()
    ascii(_Counted(call))
