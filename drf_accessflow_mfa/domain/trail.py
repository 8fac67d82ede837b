"""The evidence of the audit trail: canonical bytes, leaves, and what can be found wrong.

An event's bytes are the same on every database: sorted keys, moments as whole
microseconds, explicit nulls, never the database's own JSON text.
"""

import hashlib
import ipaddress
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

EVENT_FIELDS = (
    "occurred_at",
    "kind",
    "outcome",
    "reason",
    "actor_id",
    "actor_name",
    "subject_id",
    "subject_name",
    "flow",
    "request",
    "verification",
    "device",
    "method",
    "credential",
    "ip",
    "user_agent",
    "source",
    "changes",
)
"""The columns of an event that are signed: all but its id and the signature itself."""

LEAF_BYTES = 16
_ID_BYTES = 8
_MEMBER_BYTES = _ID_BYTES + LEAF_BYTES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Damage(StrEnum):
    """What is wrong with an event or a checkpoint."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted, or changed before it was sealed"
    COPIED = "a copy of another event"
    CHECKPOINT_CHANGED = "checkpoint changed"
    CHECKPOINT_MISSING = "checkpoint missing"
    KEY_MISSING = "signed with a key that is not configured"


class Finding(NamedTuple):
    """One thing that is wrong."""

    damage: Damage
    event: int | None = None
    checkpoint: int | None = None

    def __str__(self) -> str:
        places = []
        if self.event is not None:
            places.append(f"event {self.event}")
        if self.checkpoint is not None:
            places.append(f"checkpoint {self.checkpoint}")
        return f"{', '.join(places)}: {self.damage}"


def event_bytes(event: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of an event's signed columns."""
    return canonical_bytes(
        {
            **{name: _plain(event[name]) for name in EVENT_FIELDS},
            "actor_id": _key(event["actor_id"]),
            "subject_id": _key(event["subject_id"]),
            "ip": _address(event["ip"]),
        }
    )


def canonical_bytes(fields: Mapping[str, Any]) -> bytes:
    """Return fields as JSON in ASCII with sorted keys and no spaces; moments as microseconds."""
    plain = {name: _plain(value) for name, value in fields.items()}
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def leaf_of(event_id: int, mac: str, content: bytes) -> bytes:
    """Return the digest that stands for one event in its checkpoint."""
    digest = hashlib.sha256(b"\x00" + event_id.to_bytes(_ID_BYTES, "big") + mac.encode() + b"\x00" + content)
    return digest.digest()[:LEAF_BYTES]


def packed_members(members: Iterable[tuple[int, bytes]]) -> bytes:
    """Return ids and leaves as one string of bytes, by id."""
    return b"".join(event_id.to_bytes(_ID_BYTES, "big") + leaf for event_id, leaf in sorted(members))


def unpacked_members(packed: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the ids and leaves of a checkpoint. Raises ``ValueError`` for other bytes."""
    if len(packed) % _MEMBER_BYTES:
        raise ValueError("not the members of a checkpoint")
    for start in range(0, len(packed), _MEMBER_BYTES):
        member = packed[start : start + _MEMBER_BYTES]
        yield int.from_bytes(member[:_ID_BYTES], "big"), member[_ID_BYTES:]


def root_of(packed: bytes) -> str:
    """Return the digest of a checkpoint's members: 64 hex digits."""
    return hashlib.sha256(b"\x01" + packed).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(microseconds=1)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        # Some databases give 1e22 back as an integer.
        return int(value)
    if isinstance(value, (dict, list, tuple)) and value:
        # Once through JSON: what the column gives back has strings as keys, and no tuples.
        return _numbers(json.loads(json.dumps(value)))
    return value


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _numbers(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _key(value: Any) -> str | None:
    return None if value is None else str(value)


def _address(value: str | None) -> str | None:
    if value is None:
        return None
    address = ipaddress.ip_address(value)
    if address.version == 4:
        return str(address)
    # Not ``exploded``: newer Pythons write the end of some addresses in another form.
    digits = address.packed.hex()
    return ":".join(digits[start : start + 4] for start in range(0, len(digits), 4))
