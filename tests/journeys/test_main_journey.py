"""The main job over HTTP, sentence by sentence: flag, challenge, enroll, verify, an hour, the log.

The example runs under gunicorn with four worker processes and
``ATOMIC_REQUESTS``; the codes come from authenticators of other makers.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.answers import (
    EVENTS,
    MFA,
    answers_of_each_worker,
    challenge_of,
    collapsed,
    events_for,
    line,
    moment,
    refused,
)
from tests.journeys.journey import Journey, pasted, photographed
from tests.support.authenticators import KeePassXC, PyOTP, read_qr
from tests.support.servers import ExampleServer

HOUR = timedelta(hours=1)
PRODUCTION = "/api/vault/production-database/"
FLOW = "/api/mfa/flows/production-database/"
STATUS = "/api/mfa/status/"
DEVICES = "/api/mfa/devices/"
VERIFICATIONS = "/api/mfa/verifications/"
RECOVERY_CODES = "/api/mfa/recovery-codes/"


@pytest.fixture
def journey(example_server: ExampleServer, scan: Any, tmp_path: Path) -> Journey:
    """Rita before she has ever heard of MFA."""
    return Journey(server=example_server, scan=scan, directory=tmp_path)


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
@pytest.mark.parametrize(
    "scan",
    [
        pytest.param(photographed, marks=pytest.mark.needs("chromium", "zbarimg", "oathtool")),
        pasted,
    ],
)
def test_the_journey_that_must_work(journey: Journey) -> None:
    go_through(journey)


@pytest.mark.needs("postgresql")
def test_it_works_with_statements_that_the_database_prepares(
    start_example: Callable[..., ExampleServer], tmp_path: Path
) -> None:
    prepared = {"DJANGO_SETTINGS_MODULE": "tests.support.settings_prepared"}
    server = start_example("postgresql", environment=prepared)

    go_through(Journey(server=server, scan=pasted, directory=tmp_path))


def go_through(journey: Journey) -> None:
    rita_is_challenged_to_enroll(journey)
    her_status_says_that_enrollment_is_required(journey)
    she_enrolls_and_receives_her_recovery_codes_once(journey)
    the_vault_opens_in_every_worker(journey)
    the_same_code_a_second_time_is_refused(journey)
    her_other_credentials_are_still_challenged(journey)
    a_denied_note_is_rolled_back_but_not_its_denial(journey)
    after_the_hour_she_is_challenged_again(journey)
    the_next_code_opens_the_vault_again(journey)
    ada_must_verify_before_she_loosens_a_flow(journey)
    off_binds_the_very_next_request_in_every_worker(journey)
    on_binds_the_very_next_request_in_every_worker(journey)
    wrong_codes_lock_but_end_no_live_verification(journey)
    the_recovery_code_still_works_once(journey)
    the_log_shows_each_step_of_rita(journey)
    the_log_shows_ada_and_omar(journey)


def rita_is_challenged_to_enroll(journey: Journey) -> None:
    answer = journey.token.get(PRODUCTION)

    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    assert challenge_of(answer) == ("Token", "3600")
    body = answer.json()
    assert body.pop("detail")
    assert body == {
        "code": "mfa_enrollment_required",
        "flow": "production-database",
        "max_age": 3600,
        "acr_values": [MFA],
        "methods": ["otp"],
        "enrolled": False,
        "verify_url": VERIFICATIONS,
        "enroll_url": DEVICES,
    }


def her_status_says_that_enrollment_is_required(journey: Journey) -> None:
    assert journey.token.get(STATUS).json() == {
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


def she_enrolls_and_receives_her_recovery_codes_once(journey: Journey) -> None:
    begun = journey.token.post(DEVICES, json={"name": "Rita's phone"})
    assert begun.status_code == 201
    assert begun.headers["Cache-Control"] == "no-store"
    enrollment = begun.json()
    assert set(enrollment) == {"id", "name", "secret", "otpauth_uri", "qr_svg", "expires_at"}
    journey.app = journey.scan(enrollment, journey.directory)
    journey.device = enrollment["id"]
    journey.code = journey.app.code_at(journey.server.now())

    confirmed = journey.token.post(f"{DEVICES}{journey.device}/confirmation/", json={"code": journey.code})

    assert confirmed.status_code == 200
    assert confirmed.headers["Cache-Control"] == "no-store"
    body = confirmed.json()
    assert body["device"]["confirmed"] is True
    assert_lasts_an_hour(body["verification"])
    journey.recovery_codes = body["recovery_codes"]
    assert len(set(journey.recovery_codes)) == 10
    assert journey.token.get(RECOVERY_CODES).json()["left"] == 10
    assert_never_shown_again(journey, [enrollment["secret"], *journey.recovery_codes])


def assert_never_shown_again(journey: Journey, secrets: list[str]) -> None:
    for path in (STATUS, DEVICES, VERIFICATIONS, RECOVERY_CODES, EVENTS):
        answer = journey.token.get(path)
        assert answer.status_code == 200
        assert not [secret for secret in secrets if secret in answer.text]


def the_vault_opens_in_every_worker(journey: Journey) -> None:
    for answer in answers_of_each_worker(journey.token, PRODUCTION):
        assert answer.status_code == 200
        assert answer.json()["opened_by"] == "rita"
    status = journey.token.get(STATUS).json()
    assert (status["enrolled"], status["enrollment_required"], status["verified"]) == (True, False, True)
    assert 3500 < status["seconds_left"] <= 3600


def the_same_code_a_second_time_is_refused(journey: Journey) -> None:
    refused(journey.token.post(VERIFICATIONS, json={"code": journey.code}))


def her_other_credentials_are_still_challenged(journey: Journey) -> None:
    for client, scheme in ((journey.session, "Session"), (journey.basic, "Basic")):
        answer = client.get(PRODUCTION)

        assert answer.status_code == 401
        assert challenge_of(answer) == (scheme, "3600")
        assert answer.json()["code"] == "mfa_required"
        assert answer.json()["enrolled"] is True
        assert client.get(STATUS).json()["verified"] is False


def a_denied_note_is_rolled_back_but_not_its_denial(journey: Journey) -> None:
    """The vault runs in a request transaction; the log counts this denial of Basic as the second."""
    answer = journey.basic.post(PRODUCTION, json={"note": "Denied."})

    assert answer.status_code == 401


def after_the_hour_she_is_challenged_again(journey: Journey) -> None:
    """Whatever her verification's time, she is inside of the hour a minute before its end."""
    journey.wait(HOUR - timedelta(minutes=1) - (journey.server.now() - verified_at(journey)))
    assert journey.token.get(PRODUCTION).status_code == 200

    journey.wait(timedelta(minutes=1, seconds=5))

    for answer in answers_of_each_worker(journey.token, PRODUCTION):
        assert answer.status_code == 401
        assert answer.json()["code"] == "mfa_required"
    assert journey.token.get(STATUS).json()["verified"] is False


