"""The signature of each audit event: made when it is appended, checked when it is sealed."""

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.domain.trail import event_bytes

_PURPOSE = "audit event"
_KEY_ID_LENGTH = 8
_NONCE_LENGTH = 16
_TAG_LENGTH = 32


class MacVerdict(StrEnum):
    """What the signature of an event says."""

    GENUINE = "genuine"
    FORGED = "forged"
    KEY_MISSING = "key missing"


def mac_of(event: Mapping[str, Any]) -> str:
    """Return the signature of an event: key id, nonce and tag, in 56 hex digits.

    The nonce tells two equal events of one moment from a copy of one event.
    """
    nonce = secrets.token_hex(_NONCE_LENGTH // 2)
    key_id, tag = crypto.sign(_PURPOSE, nonce.encode() + event_bytes(event))
    return f"{key_id}{nonce}{tag[:_TAG_LENGTH]}"


def judge_mac(mac: str, content: bytes) -> MacVerdict:
    """Tell whether the signature belongs to the canonical bytes of an event."""
    key_id, rest = mac[:_KEY_ID_LENGTH], mac[_KEY_ID_LENGTH:]
    nonce, tag = rest[:_NONCE_LENGTH], rest[_NONCE_LENGTH:]
    if len(tag) == _TAG_LENGTH and not crypto.is_key_known(key_id):
        return MacVerdict.KEY_MISSING
    is_genuine = crypto.is_signature_of(nonce.encode() + content, _PURPOSE, key_id=key_id, signature=tag)
    return MacVerdict.GENUINE if is_genuine else MacVerdict.FORGED
