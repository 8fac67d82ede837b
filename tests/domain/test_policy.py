"""Which changes of a flow ask less than before."""

from datetime import timedelta
from itertools import product

import pytest

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.policy import FlowPolicy, Scope, find_loosened

STRICT = FlowPolicy(
    is_active=False,
    require_mfa=True,
    max_age=timedelta(seconds=60),
    scope=Scope.CREDENTIAL,
    acr=Acr.PHISHING_RESISTANT,
)
LOOSE = FlowPolicy(
    is_active=True, require_mfa=False, max_age=timedelta(hours=1), scope=Scope.USER, acr=Acr.MFA
)
NAMES = {
    "is_active": "is_active",
    "require_mfa": "require_mfa",
    "max_age": "mfa_max_age",
    "scope": "mfa_scope",
    "acr": "acr",
}


@pytest.mark.parametrize("field", NAMES)
def test_loosening_any_one_field_is_named(field):
    after = STRICT._replace(**{field: getattr(LOOSE, field)})

    assert find_loosened(STRICT, after) == (NAMES[field],)


@pytest.mark.parametrize("field", NAMES)
def test_tightening_any_one_field_loosens_nothing(field):
    after = LOOSE._replace(**{field: getattr(STRICT, field)})

    assert find_loosened(LOOSE, after) == ()


@pytest.mark.parametrize("policy", [STRICT, LOOSE])
def test_no_change_loosens_nothing(policy):
    assert find_loosened(policy, policy) == ()


def test_tightening_one_field_does_not_hide_that_another_is_loosened():
    for tightened, loosened in product(NAMES, NAMES):
        if tightened == loosened:
            continue
        before = STRICT._replace(**{tightened: getattr(LOOSE, tightened)})
        after = STRICT._replace(**{loosened: getattr(LOOSE, loosened)})

        assert find_loosened(before, after) == (NAMES[loosened],)


@pytest.mark.parametrize("is_active", [True, False])
def test_deleting_a_flow_that_requires_mfa_is_loosening_it(is_active):
    flagged = STRICT._replace(is_active=is_active)

    assert find_loosened(flagged, None) == ("require_mfa",)
    assert find_loosened(flagged._replace(require_mfa=False), None) == ()
