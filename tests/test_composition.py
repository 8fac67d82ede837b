"""``&`` and ``|`` with other permissions: every order means the same."""

import operator
from itertools import product

import pytest
from rest_framework.permissions import BasePermission, IsAuthenticated

from drf_accessflow_mfa.permissions import RequiresMFA
from tests.people import by_token, flow, stranger, verified

pytestmark = pytest.mark.django_db


class Yes(BasePermission):
    """Somebody else's rule that says yes."""


class No(BasePermission):
    """Somebody else's rule that says no."""

    def has_permission(self, request, view):
        return False

    def has_object_permission(self, request, view, obj):
        return False


MFA = RequiresMFA
PASS, REFUSED, CHALLENGED = 200, 403, 401

# What the user sees before a verification, and after it.
TABLE = {
    "MFA & Yes": (MFA & Yes, CHALLENGED, PASS),
    "Yes & MFA": (Yes & MFA, CHALLENGED, PASS),
    "MFA & No": (MFA & No, REFUSED, REFUSED),
    "No & MFA": (No & MFA, REFUSED, REFUSED),
    "MFA | Yes": (MFA | Yes, PASS, PASS),
    "Yes | MFA": (Yes | MFA, PASS, PASS),
    "MFA | No": (MFA | No, CHALLENGED, PASS),
    "No | MFA": (No | MFA, CHALLENGED, PASS),
    "MFA & MFA": (MFA & MFA, CHALLENGED, PASS),
    "MFA | MFA": (MFA | MFA, CHALLENGED, PASS),
    "(MFA & No) | Yes": ((MFA & No) | Yes, PASS, PASS),
    "Yes | (MFA & No)": (Yes | (MFA & No), PASS, PASS),
    "(MFA | No) & Yes": ((MFA | No) & Yes, CHALLENGED, PASS),
    "Yes & (No | MFA)": (Yes & (No | MFA), CHALLENGED, PASS),
    "(MFA & Yes) | (No & MFA)": ((MFA & Yes) | (No & MFA), CHALLENGED, PASS),
    "(MFA & Yes) & No": ((MFA & Yes) & No, REFUSED, REFUSED),
    "No | (Yes & (MFA | No))": (No | (Yes & (MFA | No)), CHALLENGED, PASS),
    "(Yes | No) & MFA": ((Yes | No) & MFA, CHALLENGED, PASS),
    "MFA & (Yes | No)": (MFA & (Yes | No), CHALLENGED, PASS),
    "(Yes & No) & MFA": ((Yes & No) & MFA, REFUSED, REFUSED),
    "(Yes & Yes) | MFA": ((Yes & Yes) | MFA, PASS, PASS),
    "MFA | (Yes & Yes)": (MFA | (Yes & Yes), PASS, PASS),
    "(Yes & No) | MFA": ((Yes & No) | MFA, CHALLENGED, PASS),
    "((Yes | No) & MFA) | Yes": (((Yes | No) & MFA) | Yes, PASS, PASS),
    "Yes | ((Yes | No) & MFA)": (Yes | ((Yes | No) & MFA), PASS, PASS),
    "((Yes & No) | MFA) & No": (((Yes & No) | MFA) & No, REFUSED, REFUSED),
    "((Yes & No) | MFA) | Yes": (((Yes & No) | MFA) | Yes, PASS, PASS),
    "(~No) & MFA": ((~No) & MFA, CHALLENGED, PASS),
    "MFA & (~No)": (MFA & (~No), CHALLENGED, PASS),
    "(~Yes) | MFA": ((~Yes) | MFA, CHALLENGED, PASS),
    "((~No) & MFA) | Yes": (((~No) & MFA) | Yes, PASS, PASS),
}


@pytest.mark.parametrize(("expression", "before", "after"), list(TABLE.values()), ids=list(TABLE))
def test_an_expression_means_the_same_in_every_order(serve, rita, refunds, expression, before, after):
    url = serve(access_flow="refunds", permission_classes=[IsAuthenticated, expression])
    client = by_token(rita)

    assert client.get(url).status_code == before
    verified(client, rita)
    assert client.get(url).status_code == after


@pytest.mark.parametrize(("expression", "before", "after"), list(TABLE.values()), ids=list(TABLE))
def test_an_expression_alone_on_a_view_means_the_same(serve, rita, refunds, expression, before, after):
    url = serve(access_flow="refunds", permission_classes=[expression])

    assert by_token(rita).get(url).status_code == before


@pytest.mark.parametrize(("expression", "before", "after"), list(TABLE.values()), ids=list(TABLE))
def test_a_stranger_passes_only_where_the_other_side_lets_them(serve, refunds, expression, before, after):
    answer = stranger().get(serve(access_flow="refunds", permission_classes=[expression]))

    assert answer.status_code == (200 if before == PASS else 401 if answer.status_code == 401 else 403)
    assert b"mfa" not in answer.content


