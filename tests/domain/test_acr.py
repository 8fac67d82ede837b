"""How strong each class is, and which meets which."""

import pytest

from drf_accessflow_mfa.domain.acr import ACR_OF, Acr
from drf_accessflow_mfa.domain.methods import Method


@pytest.mark.parametrize(
    ("shown", "wanted", "is_enough"),
    [
        (Acr.MFA, Acr.MFA, True),
        (Acr.PHISHING_RESISTANT, Acr.MFA, True),
        (Acr.PHISHING_RESISTANT, Acr.PHISHING_RESISTANT, True),
        (Acr.MFA, Acr.PHISHING_RESISTANT, False),
    ],
)
def test_a_class_is_met_by_itself_and_by_stronger_ones_only(shown, wanted, is_enough):
    assert shown.satisfies(wanted) is is_enough


def test_the_values_are_those_of_refeds_and_openid():
    assert {acr.name: acr.value for acr in Acr} == {
        "MFA": "https://refeds.org/profile/mfa",
        "PHISHING_RESISTANT": "phr",
    }


def test_the_quick_look_up_knows_every_class():
    assert {value: acr for acr in Acr for value in [acr.value]} == ACR_OF


@pytest.mark.parametrize(
    ("method", "acr", "amr"),
    [
        (Method.OTP, Acr.MFA, "otp"),
        (Method.HARDWARE_KEY, Acr.PHISHING_RESISTANT, "hwk"),
        (Method.RECOVERY_CODE, Acr.MFA, "otp"),
    ],
)
def test_each_method_has_its_class_and_its_rfc_8176_name(method, acr, amr):
    assert (method.acr, method.amr) == (acr, amr)


def test_no_method_of_typed_codes_counts_as_phishing_resistant():
    strong = {method for method in Method if method.acr is Acr.PHISHING_RESISTANT}

    assert strong == {Method.HARDWARE_KEY}
