"""What a user is shown about their verification, and what a flow would ask of them."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Assurance
from drf_accessflow_mfa.domain.claims import Claimed, TrustedIssuer
from drf_accessflow_mfa.models import RecoveryCode, RecoveryCodes
from drf_accessflow_mfa.services import require, status, verify
from tests.people import NOON, ORIGIN, enrolled, flow, person

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def rita():
    return enrolled()


def claiming(someone, *, at):
    """The caller with a token whose issuer says when the second factor was used, or nothing."""
    assurance = None if at is None else Assurance(verification=None, verified_at=at, acr=Acr.MFA)
    claimed = Claimed(issuer=TrustedIssuer(acr={"loa2": Acr.MFA}), assurance=assurance)
    return someone.caller()._replace(claimed=claimed)


def asked(caller, *, now):
    shown = status.flow_requirement("refunds", caller, include_inactive=False, now=now)
    return shown.satisfied, shown.verified_at, shown.code and shown.code.value


def test_what_a_user_is_shown_while_a_verification_counts_and_afterwards(rita):
    rita.recovery_codes()
    flow("refunds")
    nobodys = status.flow_requirement("refunds", rita.caller(), include_inactive=False, now=NOON)
    assert (nobodys.satisfied, nobodys.verified_at, nobodys.code.value) == (False, None, "mfa_required")
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    for after, verified, left in ((SECOND, True, 3599), (HOUR, True, 0), (HOUR + SECOND, False, 0)):
        shown = status.status_of(rita.caller(), now=NOON + after)
        assert (shown.verified, shown.seconds_left) == (verified, left)
        assert shown.expires_at == (NOON + HOUR if verified else None)
        assert [device.name for device in shown.devices] == ["phone"]
        asked = status.flow_requirement("refunds", rita.caller(), include_inactive=False, now=NOON + after)
        assert (asked.satisfied, asked.verified_at is not None) == (verified, verified)
        assert asked.expires_at == (NOON + HOUR if verified else None)
        assert asked.code == (None if verified else "mfa_required")


def test_a_flow_that_asks_nothing_shows_no_proof_and_one_that_is_off_is_met_by_nobody(rita):
    flow("refunds", require_mfa=False)
    flow("off", is_active=False, require_mfa=False)
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    asked = status.flow_requirement("refunds", rita.caller(), include_inactive=False, now=NOON)
    off = status.flow_requirement("off", rita.caller(), include_inactive=True, now=NOON)

    assert (asked.satisfied, asked.verified_at, asked.expires_at, asked.code) == (True, None, None, None)
    assert (off.satisfied, off.code) == (False, "access_flow_inactive")


def test_claims_count_where_no_verification_does(rita):
    flow("refunds")
    caller = claiming(rita, at=NOON)

    assert asked(caller, now=NOON + MINUTE) == (True, NOON, None)
    assert asked(caller, now=NOON + 2 * HOUR) == (False, None, "mfa_required")
    assert asked(claiming(rita, at=None), now=NOON) == (False, None, "mfa_required")


def test_a_verification_that_is_enough_is_what_is_shown(rita):
    flow("refunds")
    verify.verify(rita.caller(), rita.code(now=NOON), origin=ORIGIN, now=NOON)

    assert asked(claiming(rita, at=NOON - MINUTE), now=NOON + MINUTE) == (True, NOON, None)
    late = NOON + HOUR + MINUTE
    assert asked(claiming(rita, at=NOON + MINUTE), now=late) == (True, NOON + MINUTE, None)
    assert asked(claiming(rita, at=NOON - HOUR), now=late) == (False, None, "mfa_required")
    assert asked(rita.caller(), now=late) == (False, None, "mfa_required")


def test_who_is_not_enrolled_is_told_to_enroll():
    flow("refunds")

    assert asked(person("nina").caller(), now=NOON) == (False, None, "mfa_enrollment_required")


def test_the_age_is_that_of_the_flow_and_else_the_default(rita, settings):
    settings.ACCESSFLOW_MFA_MAX_AGE = HOUR
    flow("refunds", mfa_max_age=MINUTE)
    flow("other")

    ages = [
        status.flow_requirement(slug, rita.caller(), include_inactive=False, now=NOON).max_age
        for slug in ("refunds", "other")
    ]

    assert ages == [MINUTE, HOUR]


@pytest.mark.parametrize("names", [(), ("",), ("refunds", "no slug!"), ("no slug!", "refunds")])
def test_what_cannot_be_the_name_of_a_flow_is_refused_before_anything_is_asked(names):
    with pytest.raises(require.FlowUnknown):
        require.slugs_of(names)


def test_each_user_is_shown_the_recovery_codes_that_they_have():
    rita, omar = enrolled(), enrolled("omar")
    count = len(rita.recovery_codes())
    omar_has = len(omar.recovery_codes())
    nina = person("nina")
    RecoveryCodes.objects.filter(user=rita.user).update(generated_at=NOON)
    RecoveryCodes.objects.filter(user=omar.user).update(generated_at=NOON + HOUR)
    RecoveryCode.objects.filter(pk=RecoveryCode.objects.filter(batch__user=omar.user).first().pk).delete()

    for someone, left, made_at in ((rita, count, NOON), (omar, omar_has - 1, NOON + HOUR), (nina, 0, None)):
        shown = status.recovery_codes_left(someone.caller())
        assert (shown.left, shown.generated_at) == (left, made_at)
        assert status.status_of(someone.caller()).recovery_codes_left == left
