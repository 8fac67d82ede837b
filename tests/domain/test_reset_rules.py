"""Who may reset whose second factor."""

import pytest

from drf_accessflow_mfa.domain.reset import ResetRefusal, Standing, find_reset_refusal

ADMINISTRATOR = {
    "has_permission": True,
    "is_oneself": False,
    "is_superuser": False,
    "subject_is_superuser": False,
}


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({}, None),
        ({"has_permission": False}, ResetRefusal.NOT_PERMITTED),
        ({"has_permission": False, "is_oneself": True}, ResetRefusal.NOT_PERMITTED),
        ({"is_oneself": True}, ResetRefusal.OWN_FACTORS),
        ({"is_oneself": True, "is_superuser": True, "subject_is_superuser": True}, ResetRefusal.OWN_FACTORS),
        ({"subject_is_superuser": True}, ResetRefusal.SUPERUSER),
        ({"subject_is_superuser": True, "is_superuser": True}, None),
        ({"asked_for_it": True}, ResetRefusal.SAME_ADMINISTRATOR),
        ({"asked_for_it": True, "is_superuser": True}, ResetRefusal.SAME_ADMINISTRATOR),
    ],
)
def test_the_rules_of_a_reset(facts, refusal):
    assert find_reset_refusal(Standing(**{**ADMINISTRATOR, **facts})) is refusal
