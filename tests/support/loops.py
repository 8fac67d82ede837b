"""Coroutines in tests that share their thread with a browser's event loop."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def in_a_loop_of_its_own(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in another thread: once a browser has started, its loop runs in the main one."""
    with ThreadPoolExecutor(max_workers=1) as elsewhere:
        return elsewhere.submit(asyncio.run, coroutine).result()
