"""The challenge, as clients and proxies read it."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Requirement
from drf_accessflow_mfa.domain.challenge import Challenge, RefusalCode

# RFC 6750, section 3: what error and error_description may hold.
ALLOWED = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]*")
PARAMETER = re.compile(r'(\w+)="([^"]*)"')


def challenge(flow="refunds", *, max_age=timedelta(hours=1), acr=Acr.MFA, enrolled=True):
    return Challenge(
        requirement=Requirement(flow=flow, max_age=max_age, acr=acr), enrolled=enrolled, methods=["otp"]
    )


def test_the_header_is_the_one_of_rfc_9470():
    assert challenge().header("Bearer") == (
        'Bearer error="insufficient_user_authentication", '
        'error_description="A fresh second factor is required", '
        'acr_values="https://refeds.org/profile/mfa", max_age="3600"'
    )


@given(
    st.text(),
    st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=1)),
    st.sampled_from(list(Acr)),
    st.booleans(),
)
def test_no_name_reaches_the_header_and_every_character_is_allowed(flow, max_age, acr, enrolled):
    asked = challenge(flow, max_age=max_age, acr=acr, enrolled=enrolled)

    header = asked.header("Session")

    assert header == challenge(None, max_age=max_age, acr=acr).header("Session")
    scheme, _, rest = header.partition(" ")
    parameters = dict(PARAMETER.findall(rest))
    assert scheme == "Session"
    assert list(parameters) == ["error", "error_description", "acr_values", "max_age"]
    assert all(ALLOWED.fullmatch(value) for value in parameters.values())
    assert parameters["max_age"].isdecimal()


@pytest.mark.parametrize(
    ("max_age", "seconds"),
    [(timedelta(seconds=1), 1), (timedelta(seconds=90.9), 90), (timedelta(days=1), 86400)],
)
def test_ages_are_whole_seconds_never_more_than_what_counts(max_age, seconds):
    assert challenge(max_age=max_age).max_age_seconds == seconds


@pytest.mark.parametrize(
    ("enrolled", "code"),
    [(True, RefusalCode.MFA_REQUIRED), (False, RefusalCode.MFA_ENROLLMENT_REQUIRED)],
)
def test_the_code_says_whether_to_verify_or_to_enroll(enrolled, code):
    assert challenge(enrolled=enrolled).code is code


def test_the_body_holds_exactly_what_clients_depend_on():
    body = challenge(acr=Acr.PHISHING_RESISTANT).body(detail="x", verify_url="/v", enroll_url="/e")

    assert body == {
        "detail": "x",
        "code": "mfa_required",
        "flow": "refunds",
        "max_age": 3600,
        "acr_values": ["phr"],
        "methods": ["otp"],
        "enrolled": True,
        "verify_url": "/v",
        "enroll_url": "/e",
    }


def test_the_codes_of_a_refusal_are_those_of_the_contract():
    assert {code.value for code in RefusalCode} == {
        "mfa_required",
        "mfa_enrollment_required",
        "access_flow_unknown",
        "access_flow_inactive",
        "credential_unsupported",
        "access_required",
    }