def the_next_code_opens_the_vault_again(journey: Journey) -> None:
    answer = journey.token.post(VERIFICATIONS, json={"code": journey.next_code(), "device": journey.device})

    assert answer.status_code == 201
    assert_lasts_an_hour(answer.json())
    assert journey.token.get(PRODUCTION).status_code == 200


def ada_must_verify_before_she_loosens_a_flow(journey: Journey) -> None:
    refusal = journey.ada.patch(FLOW, json={"require_mfa": False})
    assert refusal.status_code == 401
    assert challenge_of(refusal) == ("Session", "3600")
    assert journey.omar.get(PRODUCTION).status_code == 401

    enrollment = journey.ada.post(DEVICES, json={"name": "Ada's phone"}).json()
    code = PyOTP(enrollment["otpauth_uri"]).code_at(journey.server.now())
    confirmed = journey.ada.post(f"{DEVICES}{enrollment['id']}/confirmation/", json={"code": code})

    assert confirmed.status_code == 200


def off_binds_the_very_next_request_in_every_worker(journey: Journey) -> None:
    changed = journey.ada.patch(FLOW, json={"require_mfa": False})

    assert (changed.status_code, changed.json()["require_mfa"]) == (200, False)
    for answer in answers_of_each_worker(journey.omar, PRODUCTION):
        assert answer.status_code == 200
        assert answer.json()["opened_by"] == "omar"


def on_binds_the_very_next_request_in_every_worker(journey: Journey) -> None:
    changed = journey.ada.patch(FLOW, json={"require_mfa": True})

    assert (changed.status_code, changed.json()["require_mfa"]) == (200, True)
    for answer in answers_of_each_worker(journey.omar, PRODUCTION):
        assert answer.status_code == 401
        assert answer.json()["code"] == "mfa_enrollment_required"


