"""What the guard's one statement finds: each of its conditions, one row beside it (rules 1, 5 and 6)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from drf_accessflow_mfa.defaults import LONGEST_MAX_AGE
from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.models import AccessRequest, Verification
from drf_accessflow_mfa.services import guard_statement
from drf_accessflow_mfa.services.guard_statement import read_flows, read_newest
from tests.people import NOON, enrolled, flow, person

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
EARLIEST = NOON.replace(minute=0, second=0) - LONGEST_MAX_AGE


@pytest.fixture
def rita():
    return enrolled()


def verify(someone, **fields):
    caller = someone.caller()
    return Verification.objects.create(
        **{
            "user": someone.user,
            "credential": "token",
            "binding": caller.binding,
            "password_stamp": caller.password_stamp,
            "device": someone.device,
            "method": "otp",
            "acr": Acr.MFA,
            "verified_at": NOON,
            **fields,
        }
    )


def found(someone, slug="refunds", **options):
    """The verification that is found for one flow."""
    [row] = read_flows([slug], someone.caller(), now=NOON, **options)
    return row.verification


NO_PROOF = {
    "of another credential": {"binding": "0" * 64},
    "with another password": {"password_stamp": "0" * 64},
    "revoked": {"revoked_at": NOON},
    "from the future": {"verified_at": NOON + SECOND},
    "older than any flow accepts": {"verified_at": EARLIEST - SECOND},
    "of a class that nobody knows": {"acr": "urn:other"},
}


@pytest.mark.parametrize("fields", NO_PROOF.values(), ids=NO_PROOF)
def test_what_is_no_proof_is_not_found(rita, fields):
    flow()
    verify(rita, **fields)

    assert found(rita) is None
    assert read_newest(rita.caller(), Acr.MFA, now=NOON) is None


@pytest.mark.parametrize("at", [NOON, EARLIEST], ids=["now", "the oldest"])
def test_what_is_one_is_found_with_its_time(rita, at):
    flow()
    proof = verify(rita, verified_at=at)

    [row] = read_flows(["refunds"], rita.caller(), now=NOON)

    assert (row.verification, row.verified_at) == (proof.pk, at)
    assert tuple(read_newest(rita.caller(), Acr.MFA, now=NOON)) == (proof.pk, at)


def test_without_proof_only_its_time_is_told(rita):
    flow()
    verify(rita)

    [row] = read_flows(["refunds"], rita.caller(), now=NOON, with_proof=False)

    assert (row.verification, row.verified_at) == (None, NOON)


@pytest.mark.parametrize("scope", ["credential", "user"])
def test_a_row_of_another_user_is_not_found_even_with_all_else_alike(rita, scope):
    flow(mfa_scope=scope)
    verify(rita, user=person("omar").user)

    assert found(rita) is None
    assert read_newest(rita.caller(), Acr.MFA, now=NOON) is None


def test_the_scope_of_the_user_takes_other_credentials_but_no_other_password(rita):
    flow(mfa_scope="user")
    verify(rita, binding="0" * 64, password_stamp="0" * 64, verified_at=NOON)
    assert found(rita) is None

    proof = verify(rita, binding="0" * 64, verified_at=NOON - SECOND)

    assert found(rita) == proof.pk


def test_the_newest_is_found(rita):
    flow()
    verify(rita, verified_at=NOON - 2 * SECOND)
    newest = verify(rita, verified_at=NOON - SECOND)
    verify(rita, verified_at=NOON - 3 * SECOND)

    assert found(rita) == newest.pk
    assert read_newest(rita.caller(), Acr.MFA, now=NOON).verification == newest.pk


def test_a_class_is_met_by_itself_and_by_the_strongest(rita):
    flow("plain")
    flow("strong", acr=Acr.PHISHING_RESISTANT)
    plain = verify(rita)

    assert (found(rita, "plain"), found(rita, "strong")) == (plain.pk, None)
    assert read_newest(rita.caller(), Acr.PHISHING_RESISTANT, now=NOON) is None

    strong = verify(rita, acr=Acr.PHISHING_RESISTANT, verified_at=NOON - SECOND)

    assert (found(rita, "plain"), found(rita, "strong")) == (plain.pk, strong.pk)
    assert read_newest(rita.caller(), Acr.PHISHING_RESISTANT, now=NOON).verification == strong.pk


def test_only_the_flows_that_are_named_are_read(rita):
    for slug in ("refunds", "payouts", "others"):
        flow(slug)

    rows = read_flows(["payouts", "refunds", "gone"], rita.caller(), now=NOON)

    assert {row.slug for row in rows} == {"payouts", "refunds"}


def request(someone, access_flow, **fields):
    return AccessRequest.objects.create(
        **{
            "flow": access_flow,
            "requester": someone.user,
            "decided": "approved",
            "created_at": NOON - SECOND,
            "expires_at": NOON + SECOND,
            "duration": timedelta(hours=1),
            "starts_at": NOON,
            "ends_at": NOON + SECOND,
            **fields,
        }
    )


NO_ACCESS = {
    "revoked": {"decided": "revoked", "closed_at": NOON},
    "not begun": {"starts_at": NOON + SECOND, "ends_at": NOON + 2 * SECOND},
    "over": {"starts_at": NOON - SECOND, "ends_at": NOON},
}


@pytest.mark.parametrize("fields", NO_ACCESS.values(), ids=NO_ACCESS)
def test_a_request_that_is_not_active_is_not_found(rita, fields):
    request(rita, flow(), **fields)

    [row] = read_flows(["refunds"], rita.caller(), now=NOON, with_access=True)

    assert row.access is None


def test_an_active_request_is_found_for_its_requester_and_flow_alone(rita):
    refunds, omar = flow(), enrolled("omar")
    flow("others")
    active = request(rita, refunds)

    of_rita = read_flows(["refunds", "others"], rita.caller(), now=NOON, with_access=True)
    [of_omar] = read_flows(["refunds"], omar.caller(), now=NOON, with_access=True)
    [unasked] = read_flows(["refunds"], rita.caller(), now=NOON)

    assert {row.slug: row.access for row in of_rita} == {"refunds": active.pk, "others": None}
    assert of_omar.access is None
    assert unasked.access is None


def test_an_active_request_is_found_though_nobody_asks_which_verification(rita):
    active, _ = request(rita, flow()), verify(rita)

    [row] = read_flows(["refunds"], rita.caller(), now=NOON, with_access=True, with_proof=False)

    assert (row.verification, row.verified_at, row.access) == (None, NOON, active.pk)


def test_a_key_that_is_no_whole_number_is_prepared_as_its_column_wants_it(rita):
    caller = rita.caller()
    as_text = caller._replace(user=SimpleNamespace(pk=str(rita.user.pk)))

    keys = [
        guard_statement._values_of(one, "default", connection, now=NOON)["user"] for one in (caller, as_text)
    ]

    assert keys == [rita.user.pk] * 2
    assert [type(key) for key in keys] == [int, int]
