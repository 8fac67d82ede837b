"""Run modules of the benchmarks in an environment that was built."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.databases import fresh_database
from benchmarks.environments import ROOT, Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """One environment with one database."""

    environment: Environment
    database: str
    """The URL."""

    def variables(self, credential: str = "session", without: Sequence[str] = ()) -> dict[str, str]:
        """Return the environment variables that the measured project reads."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "benchmarks.site.settings",
            "BENCH_DATABASE_URL": self.database,
            "BENCH_CREDENTIAL": credential,
            "BENCH_WITHOUT": ",".join({*self.environment.absent, *without}),
            "PYTHONHASHSEED": "0",
        }

    def numbers(self, module: str, *options: str, credential: str = "session") -> Any:
        """Run a module that writes JSON to ``--out``, and return what it wrote."""
        with TemporaryDirectory() as folder:
            out = Path(folder) / "numbers.json"
            self.run("-m", module, *options, "--out", str(out), credential=credential)
            return json.loads(out.read_text())

    def run(
        self,
        *arguments: str,
        credential: str = "session",
        before: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> None:
        """Run Python with these arguments, under another program where one stands ``before``.

        ``without`` names peers to leave out.
        """
        subprocess.run(
            [*before, str(self.environment.python), *arguments],
            env=self.variables(credential, without),
            cwd=ROOT.parent,
            check=True,
        )


@contextmanager
def migrated(environment: Environment, kind: str) -> Iterator[Runner]:
    """Yield a runner with a new database that holds all tables, and drop it."""
    with fresh_database(kind) as url:
        runner = Runner(environment=environment, database=url)
        runner.run("-m", "django", "migrate", "--verbosity", "0")
        yield runner