@pytest.mark.parametrize(("expression", "before", "after"), list(TABLE.values()), ids=list(TABLE))
def test_a_challenge_of_an_expression_is_noted_once(serve, rita, refunds, expression, before, after):
    by_token(rita).get(serve(access_flow="refunds", permission_classes=[expression]))

    assert rita.events("mfa.challenged") == ([("mfa.challenged", "mfa_required")] if before == 401 else [])


class OwnObjects(BasePermission):
    """Says yes to everybody, but only to their own objects."""

    def has_object_permission(self, request, view, obj):
        return obj.is_own


@pytest.mark.parametrize(
    ("expression", "is_own", "status"),
    [
        (MFA | OwnObjects, True, PASS),
        (OwnObjects | MFA, True, PASS),
        (MFA | OwnObjects, False, CHALLENGED),
        (OwnObjects | MFA, False, CHALLENGED),
        (MFA & OwnObjects, True, CHALLENGED),
        (OwnObjects & MFA, True, CHALLENGED),
        (MFA & OwnObjects, False, REFUSED),
        (OwnObjects & MFA, False, REFUSED),
    ],
)
def test_an_expression_over_an_object_means_the_same(
    serve_objects, rita, refunds, expression, is_own, status
):
    from drf_accessflow_mfa.permissions import PER_OBJECT
    from tests.guarding import thing

    url = serve_objects(
        {1: thing("refunds", is_own=is_own)}, access_flow=PER_OBJECT, permission_classes=[expression]
    )

    assert by_token(rita).get(f"{url}1/").status_code == status


@pytest.mark.parametrize("guard", [MFA, MFA.on("refunds")])
def test_a_guard_cannot_be_inverted(guard):
    with pytest.raises(TypeError, match="inverted"):
        operator.invert(guard)


TURNED_AROUND = [
    lambda: ~(MFA & Yes),
    lambda: ~(Yes & MFA),
    lambda: ~(MFA | No),
    lambda: ~(~(MFA & Yes) & Yes),
]


@pytest.mark.parametrize("build", TURNED_AROUND)
def test_the_absence_of_mfa_grants_nothing(serve, rita, refunds, build):
    try:
        expression = build()
    except TypeError:
        return
    answer = by_token(rita).get(
        serve(access_flow="refunds", permission_classes=[IsAuthenticated, expression])
    )

    assert answer.status_code in (401, 403)


@pytest.mark.parametrize(
    ("permissions", "before", "after"),
    [
        ([MFA | Yes, MFA], CHALLENGED, PASS),
        ([MFA, MFA | Yes], CHALLENGED, PASS),
        ([MFA | Yes, MFA & Yes], CHALLENGED, PASS),
        ([MFA & Yes, MFA | Yes], CHALLENGED, PASS),
        ([(MFA & No) | Yes, MFA & Yes], CHALLENGED, PASS),
        ([MFA | No, MFA | No], CHALLENGED, PASS),
        ([MFA | Yes, MFA | No], CHALLENGED, PASS),
        ([MFA | No, MFA | Yes], CHALLENGED, PASS),
        ([MFA | Yes, MFA | Yes], PASS, PASS),
        ([MFA & Yes, MFA & No], REFUSED, REFUSED),
    ],
)
def test_all_the_permissions_of_a_view_have_to_pass(serve, rita, refunds, permissions, before, after):
    url, client = serve(access_flow="refunds", permission_classes=permissions), by_token(rita)

    assert client.get(url).status_code == before
    verified(client, rita)
    assert client.get(url).status_code == after


def test_two_flows_may_be_composed(serve, rita, refunds):
    flow("open", require_mfa=False)
    either = RequiresMFA.on("refunds") | RequiresMFA.on("open")
    both = RequiresMFA.on("refunds") & RequiresMFA.on("open")

    assert by_token(rita).get(serve(permission_classes=[either])).status_code == 200
    assert by_token(rita).get(serve(permission_classes=[both])).status_code == 401


def test_every_pair_of_a_flagged_and_an_unknown_flow_is_refused(serve, rita, refunds):
    client = by_token(rita)
    verified(client, rita)

    for pair in product(["refunds", "nothing"], repeat=2):
        answer = client.get(serve(access_flow=pair))
        assert answer.status_code == (200 if pair == ("refunds", "refunds") else 403)


def test_an_alternative_in_one_permission_opens_no_inverted_other(serve, rita, refunds):
    url = serve(access_flow="refunds", permission_classes=[MFA | Yes, ~(MFA & Yes)])

    assert by_token(rita).get(url).status_code in (401, 403)
