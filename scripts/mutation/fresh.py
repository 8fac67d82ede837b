"""Mutants of tables and constants: the rules are imported anew, changed, with their own tests."""

import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from django.test.utils import teardown_test_environment

from scripts.mutation.operators import mutated_tree

PURE = "drf_accessflow_mfa/domain/"
"""What can be imported anew by itself: it imports nothing but the standard library."""
_TESTS = Path("tests/domain")
_FORGOTTEN = ("drf_accessflow_mfa.domain", "tests.domain")


class _Verdict:
    def __init__(self) -> None:
        self.by, self.broken = "", ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and report.when == "call":
            self.by = self.by or report.nodeid
        elif report.failed:
            self.broken = report.nodeid


class _Changed(importlib.machinery.SourceFileLoader):
    number = 0

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text()
        return compile(mutated_tree(source, self.number), self.path, "exec")


class _Finder:
    def __init__(self, file: str, number: int) -> None:
        self.name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.loader = _Changed(self.name, str(Path(file).absolute()))
        self.loader.number = number

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, self.loader, origin=self.loader.path)


def try_fresh(file: str, number: int) -> dict[str, str]:
    """Run the tests of the rules, in this process, on a changed module of them."""
    for name in list(sys.modules):
        if name.startswith(_FORGOTTEN):
            del sys.modules[name]
    # The tests of the process around this one have set it up, and it can be set up once.
    teardown_test_environment()
    sys.meta_path.insert(0, _Finder(file, number))
    verdict = _Verdict()
    options = ["-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:cov", "--capture=no"]
    code = pytest.main([*options, *_tests_of(file)], plugins=[verdict])
    if verdict.by:
        return {"fate": "killed", "by": verdict.by}
    return {"fate": "survived" if code == pytest.ExitCode.OK else "broken", "by": verdict.broken}


def _tests_of(file: str) -> list[str]:
    """Return the tests that import a module of the rules by its name."""
    name = f"drf_accessflow_mfa.domain.{Path(file).stem} "
    return [str(path) for path in sorted(_TESTS.glob("test_*.py")) if name in path.read_text()]
