"""The canonical bytes of events, and the packing of checkpoints."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from drf_accessflow_mfa.domain.trail import (
    Damage,
    Finding,
    canonical_bytes,
    leaf_of,
    packed_members,
    root_of,
    unpacked_members,
)

NOON = datetime(2026, 6, 1, 12, 0, 0, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOON, "1780315200000007"),
        (NOON.astimezone(timezone(timedelta(hours=9))), "1780315200000007"),
        (None, "null"),
        (UUID(int=255), '"00000000-0000-0000-0000-0000000000ff"'),
        ({"b": 1, "a": (2, 3.0)}, '{"a":[2,3],"b":1}'),
        ({10: "x", 9: "y"}, '{"10":"x","9":"y"}'),
        ({}, "{}"),
        ("é\n", '"\\u00e9\\n"'),
        (1e22, "10000000000000000000000"),
        (1.5, "1.5"),
    ],
)
def test_a_value_has_one_form(value, text):
    assert canonical_bytes({"x": value}) == f'{{"x":{text}}}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": float("nan")}])
def test_what_is_no_json_is_refused(value):
    with pytest.raises((ValueError, OverflowError)):
        canonical_bytes({"x": value})


def test_members_come_back_by_id():
    members = [(9, b"n" * 16), (2**40, b"x" * 16), (3, b"t" * 16)]

    assert list(unpacked_members(packed_members(members))) == sorted(members)


def test_half_a_member_is_refused():
    with pytest.raises(ValueError, match="members"):
        list(unpacked_members(packed_members([(1, b"n" * 16)])[:-1]))


def test_id_signature_and_content_each_change_the_leaf():
    leaves = {leaf_of(1, "m", b"c"), leaf_of(2, "m", b"c"), leaf_of(1, "n", b"c"), leaf_of(1, "m", b"d")}

    assert len(leaves) == 4


def test_the_root_depends_on_every_byte():
    assert root_of(b"ab") != root_of(b"ba")


def test_a_finding_names_the_place():
    finding = Finding(damage=Damage.REMOVED, event=7, checkpoint=2)

    assert str(finding) == "event 7, checkpoint 2: removed"
