"""Start one project in a process of its own, and print what that took."""

import json
import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks.startup.projects import GROUND_APPS, GROUND_MODULES, PROJECTS


def main() -> None:
    """Start, and print seconds of the processor, KiB of memory, and the number of modules."""
    project = PROJECTS[sys.argv[1]]
    begun = time.process_time()
    import django
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=[*GROUND_APPS, *project.apps],
        MIDDLEWARE=list(project.middleware),
        SECRET_KEY="benchmark-only-" + "0123456789" * 5,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    django.setup()
    for name in (*GROUND_MODULES, *project.modules):
        import_module(name)
    taken = time.process_time() - begun
    print(json.dumps({"seconds": taken, "kib": _resident_kib(), "modules": len(sys.modules)}))


def _resident_kib() -> int:
    """Return the memory of this process; 0 where the system does not say."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
