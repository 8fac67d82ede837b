"""Disclosure by time: what must look alike asks the database the same (rule 10).

Statements are compared, never times, which vary by themselves.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from drf_accessflow_mfa.models import AttemptBudget
from tests.asking import ask, export, requester
from tests.people import API, by_token, enrolled, person, post_code, verified, with_app

pytestmark = pytest.mark.django_db
NOWHERE = "drf_accessflow_mfa.authenticatorapp-999999"
ASKING = re.compile(r"(?:FROM|INTO|UPDATE) \"(?:drf_accessflow_mfa_)?(\w+)\"")
CHARGED = ["SELECT authtoken_token", "UPDATE attemptbudget"]
REFUSED = ["UPDATE attemptbudget", "INSERT auditevent"]
NO_WORK = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def acts_of(call, status):
    """What a call asks the database, as verbs and tables."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code == status, answer.content
    sent = [query["sql"] for query in captured.captured_queries]
    return [f"{sql.split()[0]} {ASKING.search(sql)[1]}" for sql in sent if not sql.startswith(NO_WORK)]


@pytest.fixture
def rita(clock):
    """Somebody with a wrong code behind them, so that their budget has its row."""
    someone = enrolled("rita")
    post_code(by_token(someone), someone.wrong_code())
    return someone


def again(someone):
    """Forget the wrong codes but one, so that the next is judged."""
    AttemptBudget.objects.filter(pk=someone.user.pk).update(codes_in_a_row=1)


def test_a_code_that_is_wrong_and_a_device_that_is_not_mine_or_nowhere_ask_the_same(rita):
    client, wrong = by_token(rita), rita.wrong_code()
    pending = with_app(rita, confirmed=False, name="tablet")
    asked = {}

    for name in (rita.device, enrolled("omar").device, pending.device, NOWHERE):
        again(rita)
        asked[name] = acts_of(lambda name=name: post_code(client, wrong, device=name), 400)

    assert list(asked.values()) == [[*CHARGED, "SELECT authenticatorapp", *REFUSED]] * 4


def test_who_has_no_device_at_all_asks_what_a_wrong_code_asks(rita):
    nina = person("nina")
    post_code(by_token(nina), rita.wrong_code())

    asked = [
        acts_of(lambda someone=someone: post_code(by_token(someone), rita.wrong_code()), 400)
        for someone in (rita, nina)
    ]

    assert asked[0] == asked[1]


@pytest.mark.parametrize("is_named", [False, True])
def test_while_locked_a_right_code_asks_what_a_wrong_one_asks(rita, is_named):
    client = by_token(rita)
    for _ in range(5):
        post_code(client, rita.wrong_code())
    named = [{"device": rita.device}, {"device": NOWHERE}] if is_named else [{}]

    asked = [
        acts_of(lambda code=code, fields=fields: post_code(client, code, **fields), 429)
        for code in (rita.code(), rita.wrong_code(), "no code")
        for fields in named
    ]

    assert asked == [[*CHARGED, *REFUSED]] * len(asked)


def test_a_recovery_code_that_was_used_asks_what_a_wrong_one_asks(rita):
    client, used = by_token(rita), rita.recovery_codes()[0]
    assert post_code(client, used).status_code == 201

    asked = [acts_of(lambda code=code: post_code(client, code), 400) for code in (used, "ZZZZ-" * 5 + "ZZZZ")]

    assert asked[0] == asked[1]


def test_a_code_of_an_app_that_was_used_tells_that_it_was_right_and_is_void(rita):
    """SECURITY.md says so: the conditional UPDATE that finds it spent is one statement more."""
    client, code = by_token(rita), rita.code()
    assert post_code(client, code).status_code == 201

    replayed = acts_of(lambda: post_code(client, code, device=rita.device), 400)
    wrong = acts_of(lambda: post_code(client, rita.wrong_code(), device=rita.device), 400)

    assert [act for act in replayed if act != "UPDATE authenticatorapp"] == wrong


NOT_MINE = {
    "removing a device": ("delete", "devices/{device}/"),
    "renaming a device": ("patch", "devices/{device}/"),
    "confirming a device": ("post", "devices/{pending}/confirmation/"),
    "reading a verification": ("get", "verifications/{verification}/"),
    "ending a verification": ("delete", "verifications/{verification}/"),
    "reading a request": ("get", "requests/{request}/"),
}


@pytest.mark.parametrize("act", NOT_MINE)
def test_what_is_not_mine_asks_what_does_not_exist_asks(rita, act):
    client = by_token(rita)
    verb, path = NOT_MINE[act]
    body = {"name": "x"} if verb == "patch" else {"code": "000000"} if verb == "post" else None
    somewhere = theirs()
    nowhere = dict.fromkeys(("device", "pending"), NOWHERE)
    nowhere |= dict.fromkeys(("verification", "request"), "00000000-0000-4000-8000-000000000000")

    def ask_about(ids):
        return acts_of(lambda: getattr(client, verb)(API + path.format(**ids), body, format="json"), 404)

    assert ask_about(somewhere) == ask_about(nowhere)


def theirs():
    """The ids of what somebody else has."""
    omar = requester("omar")
    export()
    return {
        "device": omar.device,
        "pending": with_app(omar, confirmed=False).device,
        "verification": verified(by_token(omar), omar)["id"],
        "request": ask(omar).pk,
    }


def test_who_acts_on_a_request_that_they_may_not_see_could_time_that_it_exists(rita):
    """SECURITY.md says so, and why it does not matter: nobody guesses an id of 122 random bits."""
    client, there = by_token(rita), theirs()["request"]

    asked = [
        acts_of(lambda key=key: client.post(f"{API}requests/{key}/cancellation/"), 404)
        for key in (there, "00000000-0000-4000-8000-000000000000")
    ]

    assert there.version == 4
    assert asked[0][: len(asked[1])] == asked[1] == ["SELECT authtoken_token", "UPDATE accessrequest"]
