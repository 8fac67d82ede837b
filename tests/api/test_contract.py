"""The exact keys of every answer: clients depend on them."""

import re

import pyotp
import pytest

from tests.people import API, by_token, flow, may, post_code, verified

pytestmark = pytest.mark.django_db

STATUS = {"enrolled", "enrollment_required", "verified", "verified_at", "expires_at", "seconds_left"} | {
    "methods",
    "acr",
    "devices",
    "recovery_codes_left",
}
DEVICE = {"id", "name", "kind", "confirmed", "created_at", "last_used_at"}
ENROLLMENT = {"id", "name", "secret", "otpauth_uri", "qr_svg", "expires_at"}
VERIFICATION = {"id", "method", "acr", "device", "verified_at", "expires_at"}
REQUIREMENT = {"flow", "require_mfa", "satisfied", "enrolled", "max_age", "acr_values", "methods"} | {
    "verified_at",
    "expires_at",
    "code",
}
FLOW = {"slug", "name", "description", "is_active", "require_mfa", "mfa_max_age", "mfa_scope", "acr"} | {
    "created_at",
    "updated_at",
}


@pytest.fixture
def client(rita):
    may(rita, "add_accessflow", "change_accessflow")
    client = by_token(rita)
    verified(client, rita)
    return client


def test_status(client, rita, refunds):
    body = client.get(API + "status/").json()

    assert set(body) == STATUS
    assert {**body, "devices": None} == {
        "enrolled": True,
        "enrollment_required": False,
        "verified": True,
        "verified_at": "2026-06-01T12:00:05Z",
        "expires_at": "2026-06-01T13:00:05Z",
        "seconds_left": 3600,
        "methods": ["otp"],
        "acr": "https://refeds.org/profile/mfa",
        "devices": None,
        "recovery_codes_left": 0,
    }
    assert [set(device) for device in body["devices"]] == [DEVICE]


def test_status_of_somebody_who_has_to_enroll(nina, refunds):
    body = by_token(nina).get(API + "status/").json()

    assert body == {
        "enrolled": False,
        "enrollment_required": True,
        "verified": False,
        "verified_at": None,
        "expires_at": None,
        "seconds_left": 0,
        "methods": [],
        "acr": None,
        "devices": [],
        "recovery_codes_left": 0,
    }


def test_devices(client, rita):
    (device,) = client.get(API + "devices/").json()

    assert device == {
        "id": rita.device,
        "name": "phone",
        "kind": "authenticator_app",
        "confirmed": True,
        "created_at": "2026-06-01T12:00:05Z",
        "last_used_at": "2026-06-01T12:00:05Z",
    }
    renamed = client.patch(f"{API}devices/{rita.device}/", {"name": "tablet"}, format="json")
    assert (renamed.status_code, renamed.json()) == (200, {**device, "name": "tablet"})


def test_enrollment(nina):
    client = by_token(nina)
    begun = client.post(API + "devices/", {"name": "phone"}, format="json")
    assert (begun.status_code, set(begun.json())) == (201, ENROLLMENT)
    assert begun.json()["expires_at"] == "2026-06-01T12:10:05Z"

    code = pyotp.TOTP(begun.json()["secret"]).now()
    url = f"{API}devices/{begun.json()['id']}/confirmation/"
    confirmed = client.post(url, {"code": code}, format="json")

    assert confirmed.status_code == 200
    assert set(confirmed.json()) == {"device", "verification", "recovery_codes"}
    assert set(confirmed.json()["device"]) == DEVICE
    assert set(confirmed.json()["verification"]) == VERIFICATION
    assert all(
        re.fullmatch(r"([0-9A-Z]{4}-){5}[0-9A-Z]{4}", code) for code in confirmed.json()["recovery_codes"]
    )


def test_verification(rita):
    client = by_token(rita)
    answer = post_code(client, rita.code())

    assert answer.status_code == 201
    assert {**answer.json(), "id": None} == {
        "id": None,
        "method": "otp",
        "acr": "https://refeds.org/profile/mfa",
        "device": rita.device,
        "verified_at": "2026-06-01T12:00:05Z",
        "expires_at": "2026-06-01T13:00:05Z",
    }
    (live,) = client.get(API + "verifications/").json()
    assert live == {**answer.json(), "credential": "token", "current": True}
    gone = client.delete(f"{API}verifications/{live['id']}/")
    assert (gone.status_code, gone.content) == (204, b"")


def test_recovery_codes(client, rita):
    assert client.get(API + "recovery-codes/").json() == {"left": 0, "generated_at": None}

    made = client.post(API + "recovery-codes/")

    assert (made.status_code, set(made.json()), len(made.json()["codes"])) == (201, {"codes"}, 10)
    assert client.get(API + "recovery-codes/").json() == {"left": 10, "generated_at": "2026-06-01T12:00:05Z"}


def test_flows(client):
    made = client.post(API + "flows/", {"slug": "refunds", "name": "Refunds"}, format="json")

    assert (made.status_code, set(made.json()) >= FLOW) == (201, True)
    assert made.json()["mfa_max_age"] is None
    assert (made.json()["require_mfa"], made.json()["is_active"]) == (False, True)
    page = client.get(API + "flows/").json()
    assert set(page) == {"next", "previous", "results"}
    assert page["results"] == [client.get(API + "flows/refunds/").json()]
    changed = client.patch(API + "flows/refunds/", {"mfa_max_age": 300}, format="json")
    assert (changed.status_code, changed.json()["mfa_max_age"]) == (200, 300)


def test_requirement(client, rita):
    flow("refunds", mfa_max_age=None)

    body = client.get(API + "flows/refunds/requirement/").json()

    assert set(body) == REQUIREMENT
    assert body == {
        "flow": "refunds",
        "require_mfa": True,
        "satisfied": True,
        "enrolled": True,
        "max_age": 3600,
        "acr_values": ["https://refeds.org/profile/mfa"],
        "methods": ["otp"],
        "verified_at": "2026-06-01T12:00:05Z",
        "expires_at": "2026-06-01T13:00:05Z",
        "code": None,
    }


@pytest.mark.parametrize(
    ("fields", "satisfied", "code"),
    [({}, False, "mfa_enrollment_required"), ({"require_mfa": False}, True, None)],
)
def test_requirement_of_somebody_without_a_factor(nina, fields, satisfied, code):
    flow("refunds", **fields)

    body = by_token(nina).get(API + "flows/refunds/requirement/").json()

    assert (body["satisfied"], body["code"], body["verified_at"]) == (satisfied, code, None)
