"""A code counts once (rule 2): over sessions, devices, doors and rolled-back requests."""

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from drf_accessflow_mfa.models import AuthenticatorApp, Verification
from drf_accessflow_mfa.services.enroll import begin_enrollment, confirm_enrollment
from drf_accessflow_mfa.services.outcomes import CodeRefused, Verified
from drf_accessflow_mfa.services.verify import verify
from tests.people import API, BY, ORIGIN, by_session, by_token, post_code, with_app


def attempt(someone, code, *, identity="their token", **options):
    return verify(someone.caller(identity), code, origin=ORIGIN, **options)


def test_a_right_code_is_accepted_once(rita):
    code = rita.code()

    assert isinstance(attempt(rita, code), Verified)
    assert isinstance(attempt(rita, code), CodeRefused)
    assert Verification.objects.count() == 1


def test_the_same_code_is_refused_in_the_next_step_too(rita, clock):
    code = rita.code()
    attempt(rita, code)
    clock.shift(30)

    assert isinstance(attempt(rita, code), CodeRefused)


def test_an_older_code_is_refused_after_a_newer_one(rita):
    older, newer = rita.code(steps=-1), rita.code()
    assert isinstance(attempt(rita, newer), Verified)

    assert isinstance(attempt(rita, older), CodeRefused)


def test_an_older_code_in_the_window_is_accepted_before_a_newer_one(rita):
    assert isinstance(attempt(rita, rita.code(steps=-1)), Verified)
    assert isinstance(attempt(rita, rita.code()), Verified)


@pytest.mark.parametrize("steps", [-3, -2, 1, 2])
def test_a_code_outside_the_window_is_refused(rita, steps):
    assert isinstance(attempt(rita, rita.code(steps=steps)), CodeRefused)


def test_a_code_is_spent_for_every_session_and_token_of_the_user(rita, clock):
    code = rita.code()
    assert post_code(by_session(rita), code).status_code == 201

    for kind in BY:
        assert post_code(BY[kind](rita), code).status_code == 400
    assert post_code(by_session(rita), code, device=rita.device).status_code == 400


def test_a_refused_replay_reads_like_any_wrong_code(rita, clock):
    client, code = by_token(rita), rita.code()
    post_code(client, code)

    replay, wrong = post_code(client, code), post_code(client, rita.wrong_code())

    assert replay.content == wrong.content
    assert replay.status_code == wrong.status_code
    assert [reason for _, reason in rita.events("mfa.failed")] == ["replayed", "wrong_code"]


def test_a_replay_gives_its_charge_back(rita, clock):
    code = rita.code()
    attempt(rita, code)

    for _ in range(50):
        assert isinstance(attempt(rita, code), CodeRefused)
    assert rita.budget() == (0, 0)


def test_the_code_of_an_enrollment_is_spent_with_it(nina):
    begun = begin_enrollment(nina.caller(), name="phone", origin=ORIGIN)
    import pyotp

    nina.totp = pyotp.TOTP(begun.secret)
    code = nina.code()
    confirm_enrollment(nina.caller(), begun.device.id, code, origin=ORIGIN)

    assert isinstance(attempt(nina, code), CodeRefused)
    assert isinstance(attempt(nina, code, identity="another token"), CodeRefused)
    assert Verification.objects.count() == 1


def test_an_older_code_than_the_enrollments_is_spent_too(nina):
    import pyotp

    begun = begin_enrollment(nina.caller(), name="phone", origin=ORIGIN)
    nina.totp = pyotp.TOTP(begun.secret)
    confirm_enrollment(nina.caller(), begun.device.id, nina.code(), origin=ORIGIN)

    assert isinstance(attempt(nina, nina.code(steps=-1)), CodeRefused)


def test_an_instance_that_was_read_before_does_not_give_a_code_back_when_saved(rita):
    stale = AuthenticatorApp.objects.get(pk=rita.app.pk)
    code = rita.code()
    attempt(rita, code)

    stale.name = "renamed by the host"
    stale.save()

    assert isinstance(attempt(rita, code), CodeRefused)


def test_a_code_of_one_device_is_not_spent_for_another_with_its_own_secret(rita):
    tablet = with_app(rita, name="tablet")

    assert isinstance(attempt(rita, rita.code()), Verified)
    assert isinstance(attempt(rita, tablet.code()), Verified)


@pytest.mark.parametrize("spelling", ["{} ", " {}", "+{}", "{}\n", "{}\u200b", "{}_"])
def test_another_spelling_of_a_code_is_refused_before_and_after_it_is_spent(rita, spelling):
    code = rita.code()

    assert isinstance(attempt(rita, spelling.format(code)), CodeRefused)
    assert isinstance(attempt(rita, code), Verified)
    assert isinstance(attempt(rita, spelling.format(code)), CodeRefused)


