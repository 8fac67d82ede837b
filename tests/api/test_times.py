"""Times are RFC 3339 in UTC and durations whole seconds, whatever the project has chosen for itself."""

import json
import re
from zoneinfo import ZoneInfo

import pyotp
import pytest

from drf_accessflow_mfa.audit import moment_text
from drf_accessflow_mfa.models import AuditEvent, WebhookDelivery
from drf_accessflow_mfa.services.audit_export import csv_lines, json_lines
from tests import people
from tests.api.schemas import generate
from tests.asking import approver, export, requester
from tests.people import API, by_token, enrolled, may, person, verified

pytestmark = pytest.mark.django_db
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?(Z|\+00:00)")
DURATIONS = {
    "seconds_left",
    "max_age",
    "duration",
    "mfa_max_age",
    "max_duration",
    "approval_timeout",
    "extension_duration",
    "retry_after",
}
WEBHOOK = {"url": "https://siem.example/hook", "secrets": ["s" * 32], "events": ["*"]}


@pytest.fixture(params=["Europe/Berlin", "America/New_York", "UTC"])
def people_abroad(request, settings, clock):
    """A project with a time zone and formats of its own, and the people in it."""
    settings.TIME_ZONE = request.param
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DATETIME_FORMAT": "%d.%m.%Y %H:%M",
        "DATETIME_INPUT_FORMATS": ["%d.%m.%Y"],
    }
    settings.ACCESSFLOW_MFA_WEBHOOKS = [WEBHOOK]
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True
    rita, omar = may(requester("rita"), "add_accessflow", "view_auditevent", "reset_mfa"), approver("omar")
    export(require_mfa=True, max_extensions=1)
    return rita, omar


def answer_of(client, method, path, **body):
    answer = getattr(client, method)(API + path, body or None, format="json")
    assert answer.status_code < 300, answer.content
    return answer.json()


def everything(rita, omar):
    """Every answer of the API that tells times, by its call."""
    client, lena = by_token(rita), by_token(person("lena"))
    told = {}

    def call(caller, method, path, *, shape=None, **body):
        told[f"{method} {shape or path}"] = found = answer_of(caller, method, path, **body)
        return found

    call(client, "post", "verifications/", code=rita.code())
    (live,) = call(client, "get", "verifications/")
    request = call(client, "post", "requests/", flow="export", duration=1800)["id"]
    decided = {"decision": "approve", "reason": "Fine."}
    verified(by_token(omar), omar)
    call(by_token(omar), "post", f"requests/{request}/decision/", shape="requests/{id}/decision/", **decided)
    extension = f"requests/{request}/extension/"
    call(client, "post", extension, shape="requests/{id}/extension/", duration=600)
    call(client, "get", "requests/")
    call(client, "get", f"requests/{request}/", shape="requests/{id}/")
    call(client, "get", f"verifications/{live['id']}/", shape="verifications/{id}/")
    call(client, "post", f"requests/{request}/cancellation/", shape="requests/{id}/cancellation/")
    call(client, "post", "recovery-codes/")
    call(client, "get", "recovery-codes/")
    call(client, "get", "status/")
    call(client, "get", "devices/")
    call(client, "post", "flows/", slug="payouts", name="Payouts", require_mfa=True, mfa_max_age=300)
    call(client, "get", "flows/")
    call(client, "get", "flows/payouts/")
    call(client, "get", "flows/payouts/requirement/")
    call(lena, "post", "devices/", name="phone")
    call(client, "post", f"users/{enrolled('nina').user.pk}/reset/", shape="reset", reason="lost phone")
    call(client, "get", "resets/")
    call(client, "get", "audit-events/")
    return told


def walk(value, name=""):
    """Yield the name and the value of every leaf of an answer."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner, name)
    else:
        yield name, value


def times_in(answer):
    return [value for name, value in walk(answer) if re.search(r"(^|_)at$", name) and value is not None]


def durations_in(answer):
    return [value for name, value in walk(answer) if name in DURATIONS and value is not None]


def test_every_time_and_duration_of_the_api_is_as_the_contract_says(people_abroad):
    told = everything(*people_abroad)

    silent = {"post recovery-codes/"}
    for call, answer in told.items():
        assert times_in(answer) or call in silent, call
        assert all(UTC_TIME.fullmatch(value) for value in times_in(answer)), (call, times_in(answer))
        assert all(type(value) is int for value in durations_in(answer)), call
    assert told["get status/"]["verified_at"] == "2026-06-01T12:00:05Z"
    assert told["post verifications/"]["expires_at"] == "2026-06-01T13:00:05Z"
    assert told["get audit-events/"]["results"][-1]["occurred_at"] == "2026-06-01T12:00:05Z"
    assert told["get flows/payouts/"]["created_at"] == "2026-06-01T12:00:05Z"


def test_a_confirmation_tells_times_in_utc(people_abroad):
    client = by_token(person("lena"))
    begun = answer_of(client, "post", "devices/", name="phone")
    code = pyotp.TOTP(begun["secret"]).now()

    answer = answer_of(client, "post", f"devices/{begun['id']}/confirmation/", code=code)

    assert set(times_in(answer)) == {"2026-06-01T12:00:05Z", "2026-06-01T13:00:05Z"}


def test_the_filters_of_the_log_take_such_times_and_read_a_bare_one_as_utc(people_abroad, clock):
    everything(*people_abroad)
    client = by_token(people_abroad[0])

    def count(**filters):
        return len(answer_of(client, "get", "audit-events/", **filters)["results"])

    every = count()
    for text in ("2026-06-01T12:00:05Z", "2026-06-01T14:00:05+02:00", "2026-06-01T12:00:05"):
        assert count(since=text) == count(until=text) == every
    assert count(until="2026-06-01T12:00:04Z") == count(since="2026-06-01T12:00:06") == 0


def test_webhooks_and_exports_tell_times_in_utc(people_abroad):
    everything(*people_abroad)

    payloads = list(WebhookDelivery.objects.values_list("payload", flat=True))
    exported = [json.loads(line) for line in json_lines()]
    changes = list(AuditEvent.objects.filter(kind="request.extended").values_list("changes", flat=True))

    for told in (payloads, exported):
        assert times_in(told)
        assert all(UTC_TIME.fullmatch(value) for value in times_in(told))
    assert [len(change["ends_at"]) for change in changes] == [2]
    assert times_in(changes) == ["2026-06-01T12:30:05+00:00", "2026-06-01T12:40:05+00:00"]
    assert "2026-06-01T12:00:05.000000+00:00" in "".join(csv_lines())


def test_a_moment_that_a_database_keeps_in_another_zone_is_told_in_utc():
    kept = people.NOON.astimezone(ZoneInfo("Europe/Berlin"))

    assert moment_text(kept) == moment_text(people.NOON) == "2026-06-01T12:00:05+00:00"


def test_the_schema_names_every_time_one():
    shapes = generate()["components"]["schemas"]

    times = {
        (shape, name): described
        for shape, found in shapes.items()
        for name, described in found.get("properties", {}).items()
        if re.search(r"(^|_)at$", name)
    }

    assert {"MFAVerification", "AccessFlow", "MFAAuditEvent"} <= {shape for shape, _ in times}
    assert not [place for place, described in times.items() if described.get("format") != "date-time"]
