"""Changing factors needs a fresh verification, the first enrollment excepted (rule 8)."""

import base64
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from drf_accessflow_mfa.domain.errors import EnrollmentRefused
from drf_accessflow_mfa.models import AuthenticatorApp
from tests.people import API, by_session, by_token, post_code, verified

pytestmark = pytest.mark.django_db
DEVICES = API + "devices/"


def begin(client, **fields):
    return client.post(DEVICES, {"name": "phone", **fields}, format="json")


def confirm(client, begun, code=None, **fields):
    code = code or pyotp.TOTP(begun["secret"]).now()
    return client.post(f"{DEVICES}{begun['id']}/confirmation/", {"code": code, **fields}, format="json")


def refuse(user):
    raise EnrollmentRefused("Come to the desk.", retry_after=timedelta(hours=1))


class TestFirstEnrollment:
    def test_it_needs_no_verification_and_makes_one(self, nina, clock):
        client = by_token(nina)

        answer = confirm(client, begin(client).json())

        assert answer.status_code == 200
        assert answer.json()["device"]["confirmed"] is True
        assert len(answer.json()["recovery_codes"]) == 10
        assert client.get(API + "status/").json()["verified"] is True
        assert [kind for kind, _ in nina.events()] == [
            "enrollment.begun",
            "mfa.verified",
            "device.enrolled",
            "recovery_codes.generated",
        ]

    def test_the_secret_is_160_random_bits_and_the_uri_is_read_by_every_app(self, nina, clock):
        client = by_token(nina)
        begun = begin(client).json()

        uri = urlsplit(begun["otpauth_uri"])
        query = parse_qs(uri.query)
        assert len(base64.b32decode(begun["secret"])) == 20
        assert "=" not in begun["secret"]
        assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/Access flows:nina")
        assert query == {
            "secret": [begun["secret"]],
            "issuer": ["Access flows"],
            "algorithm": ["SHA1"],
            "digits": ["6"],
            "period": ["30"],
        }
        assert "+" not in begun["otpauth_uri"]
        assert begun["qr_svg"].startswith("<svg")
        assert begun["secret"] not in begun["qr_svg"]
        assert begin(client).json()["secret"] != begun["secret"]

    def test_the_secret_is_shown_once_and_never_again(self, nina, clock):
        client = by_token(nina)
        begun = begin(client).json()
        later = [confirm(client, begun), client.get(DEVICES), client.get(API + "status/")]
        later.append(client.patch(f"{DEVICES}{begun['id']}/", {"name": "x"}, format="json"))
        later.append(client.get(API + "audit-events/"))

        assert not any(begun["secret"] in answer.content.decode() for answer in later)

    def test_only_the_credential_that_began_it_can_confirm_it(self, nina, clock):
        browser = by_session(nina)
        begun = begin(browser).json()

        assert confirm(by_token(nina), begun).status_code == 404
        assert confirm(by_session(nina), begun).status_code == 404
        assert confirm(browser, begun).status_code == 200

    def test_somebody_else_cannot_confirm_it(self, nina, rita, clock):
        begun = begin(by_token(nina)).json()

        assert confirm(by_token(rita), begun).status_code == 404

    @pytest.mark.parametrize(("seconds", "status"), [(599, 200), (600, 404), (86400, 404), (-1, 404)])
    def test_it_expires(self, nina, clock, seconds, status):
        client = by_token(nina)
        begun = begin(client).json()
        clock.shift(seconds)

        assert confirm(client, begun).status_code == status

    def test_an_expired_one_is_not_shown(self, nina, clock):
        client = by_token(nina)
        begin(client)
        clock.shift(600)

        assert client.get(DEVICES).json() == []

    def test_starting_again_voids_the_first(self, nina, clock):
        client = by_token(nina)
        first = begin(client).json()
        second = begin(client).json()

        assert confirm(client, first).status_code == 404
        assert confirm(client, second).status_code == 200
        assert AuthenticatorApp.objects.count() == 1

    def test_the_code_of_the_first_does_not_confirm_the_second(self, nina, clock):
        client = by_token(nina)
        first, second = begin(client).json(), begin(client).json()

        assert confirm(client, second, code=pyotp.TOTP(first["secret"]).now()).status_code == 400

    def test_it_can_be_confirmed_once(self, nina, clock):
        client = by_token(nina)
        begun = begin(client).json()
        confirm(client, begun)

        assert confirm(client, begun).status_code == 404

    def test_an_unconfirmed_device_enrolls_nobody(self, nina, clock):
        client = by_token(nina)
        begun = begin(client).json()

        assert client.get(API + "status/").json()["enrolled"] is False
        assert post_code(client, pyotp.TOTP(begun["secret"]).now()).status_code == 400

    @pytest.mark.parametrize(
        "extra",
        [
            {"secret": "A" * 32, "sealed_secret": "AAAA", "otpauth_uri": "otpauth://x"},
            {"confirmed": True, "confirmed_at": "2020-01-01T00:00:00Z", "last_step": -1},
            {"user": 1, "user_id": 1, "binding": "x", "id": 7, "handle": "x", "created_at": "2020-01-01"},
        ],
    )
    def test_a_body_sets_nothing_but_the_name(self, nina, rita, clock, extra):
        client = by_token(nina)
        begun = begin(client, **{**extra, **({"user": rita.user.pk} if "user" in extra else {})}).json()

        app = AuthenticatorApp.objects.get(user=nina.user)
        assert (app.confirmed, app.last_step, app.created_at.year) == (False, -1, 2026)
        assert begun["secret"] == app.totp().secret != "A" * 32
        confirm(client, begun, **extra)
        client.patch(f"{DEVICES}{begun['id']}/", {"name": "x", **extra}, format="json")
        app.refresh_from_db()
        assert (app.user_id, app.confirmed, app.name) == (nina.user.pk, True, "x")
        assert app.last_step > 0
        assert app.totp().secret == begun["secret"]

    def test_the_policy_of_the_installation_may_refuse_it(self, nina, clock, settings):
        settings.ACCESSFLOW_MFA_ENROLLMENT_POLICY = refuse

        answer = begin(by_token(nina))

        assert (answer.status_code, answer.json()) == (
            403,
            {"detail": "Come to the desk.", "code": "enrollment_refused", "retry_after": 3600},
        )
        assert not AuthenticatorApp.objects.exists()
        assert nina.events("enrollment.begun") == []

    def test_the_policy_is_not_asked_about_further_devices(self, rita, clock, settings):
        settings.ACCESSFLOW_MFA_ENROLLMENT_POLICY = "tests.services.test_factors.refuse"
        client = by_token(rita)
        verified(client, rita)

        assert begin(client).status_code == 201
