"""``python -m tests.support.calling DOTTED.PATH JSON``: call a function with a list of arguments."""

import json
import sys

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    django.setup()
    print(json.dumps(import_string(sys.argv[1])(*json.loads(sys.argv[2]))))  # noqa: T201 - its answer
