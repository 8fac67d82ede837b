"""Find a Python for an environment."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

CAN_SERVE = "import ensurepip, sqlite3, ssl, sys, venv; print('%d.%d' % sys.version_info[:2])"


def find_python(versions: Sequence[str]) -> Path | None:
    """Return a Python of the first of these versions that is here and can create environments."""
    for version in versions:
        for candidate in _candidates(version):
            if _version_of(candidate) == version:
                return candidate
    return None


def _candidates(version: str) -> Iterator[Path]:
    if version == ".".join(map(str, sys.version_info[:2])):
        yield Path(sys.executable)
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield Path(on_path)
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(root.glob(f"versions/{version}.*/bin/python{version}"))


def _version_of(python: Path) -> str | None:
    asked = subprocess.run([python, "-c", CAN_SERVE], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else None