def test_full_width_digits_of_a_right_code_are_refused(rita):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in rita.code())

    assert isinstance(attempt(rita, wide), CodeRefused)


def test_somebody_elses_code_is_refused_even_when_their_device_is_named(rita, omar):
    assert isinstance(attempt(rita, omar.code()), CodeRefused)
    assert isinstance(attempt(rita, omar.code(), device=omar.device), CodeRefused)
    assert isinstance(attempt(omar, omar.code()), Verified)


def test_an_unconfirmed_device_verifies_nothing(nina):
    pending = with_app(nina, confirmed=False)

    assert isinstance(attempt(nina, pending.code()), CodeRefused)
    assert isinstance(attempt(nina, pending.code(), device=pending.device), CodeRefused)


def test_a_named_device_is_tried_alone(rita):
    tablet = with_app(rita, name="tablet")

    assert isinstance(attempt(rita, tablet.code(), device=rita.device), CodeRefused)
    assert isinstance(attempt(rita, tablet.code(), device=tablet.device), Verified)


def test_a_secret_that_no_key_opens_is_refused_and_told_in_the_log_only(rita, clock, settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["another key " * 4]

    answer = post_code(by_token(rita), rita.code())

    assert (answer.status_code, answer.json()["code"]) == (400, "mfa_failed")
    assert rita.events("mfa.failed") == [("mfa.failed", "secret_unreadable")]


def test_a_code_that_nothing_could_judge_is_no_guess(rita, settings):
    """A worker without the key, in the middle of a deployment, locks nobody out."""
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["another key " * 4]

    outcomes = [attempt(rita, rita.wrong_code()) for _ in range(20)]

    assert outcomes == [CodeRefused()] * 20
    assert rita.budget() == (0, 0)


@pytest.mark.parametrize("unreadable", ["first", "last"])
def test_a_secret_that_cannot_be_read_makes_no_guess_at_another_device_free(rita, omar, unreadable):
    tablet = with_app(rita, name="tablet")
    broken = rita.app if unreadable == "first" else tablet.app
    AuthenticatorApp.objects.filter(pk=broken.pk).update(sealed_secret=omar.app.sealed_secret)

    attempt(rita, wrong_for(rita, tablet))

    assert rita.budget() == (1, 1)
    assert rita.events("mfa.failed") == [("mfa.failed", "wrong_code")]


def wrong_for(*people):
    """Return a code that nobody's authenticator shows near now."""
    near = {someone.code(steps=steps) for someone in people for steps in range(-5, 6)}
    return next(code for code in map("{:06}".format, range(100)) if code not in near)


def test_a_secret_copied_to_another_users_row_does_not_open(rita, omar):
    AuthenticatorApp.objects.filter(pk=omar.app.pk).update(sealed_secret=rita.app.sealed_secret)

    assert isinstance(attempt(omar, rita.code()), CodeRefused)
    assert omar.events("mfa.failed") == [("mfa.failed", "secret_unreadable")]


@pytest.mark.django_db(transaction=True)
class TestSomebodysTransaction:
    def test_the_service_refuses_to_run_in_it(self, clock):
        from tests.people import enrolled

        rita = enrolled()
        with pytest.raises(RuntimeError), transaction.atomic():
            attempt(rita, rita.code())

        assert (Verification.objects.count(), rita.budget()) == (0, (0, 0))

    def test_a_code_stays_spent_when_the_hosts_view_raises_afterwards(self, clock, serve):
        from rest_framework.exceptions import APIException

        from tests.people import enrolled

        rita = enrolled()

        def post(view, request):
            outcome = verify(rita.caller(), request.data["code"], origin=ORIGIN)
            raise APIException(type(outcome).__name__)

        url = serve(post=post, permission_classes=[])
        from django.conf import settings
        from django.db.transaction import non_atomic_requests

        settings.ROOT_URLCONF[0].callback = non_atomic_requests(settings.ROOT_URLCONF[0].callback)
        client, code = by_token(rita), rita.code()

        outcomes = [client.post(url, {"code": code}, format="json").json()["detail"] for _ in range(2)]

        assert outcomes == ["Verified", "CodeRefused"]

    def test_a_user_may_be_deleted_with_all_that_is_theirs(self, clock):
        from tests.people import enrolled

        rita = enrolled()
        rita.recovery_codes()
        assert post_code(by_token(rita), rita.code()).status_code == 201

        User.objects.get(pk=rita.user.pk).delete()

        assert not Verification.objects.exists()
        assert not AuthenticatorApp.objects.exists()
        assert API
