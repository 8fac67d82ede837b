"""What a challenge says, and names of flows that no statement is spent on."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Assurance, Requirement
from drf_accessflow_mfa.domain.claims import Claimed, TrustedIssuer
from drf_accessflow_mfa.domain.errors import FlowUnknown, StepUpRequired
from drf_accessflow_mfa.services import require
from tests.people import NOON, enrolled, flow, person

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def challenge(someone, *flows):
    with pytest.raises(StepUpRequired) as refused:
        require.require(flows, someone.caller(), now=NOON)
    return refused.value.challenge


def test_who_has_no_device_is_told_what_they_will_need():
    flow()

    told = challenge(person(), "refunds")

    assert (told.enrolled, list(told.methods)) == (False, ["otp"])


def test_the_age_is_that_of_the_flow():
    flow(mfa_max_age=MINUTE)

    assert challenge(enrolled(), "refunds").requirement.max_age == MINUTE


def test_who_steps_up_at_the_issuer_is_told_to_use_a_code():
    claimed = Claimed(
        issuer=TrustedIssuer(acr={"loa2": Acr.MFA}),
        assurance=Assurance(verification=None, verified_at=NOON, acr=Acr.MFA),
    )

    told = require.challenge_of_issuer(Requirement(flow=None, max_age=MINUTE), claimed).challenge

    assert (told.enrolled, list(told.methods)) == (True, ["otp"])


def test_claims_meet_a_requirement_in_the_code_without_a_statement(django_assert_num_queries):
    claimed = Claimed(
        issuer=TrustedIssuer(acr={"loa2": Acr.MFA}),
        assurance=Assurance(verification=None, verified_at=NOON, acr=Acr.MFA),
    )
    caller = person().caller()._replace(claimed=claimed)

    with django_assert_num_queries(0):
        passed = require.require_assurance(Requirement(flow=None, max_age=MINUTE), caller, now=NOON)

    assert passed.verifications == {}


@pytest.mark.parametrize("flows", [[], ["no name"], ["refunds", "no name"], ["x" * 101]])
def test_what_cannot_be_a_name_is_refused_without_a_statement_and_not_repeated(
    flows, django_assert_num_queries
):
    flow()
    caller = enrolled().caller()

    with django_assert_num_queries(0), pytest.raises(FlowUnknown) as refused:
        require.require(flows, caller, now=NOON)

    assert refused.value.flow is None
