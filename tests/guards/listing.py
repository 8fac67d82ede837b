"""What ``manage.py accessflow_mfa_routes`` prints."""

import json
from io import StringIO

from django.core.management import call_command


def table(*arguments):
    out = StringIO()
    call_command("accessflow_mfa_routes", *arguments, stdout=out)
    return out.getvalue()


def rows(*arguments):
    return {row["route"]: row for row in read("routes", *arguments)}


def read(part, *arguments):
    return json.loads(table("--format", "json", *arguments))[part]


def allow_what_is_open(*, but=""):
    allowed = [name for name, row in rows().items() if row["open"] and name != but]
    return [argument for name in allowed for argument in ("--allow", name)]
