"""Count the machine instructions of a request, with callgrind."""

import re
import shutil

from benchmarks.counted import GATE, REQUESTS
from benchmarks.environments import BUILD
from benchmarks.peers import PEERS
from benchmarks.running import Runner

CALLGRIND = (
    "nice",
    "valgrind",
    "--quiet",
    "--tool=callgrind",
    f"--toggle-collect={GATE}",
)
KEPT = BUILD / "callgrind"
"""Where ``callgrind_annotate`` finds what was counted."""
TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


def find_absence() -> str | None:
    """Return why nothing can be counted here, or ``None``."""
    return None if shutil.which("valgrind") else "valgrind is not installed"


def instructions_of(runner: Runner, driver: str, subject: str, *, credential: str = "session") -> float:
    """Return the instructions of one request to a subject.

    ``driver`` is the module that sends the requests. Peers that the subject
    does not need are left out: under callgrind their import takes long.
    """
    out = KEPT / f"{runner.environment.name}-{credential}-{subject}.out"
    out.parent.mkdir(parents=True, exist_ok=True)
    runner.run(
        "-m",
        driver,
        subject,
        credential=credential,
        before=(*CALLGRIND, f"--callgrind-out-file={out}"),
        without=tuple(name for name in PEERS if name != subject),
    )
    found = TOTAL.search(out.read_text())
    if found is None or int(found.group(1)) == 0:
        raise RuntimeError("callgrind counted nothing")
    return int(found.group(1)) / REQUESTS
