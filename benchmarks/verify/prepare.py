"""Make the users of one storm, and write what each of them sends."""

import argparse
import json
from pathlib import Path

import django


def main() -> None:
    """Write JSON: the path, the name of the code, and headers and body of each user."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--way", required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    django.setup()

    from benchmarks.site.crowd import crowd
    from benchmarks.site.ways import SECRET, find_way

    way = find_way(options.way)
    prepared = {
        "path": way.path,
        "field": way.field,
        "label": way.label,
        "secret": SECRET.hex(),
        "users": crowd(way, options.users),
    }
    options.out.write_text(json.dumps(prepared))


if __name__ == "__main__":
    main()