def wrong_codes_lock_but_end_no_live_verification(journey: Journey) -> None:
    for _ in range(5):
        refused(journey.session.post(VERIFICATIONS, json={"code": journey.wrong_code()}))

    locked = journey.session.post(VERIFICATIONS, json={"code": journey.wrong_code()})

    assert locked.status_code == 429
    assert locked.json()["code"] == "mfa_locked"
    assert 1 <= locked.json()["retry_after"] <= 30
    assert locked.headers["Retry-After"] == str(locked.json()["retry_after"])
    right_code = journey.app.code_at(journey.server.now())
    assert journey.session.post(VERIFICATIONS, json={"code": right_code}).status_code == 429
    assert journey.token.get(PRODUCTION).status_code == 200


def the_recovery_code_still_works_once(journey: Journey) -> None:
    code = journey.recovery_codes[3]

    answer = journey.session.post(VERIFICATIONS, json={"code": code})

    assert answer.status_code == 201
    assert answer.json()["method"] == "recovery_code"
    assert journey.session.get(PRODUCTION).status_code == 200
    assert journey.session.get(RECOVERY_CODES).json()["left"] == 9
    refused(journey.session.post(VERIFICATIONS, json={"code": code}))


def the_log_shows_each_step_of_rita(journey: Journey) -> None:
    """Workers append out of order within a moment, so what is one of a kind is counted as one."""
    app, codes = journey.device, "drf_accessflow_mfa.recoverycodes"
    events = events_for(journey.ada, subject="rita")

    assert [line(event) for event in collapsed(events)] == [
        ("mfa.challenged", "denied", "mfa_enrollment_required", "token", "", ""),
        ("enrollment.begun", "success", "", "token", "otp", app),
        ("mfa.verified", "success", "", "token", "otp", app),
        ("device.enrolled", "success", "", "token", "otp", app),
        ("recovery_codes.generated", "success", "", "token", "", ""),
        ("mfa.failed", "failure", "replayed", "token", "otp", app),
        ("mfa.challenged", "denied", "mfa_required", "session", "", ""),
        ("mfa.challenged", "denied", "mfa_required", "basic", "", ""),
        ("mfa.challenged", "denied", "mfa_required", "token", "", ""),
        ("mfa.verified", "success", "", "token", "otp", app),
        ("mfa.failed", "failure", "wrong_code", "session", "otp", app),
        ("mfa.locked", "denied", "wait", "session", "", ""),
        ("mfa.verified", "success", "", "session", "recovery_code", codes),
        ("mfa.failed", "failure", "replayed", "session", "recovery_code", codes),
    ]
    for event in events:
        assert (event["actor"], event["subject"], event["source"]) == ("rita", "rita", "api")
        assert journey.began_at <= moment(event["occurred_at"]) <= journey.server.now()
    assert {event["flow"] for event in events if event["kind"] == "mfa.challenged"} == {"production-database"}
    assert len([event for event in events if event["reason"] == "wrong_code"]) == 5
    assert len([event for event in events if event["credential"] == "basic"]) == 2
    assert all(event["verification"] for event in events if event["kind"] == "mfa.verified")
    assert events_for(journey.token) == events


def the_log_shows_ada_and_omar(journey: Journey) -> None:
    # The seed has bound a route, as nobody's act.
    changes = events_for(journey.ada, kind="flow.changed", flow="production-database", actor="ada")
    assert [(event["actor"], event["outcome"], event["changes"]) for event in changes] == [
        ("ada", "success", {"require_mfa": [True, False]}),
        ("ada", "success", {"require_mfa": [False, True]}),
    ]
    kinds = [event["kind"] for event in collapsed(events_for(journey.ada, subject="omar"))]
    assert kinds == ["mfa.challenged"]


@pytest.mark.parametrize("database", ["sqlite"])
@pytest.mark.needs("chromium", "zbarimg", "keepassxc-cli")
def test_keepassxc_enrolls_from_the_photographed_qr_code(
    example_server: ExampleServer, tmp_path: Path
) -> None:
    rita = example_server.clients.token("rita")
    enrollment = rita.post(DEVICES, json={"name": "KeePassXC"}).json()
    app = KeePassXC(read_qr(enrollment["qr_svg"], directory=tmp_path), directory=tmp_path)

    confirmed = rita.post(f"{DEVICES}{enrollment['id']}/confirmation/", json={"code": app.code()})

    assert confirmed.status_code == 200
    assert rita.get(PRODUCTION).status_code == 200


def verified_at(journey: Journey) -> datetime:
    return moment(journey.token.get(STATUS).json()["verified_at"])


def assert_lasts_an_hour(verification: dict[str, Any]) -> None:
    assert (verification["method"], verification["acr"]) == ("otp", MFA)
    assert moment(verification["expires_at"]) - moment(verification["verified_at"]) == HOUR
