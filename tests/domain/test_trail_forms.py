"""The signed forms, byte for byte: any other form would declare every log that exists forged."""

from datetime import UTC, datetime
from uuid import UUID

from drf_accessflow_mfa.domain.spreadsheet import safe_cell
from drf_accessflow_mfa.domain.trail import (
    Damage,
    event_bytes,
    leaf_of,
    packed_members,
    root_of,
    unpacked_members,
)

EVENT = {
    "occurred_at": datetime(2026, 6, 1, 12, 0, 5, 250, tzinfo=UTC),
    "kind": "mfa.verified",
    "outcome": "success",
    "reason": "",
    "actor_id": 7,
    "actor_name": "rita",
    "subject_id": 7,
    "subject_name": "rita",
    "flow": "refunds",
    "request": None,
    "verification": UUID(int=5),
    "device": "a.b-1",
    "method": "otp",
    "credential": "token",
    "ip": "2001:db8::1",
    "user_agent": "ü",
    "source": "api",
    "changes": {"a": [1.0, None], "b": {"c": [2.5]}},
}
LEAF = bytes.fromhex("f6bb32d55a4b1d5f583776a52af4abc6")
PACKED = bytes.fromhex("0000000000000029") + LEAF + bytes.fromhex("000000000000002a") + LEAF


def test_the_bytes_of_an_event():
    assert event_bytes(EVENT).decode("ascii") == (
        '{"actor_id":"7","actor_name":"rita","changes":{"a":[1,null],"b":{"c":[2.5]}},"credential":"token",'
        '"device":"a.b-1","flow":"refunds","ip":"2001:0db8:0000:0000:0000:0000:0000:0001",'
        '"kind":"mfa.verified","method":"otp","occurred_at":1780315205000250,"outcome":"success","reason":"",'
        '"request":null,"source":"api","subject_id":"7","subject_name":"rita","user_agent":"\\u00fc",'
        '"verification":"00000000-0000-0000-0000-000000000005"}'
    )


def test_the_bytes_of_an_event_without_people_and_address():
    nobody = {**EVENT, "actor_id": None, "subject_id": None, "ip": None, "changes": {}}

    text = event_bytes(nobody).decode("ascii")

    assert text.startswith('{"actor_id":null,"actor_name":"rita","changes":{},')
    assert '"ip":null' in text
    assert '"subject_id":null' in text


def test_the_leaf_of_an_event():
    assert leaf_of(41, "ab:cd", b"content") == LEAF


def test_the_members_and_the_root_of_a_checkpoint():
    assert packed_members([(42, LEAF), (41, LEAF)]) == PACKED
    assert list(unpacked_members(PACKED)) == [(41, LEAF), (42, LEAF)]
    assert root_of(PACKED) == "8f71d1064569420d70a80100ec6a1c3488f148a248473a988460b8e4b9183745"


def test_the_words_for_damage_are_those_of_the_manual():
    assert {damage.value for damage in Damage} == {
        "changed",
        "removed",
        "inserted, or changed before it was sealed",
        "a copy of another event",
        "checkpoint changed",
        "checkpoint missing",
        "signed with a key that is not configured",
    }


def test_a_cell_that_starts_with_a_letter_stays_as_it_is():
    assert safe_cell("X") == "X"
    assert safe_cell("X=1") == "X=1"
