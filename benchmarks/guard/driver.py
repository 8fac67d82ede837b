"""Send requests through one guard, and do nothing else: for callgrind."""

import argparse

import django

from benchmarks.counted import send_counted


def main() -> None:
    """Send the requests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("subject")
    options = parser.parse_args()
    django.setup()

    from benchmarks.guard.prepare import prepared

    send_counted(prepared(only=options.subject)[0][options.subject][1])


if __name__ == "__main__":
    main()
