"""The same codes at once through a host's own doors: its views, django-otp's form, an admin of django-otp's.

Each kind of device through each door, which is in a request transaction that is rolled back, or in one that a
form opens (``tests/support/host.py``); what was judged stays judged.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.support.clients import PASSWORD
from tests.support.crowd import ADMINISTRATORS, DEVICE_KINDS, Person
from tests.support.crowds import MANY, ROUNDS, VAULT, Crowd, verifying
from tests.support.storms import at_once, tally

pytest_plugins = ["tests.support.crowd_server"]

CSRF = "c" * 32
Door = Callable[[Crowd, Person, str], httpx.Response]


def through_our_service(crowd: Crowd, person: Person, code: str) -> httpx.Response:
    """A view of the host's calls our service and raises."""
    return crowd.token(person).post("/host/service/", json={"code": code})


def through_a_bare_device(crowd: Crowd, person: Person, code: str) -> httpx.Response:
    """A view of the host's asks a device in a request transaction, and raises."""
    body = {"code": code, "device": persistent_id(person)}
    return crowd.token(person).post("/host/bare/", json=body)


def through_the_form(crowd: Crowd, person: Person, code: str, path: str = "/host/form/") -> httpx.Response:
    """django-otp's log-in form, with password and code."""
    form = {
        "username": person.username,
        "password": PASSWORD,
        "otp_device": persistent_id(person),
        "otp_token": code,
        "csrfmiddlewaretoken": CSRF,
        "this_is_the_login_form": "1",
    }
    stranger = crowd.server.clients.stranger()
    stranger.cookies["csrftoken"] = CSRF
    return stranger.post(path, data=form)


through_the_admin = partial(through_the_form, path="/host/admin/login/")


EVERY_DOOR = pytest.mark.parametrize(
    "door",
    [
        pytest.param(through_our_service, id="service"),
        pytest.param(through_a_bare_device, id="bare"),
        pytest.param(through_the_form, id="form"),
        pytest.param(through_the_admin, id="admin"),
    ],
)
LOGGING_IN = pytest.mark.parametrize(
    "door", [pytest.param(through_the_form, id="form"), pytest.param(through_the_admin, id="admin")]
)
EVERY_KIND = pytest.mark.parametrize("kind", DEVICE_KINDS)


def pick(crowd: Crowd, door: Door, kind: str) -> Person:
    """Return somebody with a kind of device whom the door lets in."""
    return crowd.pick(ADMINISTRATORS[kind] if door is through_the_admin else kind)


def persistent_id(person: Person) -> str:
    """The id of the person's device as django-otp spells it."""
    return "/".join(person.device.rsplit("-", 1))


def said(answer: httpx.Response) -> str:
    """What a host's view found out before it raised."""
    assert answer.status_code == 409
    return str(answer.json()["detail"])


def send(door: Door, crowd: Crowd, person: Person, codes: list[str]) -> list[httpx.Response]:
    return at_once([partial(door, crowd, person, code) for code in codes])


@EVERY_KIND
def test_a_hosts_view_that_calls_our_service_and_raises_accepts_one_code_once(
    crowd: Crowd, kind: str
) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)

        answers = send(through_our_service, crowd, person, [crowd.code(person)] * MANY)

        outcomes = Counter(map(said, answers))
        assert outcomes["Verified"] == 1
        assert outcomes["CodeRefused"] + outcomes["LockedOut"] == MANY - 1
        assert crowd.events(person)["mfa.verified", ""] == 1
        assert crowd.token(person).get(VAULT).status_code == 200


@EVERY_KIND
def test_a_bare_device_in_a_request_transaction_that_is_rolled_back_accepts_one_code_once(
    crowd: Crowd, kind: str
) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)

        answers = send(through_a_bare_device, crowd, person, [crowd.code(person)] * MANY)

        assert Counter(map(said, answers)) == {"True": 1, "False": MANY - 1}
        assert crowd.events(person)["mfa.verified", ""] == 1


@LOGGING_IN
@EVERY_KIND
def test_one_code_logs_in_once_by_django_otps_forms(crowd: Crowd, door: Door, kind: str) -> None:
    for _ in range(ROUNDS):
        person = pick(crowd, door, kind)
        code = crowd.code(person)

        answers = send(door, crowd, person, [code] * MANY)

        statuses = tally(answers)
        assert statuses[302] == 1
        assert statuses[200] + statuses[400] == MANY - 1
        assert crowd.events(person)["mfa.verified", ""] == 1
        assert verifying(crowd.token(person), code)().status_code == 400


@EVERY_KIND
def test_one_code_through_the_form_and_the_api_at_once_counts_once(crowd: Crowd, kind: str) -> None:
    for _ in range(ROUNDS):
        person = crowd.pick(kind)
        code = crowd.code(person)
        form, api = partial(through_the_form, crowd, person, code), verifying(crowd.token(person), code)

        statuses = tally(at_once([form, api] * (MANY // 4)))

        assert statuses[302] + statuses[201] == 1
        assert statuses[400] + statuses[429] == MANY // 2 - 1


@EVERY_DOOR
@EVERY_KIND
def test_of_64_wrong_codes_through_a_door_five_are_judged(crowd: Crowd, door: Door, kind: str) -> None:
    for _ in range(ROUNDS):
        person = pick(crowd, door, kind)

        answers = send(door, crowd, person, crowd.wrong_codes(person, MANY))

        assert set(tally(answers)) <= {200, 400, 409}
        assert crowd.events(person)["mfa.failed", "wrong_code"] == 5
        assert verifying(crowd.token(person), crowd.code(person))().status_code == 429


def test_our_service_judges_nothing_in_a_request_transaction(crowd: Crowd) -> None:
    """It refuses loudly: whatever was counted there could be given back."""
    person = crowd.pick("app")
    client, code = crowd.token(person), crowd.code(person)

    refused = client.post("/host/transaction/", json={"code": code})

    assert refused.status_code == 500
    assert crowd.events(person) == {}
    assert verifying(client, code)().status_code == 201


@EVERY_KIND
def test_a_form_whose_transaction_holds_sqlites_only_lock_refuses_the_code_and_spends_nothing(
    crowd: Crowd, kind: str
) -> None:
    """django-otp's form opens a transaction; with ``IMMEDIATE`` nobody else can write beside it."""
    person = crowd.pick(kind)
    code = crowd.code(person)

    answer = through_the_form(crowd, person, code, "/host/immediate-form/")

    if crowd.server.database == "sqlite":
        assert answer.status_code == 400
        assert crowd.events(person) == {}
        assert verifying(crowd.token(person), code)().status_code == 201
    else:
        assert answer.status_code == 302
