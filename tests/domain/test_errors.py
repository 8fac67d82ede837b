"""A refusal names the flow that it is about."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.assurance import Requirement
from drf_accessflow_mfa.domain.challenge import Challenge, RefusalCode
from drf_accessflow_mfa.domain.errors import AccessRequired, FlowInactive, FlowUnknown, StepUpRequired


def challenge(flow):
    requirement = Requirement(flow=flow, max_age=timedelta(hours=1))
    return StepUpRequired(Challenge(requirement=requirement, enrolled=True, methods=["otp"]))


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (challenge, RefusalCode.MFA_REQUIRED),
        (FlowUnknown, RefusalCode.ACCESS_FLOW_UNKNOWN),
        (FlowInactive, RefusalCode.ACCESS_FLOW_INACTIVE),
        (AccessRequired, RefusalCode.ACCESS_REQUIRED),
    ],
)
def test_a_refusal_keeps_the_name_of_its_flow(refused, code):
    refusal = refused("refunds")

    assert (refusal.flow, refusal.code) == ("refunds", code)


@pytest.mark.parametrize("refused", [challenge, FlowUnknown])
def test_a_refusal_without_a_flow_names_none(refused):
    assert refused(None).flow is None
