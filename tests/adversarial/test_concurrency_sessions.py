"""Requests of one session at once: verifying renews its key under them."""

from collections.abc import Callable
from functools import partial

from django.contrib.sessions.models import Session

from drf_accessflow_mfa.signals import mfa_verified
from tests import people
from tests.support.clients import PASSWORD
from tests.support.crowds import MANY, ROUNDS, VAULT, Crowd, verifying
from tests.support.storms import at_once, copies_of, tally

pytest_plugins = ["tests.support.crowd_server"]


def test_64_posts_with_one_session_cookie_verify_once_and_renew_the_session(crowd: Crowd) -> None:
    """Whoever comes after the session was renewed holds a cookie that is worth nothing: 403."""
    for _ in range(ROUNDS):
        person = crowd.pick("app")
        session = crowd.session(person)
        code = crowd.code(person)

        with copies_of(session, MANY) as copies:
            answers = at_once([verifying(copy, code) for copy in copies])
            [winner] = [
                copy for copy, answer in zip(copies, answers, strict=True) if answer.status_code == 201
            ]
            opened = winner.get(VAULT)

        assert tally(answers)[400] + tally(answers)[403] == MANY - 1
        assert opened.status_code == 200
        assert session.get(VAULT).status_code == 403
        assert crowd.events(person)["mfa.verified", ""] == 1


def test_a_browser_with_requests_in_flight_stays_logged_in_when_it_verifies(crowd: Crowd) -> None:
    for _ in range(ROUNDS * 2):
        person = crowd.pick("app")
        browser = crowd.session(person)
        polling = [partial(browser.get, "/api/mfa/status/")] * 7

        answers = at_once([verifying(browser, crowd.code(person)), *polling])

        assert answers[0].status_code == 201
        assert browser.get(VAULT).status_code == 200


def test_logins_and_notes_at_once_are_all_answered(crowd: Crowd) -> None:
    """Views of the host's, which read and then write in a request transaction."""
    people = [crowd.pick("newcomer") for _ in range(2)]
    logins = [
        partial(
            crowd.server.clients.stranger().post,
            "/api/auth/session/",
            json={"username": person.username, "password": PASSWORD},
        )
        for person in people * 6
    ]
    notes = [
        partial(crowd.token(person).post, "/api/vault/staging-logs/", json={"note": "Checked."})
        for person in people * 6
    ]

    answers = at_once(logins + notes)

    assert tally(answers) == {200: len(logins), 201: len(notes)}


def test_a_session_that_ended_while_its_code_was_judged_is_not_brought_back(
    transactional_db: None, rita: people.Person, refunds: object, serve: Callable[..., str]
) -> None:
    """The log-out of another process falls between the commit and the renewal."""
    guarded, browser = serve(access_flow="refunds"), people.by_session(rita)

    def log_out(**_: object) -> None:
        Session.objects.all().delete()

    mfa_verified.connect(log_out)
    try:
        people.post_code(browser, rita.code())
    finally:
        mfa_verified.disconnect(log_out)

    assert browser.get(guarded).status_code == 403
    assert not Session.objects.exists()
