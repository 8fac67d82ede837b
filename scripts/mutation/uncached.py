"""A pytest plug-in for measuring: what the package computes once, each test computes anew.

Else only the first test to come runs the lines of a cached function, and no other is known to prove them.
"""

import sys

import pytest

from scripts.mutation.rules import PACKAGE


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Empty the caches of the package's functions."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == PACKAGE:
            for value in list(vars(module).values()):
                if clear := getattr(value, "cache_clear", None):
                    clear()
