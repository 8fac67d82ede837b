"""The requirement is computed at every request (rule 6)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.domain.errors import StepUpRequired
from drf_accessflow_mfa.models import AccessFlow, Verification
from drf_accessflow_mfa.services.require import require, require_fresh
from tests.people import by_session, by_token, verified


def change(slug="refunds", **fields):
    AccessFlow.objects.filter(slug=slug).update(**fields)


def newest(**fields):
    Verification.objects.update(**fields)


@pytest.fixture
def url(serve, refunds):
    return serve(access_flow="refunds")


def test_flagging_binds_the_very_next_request(url, rita):
    client = by_token(rita)

    seen = []
    for is_flagged in (True, False, True, False):
        change(require_mfa=is_flagged)
        seen.append(client.get(url).status_code)

    assert seen == [401, 200, 401, 200]


def test_tightening_the_age_binds_the_very_next_request(url, rita, clock):
    client = by_token(rita)
    verified(client, rita)
    clock.shift(61)
    assert client.get(url).status_code == 200

    change(mfa_max_age=timedelta(seconds=60))

    answer = client.get(url)
    assert (answer.status_code, answer.json()["max_age"]) == (401, 60)


def test_tightening_the_scope_binds_the_very_next_request(url, rita):
    change(mfa_scope="user")
    verified(by_session(rita), rita)
    client = by_token(rita)
    assert client.get(url).status_code == 200

    change(mfa_scope="credential")

    assert client.get(url).status_code == 401


def test_asking_for_a_stronger_factor_binds_the_very_next_request(url, rita):
    client = by_token(rita)
    verified(client, rita)

    change(acr="phr")

    answer = client.get(url)
    assert answer.status_code == 401
    assert answer.json()["acr_values"] == ["phr"]
    assert answer.json()["code"] == "mfa_enrollment_required"
    assert 'acr_values="phr"' in answer.headers["WWW-Authenticate"]


def test_a_stronger_verification_meets_every_class(url, rita):
    client = by_token(rita)
    verified(client, rita)
    newest(acr="phr")

    for acr in ("phr", "https://refeds.org/profile/mfa"):
        change(acr=acr)
        assert client.get(url).status_code == 200


def test_a_newer_weak_verification_does_not_hide_an_older_strong_one(url, rita, clock):
    client = by_token(rita)
    verified(client, rita)
    newest(acr="phr")
    clock.shift(30)
    verified(client, rita)
    change(acr="phr")

    assert client.get(url).status_code == 200


def test_switching_a_flow_off_or_deleting_it_refuses_everybody(url, rita):
    client = by_token(rita)
    verified(client, rita)

    change(is_active=False)
    assert client.get(url).json()["code"] == "access_flow_inactive"
    AccessFlow.objects.all().delete()
    assert client.get(url).json()["code"] == "access_flow_unknown"


def test_the_installations_default_age_binds_the_very_next_request(url, rita, clock, settings):
    client = by_token(rita)
    verified(client, rita)
    clock.shift(100)
    assert client.get(url).status_code == 200

    settings.ACCESSFLOW_MFA_MAX_AGE = 99

    assert client.get(url).status_code == 401


@pytest.mark.parametrize(("age", "passes"), [(0, True), (59, True), (60, True), (61, False)])
def test_a_verification_exactly_at_the_limit_still_counts(url, rita, clock, age, passes):
    change(mfa_max_age=timedelta(seconds=60))
    client = by_token(rita)
    verified(client, rita)

    clock.shift(age)

    assert (client.get(url).status_code == 200) is passes


def test_a_microsecond_over_the_limit_no_longer_counts(rita, refunds):
    caller, now = rita.caller(), timezone.now()
    from drf_accessflow_mfa.services.verify import verify
    from tests.people import ORIGIN

    verify(caller, rita.code(), origin=ORIGIN, now=now)
    hour = timedelta(hours=1)

    assert require(["refunds"], caller, now=now + hour).verifications.keys() == {"refunds"}
    with pytest.raises(StepUpRequired):
        require(["refunds"], caller, now=now + hour + timedelta(microseconds=1))


def test_use_does_not_prolong_it(url, rita, clock):
    client = by_token(rita)
    verified(client, rita)
    for _ in range(6):
        clock.shift(600)
        assert client.get(url).status_code == 200

    clock.shift(1)

    assert client.get(url).status_code == 401


def test_permissions_only_read(url, rita, clock):
    client = by_token(rita)
    verified(client, rita)
    before = list(Verification.objects.values())

    for _ in range(3):
        client.get(url)

    assert list(Verification.objects.values()) == before
    assert len(rita.events()) == 1


def test_a_fresh_verification_for_managing_is_of_this_credential_whatever_the_scope(rita, settings):
    from drf_accessflow_mfa.services.verify import verify
    from tests.people import ORIGIN

    settings.ACCESSFLOW_MFA_SCOPE = "user"
    verify(rita.caller("one"), rita.code(), origin=ORIGIN)

    assert require_fresh(rita.caller("one"))
    with pytest.raises(StepUpRequired):
        require_fresh(rita.caller("other"))
