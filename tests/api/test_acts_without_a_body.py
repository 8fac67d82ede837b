"""Acts that take nothing from their body: one that cannot be read is refused, and nothing is done."""

import pytest

from drf_accessflow_mfa.models import AuditEvent, PendingReset, Verification
from tests import resetting
from tests.asking import ask, export, join
from tests.people import API, by_session, by_token, enrolled, flow, may, verified

pytestmark = pytest.mark.django_db
ACTS = {
    "recovery codes": ("POST", "recovery-codes/", 201),
    "cancellation": ("POST", "requests/{request}/cancellation/", 200),
    "confirmation of a reset": ("POST", "resets/{reset}/confirmation/", 200),
    "end of a reset": ("DELETE", "resets/{reset}/", 204),
    "end of a verification": ("DELETE", "verifications/{verification}/", 204),
    "end of all verifications": ("DELETE", "verifications/", 204),
    "removal of a device": ("DELETE", "devices/{device}/", 204),
    "deletion of a flow": ("DELETE", "flows/unused/", 204),
}
UNREADABLE = {
    "half an object": (b"{{{", "application/json", 400),
    "a list": (b"[1]", "application/json", 400),
    "null": (b"null", "application/json", 400),
    "too much": (b'{"a": "' + b"x" * 40_000 + b'"}', "application/json", 400),
    "no UTF-8": (b'{"a": "\xff"}', "application/json", 400),
    "a form": (b"a=b", "application/x-www-form-urlencoded", 415),
    "a form in parts": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        415,
    ),
    "a text": (b"now", "text/plain", 415),
    "no type": (b"now", "", 415),
}


@pytest.fixture
def somebody(db, clock):
    """Somebody who may do all of this, verified a moment ago."""
    someone = join(may(enrolled("root"), "delete_accessflow", "reset_mfa"), "requesters")
    verified(by_token(someone), someone)
    verified_by_session = by_session(someone)
    clock.shift(30)
    verified(verified_by_session, someone)
    return someone, verified_by_session


@pytest.fixture
def places(somebody, settings):
    """What the acts are about."""
    settings.ACCESSFLOW_MFA_RESET_NEEDS_SECOND_ADMIN = True
    someone, _ = somebody
    export()
    flow("unused")
    resetting.reset_by(resetting.helper("hella"), enrolled("lena"))
    return {
        "request": ask(someone).pk,
        "reset": PendingReset.objects.get().pk,
        "verification": Verification.objects.filter(credential="session").get().pk,
        "device": someone.device,
    }


def sent(client, act, places, body=b"", content_type="application/json", **headers):
    method, path, _ = ACTS[act]
    return client.generic(method, API + path.format(**places), body, content_type=content_type, **headers)


@pytest.mark.parametrize("act", ACTS)
def test_a_body_that_cannot_be_read_is_refused_and_nothing_is_done(somebody, places, act):
    client = by_token(somebody[0])
    before = AuditEvent.objects.count()

    for name, (body, content_type, status) in UNREADABLE.items():
        answer = sent(client, act, places, body, content_type)

        assert answer.status_code == status, (name, answer.content)
        assert answer.json()["code"] == {400: "parse_error", 415: "unsupported_media_type"}[status]

    assert AuditEvent.objects.count() == before
    assert sent(client, act, places).status_code == ACTS[act][2]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", ""])
def test_an_empty_body_is_fine(somebody, places, act, content_type):
    assert sent(by_token(somebody[0]), act, places, b"", content_type).status_code == ACTS[act][2]


@pytest.mark.parametrize("act", ACTS)
def test_what_an_object_holds_beyond_does_not_matter(somebody, places, act):
    assert sent(by_token(somebody[0]), act, places, b'{"a": 1}').status_code == ACTS[act][2]


def reads_forms(get_response):
    """Middleware of a host that looks into every form."""

    def middleware(request):
        assert request.POST is not None
        return get_response(request)

    return middleware


def test_a_form_that_was_read_before_is_refused_too(somebody, places, settings):
    settings.MIDDLEWARE = [f"{__name__}.{reads_forms.__name__}", *settings.MIDDLEWARE]
    client = by_token(somebody[0])
    body, content_type, _ = UNREADABLE["a form in parts"]

    assert sent(client, "recovery codes", places, body, content_type).status_code == 415


@pytest.mark.parametrize("kind", ["a form", "a form in parts", "half an object"])
def test_a_session_sends_no_such_body_either(somebody, places, kind):
    _, browser = somebody
    browser.handler.enforce_csrf_checks = True
    browser.cookies["csrftoken"] = token = "t" * 32
    body, content_type, status = UNREADABLE[kind]

    answers = [
        sent(browser, "recovery codes", places, *sending, HTTP_X_CSRFTOKEN=token)
        for sending in [(body, content_type), ()]
    ]

    assert [answer.status_code for answer in answers] == [status, 201]


def test_a_method_that_is_not_known_is_refused_before_its_body(somebody):
    answer = by_token(somebody[0]).generic("POST", API + "status/", b"{{{", content_type="application/json")

    assert answer.status_code == 405


def test_who_may_not_act_learns_nothing_about_the_body(places):
    client = by_token(enrolled("omar"))

    answer = sent(client, "confirmation of a reset", places, b"{{{")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
