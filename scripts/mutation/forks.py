"""Try mutants of functions in forked processes: Django is loaded, and the database made, once.

Run in the tree to be mutated, ``python -m scripts.mutation.forks JOBS ANSWERS TEST...``. A job
names a file, the number of a change, and tests; an answer is one line of JSON.
"""

import ast
import gc
import importlib
import json
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from scripts.mutation.fresh import try_fresh
from scripts.mutation.modules import change_module
from scripts.mutation.operators import changes_in, mutated_tree

WARM_UP = Path("tests/test_warm_up.py")
_OPTIONS = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:cov", "--capture=no"]


class ForkServer:
    """A pytest plug-in that runs the jobs in place of the tests that were collected."""

    def __init__(self, jobs: Sequence[dict[str, Any]], answers: Path) -> None:
        self.jobs, self.answers = jobs, answers
        self.items: dict[str, pytest.Item] = {}
        self.sound: dict[str, bool] = {}
        self.functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        self.killers: dict[tuple[str, str], list[str]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Make the database with one empty test, then fork for each job."""
        self.items = {item.nodeid: item for item in session.items}
        first = next(item for name, item in self.items.items() if name.startswith(str(WARM_UP)))
        runtestprotocol(first, log=False, nextitem=session.items[-1])
        # What is loaded at its first use is loaded now, so that its functions can be found.
        for file in {job["file"] for job in self.jobs}:
            importlib.import_module(_module_of(file))
        # Not isinstance: a weak reference whose object is gone cannot be asked.
        for function in (one for one in gc.get_objects() if type(one) is FunctionType):
            self.functions.setdefault(_key_of(function.__code__), []).append(function)
        gc.freeze()
        with self.answers.open("a") as answers:
            for job in self.jobs:
                answers.write(json.dumps({"job": job["id"], **self._answer(job)}) + "\n")
                answers.flush()
        return True

    def _answer(self, job: dict[str, Any]) -> dict[str, str]:
        """Return what became of a mutant. A test that fails without it as well kills nothing."""
        known = self.killers.setdefault((job["file"], _scope_of(job)), [])
        names = [name for name in job["tests"] if self.sound.get(name, True)]
        # What killed another mutant of the function is likely to kill this one.
        names.sort(key=lambda name: known.index(name) if name in known else len(known))
        answer = _in_fork(lambda: self._try(job, names), job["seconds"])
        by = answer.get("by", "")
        if answer["fate"] != "killed" or job.get("fresh"):
            return answer
        if by not in self.sound:
            alone = _in_fork(lambda: self._try({**job, "file": None}, [by]), job["seconds"])
            self.sound[by] = alone["fate"] == "survived"
        if not self.sound[by]:
            return self._answer(job)
        known[:] = [by, *(name for name in known if name != by)]
        return answer

    def _try(self, job: dict[str, Any], names: Sequence[str]) -> dict[str, str]:
        """Change the code and run the tests until one fails; in a process of its own."""
        if job.get("fresh"):
            return try_fresh(job["file"], job["number"])
        try:
            if job["file"] is not None:
                self._mutate(job)
        except (LookupError, ValueError) as error:
            return {"fate": "not here", "by": repr(error)}
        broken = ""
        for item, report in _reports([self.items[name] for name in names if name in self.items]):
            if report.failed and report.when == "call":
                return {"fate": "killed", "by": item.nodeid}
            if report.failed:
                broken = item.nodeid
        return {"fate": "broken" if broken else "survived", "by": broken}

    def _mutate(self, job: dict[str, Any]) -> None:
        path = Path(job["file"]).absolute()
        source = path.read_text()
        changed = compile(mutated_tree(source, job["number"]), str(path), "exec")
        if job.get("module"):
            change_module(sys.modules[_module_of(job["file"])], changed)
            return
        new = _find(changed, _scope_of(job))
        if _key_of(new) not in self.functions:
            raise LookupError(_scope_of(job))
        # Those inside of it, too: a decorator has made its functions already.
        for code in _and_inner(new):
            for function in self.functions.get(_key_of(code), ()):
                function.__code__ = code


def _module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _scope_of(job: dict[str, Any]) -> str:
    return _scopes_in(job["file"])[job["number"]]


@cache
def _scopes_in(file: str) -> list[str]:
    return [change.place.scope for change in changes_in(ast.parse(Path(file).read_text()))]


def _in_fork(work: Callable[[], dict[str, str]], seconds: float) -> dict[str, str]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _silence()
            with os.fdopen(writing, "w") as pipe:
                pipe.write(json.dumps(work()))
        finally:
            os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], seconds)
    if not ready:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading) as pipe:
        text = pipe.read() if ready else ""
    os.waitpid(child, 0)
    return json.loads(text) if text else {"fate": "died" if ready else "timed out"}


def _reports(items: list[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.TestReport]]:
    for number, item in enumerate(items):
        following = items[(number + 1) % len(items)]
        for report in runtestprotocol(item, log=False, nextitem=following):
            yield item, report


def _find(code: CodeType, qualified_name: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == qualified_name:
                return constant
            if qualified_name.startswith(f"{constant.co_qualname}."):
                return _find(constant, qualified_name)
    raise LookupError(qualified_name)


def _and_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _and_inner(constant)


def _key_of(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)


def main() -> None:
    """Run the jobs of a file."""
    jobs, answers, *tests = sys.argv[1:]
    WARM_UP.write_text("def test_the_database_is_there(db):\n    pass\n")
    server = ForkServer(json.loads(Path(jobs).read_text()), Path(answers))
    sys.exit(pytest.main([*_OPTIONS, str(WARM_UP), *tests], plugins=[server]))


if __name__ == "__main__":
    main()
