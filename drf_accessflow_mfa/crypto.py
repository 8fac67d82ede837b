"""Secrets at rest: sealed with AES-GCM; keyed hashes; signatures.

A sealed secret is ``version (1) | key id (4) | nonce (12) | ciphertext, tag``.
What it belongs to goes into the associated data, so that a row copied to
another user or device does not open (OWASP ASVS 11.3).
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.errors import SecretUnreadable

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_ID_BYTES = 4
_HEADER_BYTES = len(_VERSION) + _KEY_ID_BYTES + _NONCE_BYTES
_SHORTEST_SIGNATURE = 32
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """One configured key and what is derived from it, each for one purpose."""

    key_id: bytes
    sealing: bytes
    hasher: Any
    """BLAKE2b in its keyed mode (RFC 7693): a third of the cost of HMAC, twice a request. Only copied."""
    signing: bytes

    def __repr__(self) -> str:
        return f"<MasterKey {self.key_id.hex()}>"


@lru_cache(maxsize=8)
def _keyring(keys: tuple[str, ...]) -> tuple[MasterKey, ...]:
    return tuple(
        MasterKey(
            key_id=_derive(key, b"key id")[:_KEY_ID_BYTES],
            sealing=_derive(key, b"sealing"),
            hasher=hashlib.blake2b(key=_derive(key, b"hashing"), digest_size=_HASH_BYTES),
            signing=_derive(key, b"signing"),
        )
        for key in keys
    )


def _derive(key: str, purpose: bytes) -> bytes:
    # HKDF (RFC 5869) with one block: extract under a fixed salt, expand once.
    extracted = hmac.digest(b"drf_accessflow_mfa", key.encode(), "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


def seal(plaintext: bytes, *, belongs_to: str) -> bytes:
    """Return the plaintext sealed with the newest key for one owner."""
    # Imported where it is used: it takes a third as long as this package, and the guard needs only hashes.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    key = _keyring(mfa_settings.encryption_keys)[0]
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key.sealing).encrypt(nonce, plaintext, belongs_to.encode())
    return _VERSION + key.key_id + nonce + sealed


def unseal(blob: bytes, *, belongs_to: str) -> bytes:
    """Return the plaintext of a sealed secret.

    Raises ``SecretUnreadable`` when no key fits, a byte was changed, or it
    belongs to somebody else: which of these, an attacker is not told.
    """
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as in seal()
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    blob = bytes(blob)
    key_id = blob[len(_VERSION) : len(_VERSION) + _KEY_ID_BYTES]
    nonce = blob[len(_VERSION) + _KEY_ID_BYTES : _HEADER_BYTES]
    for key in _keyring(mfa_settings.encryption_keys):
        if blob.startswith(_VERSION) and key.key_id == key_id and len(nonce) == _NONCE_BYTES:
            try:
                return AESGCM(key.sealing).decrypt(nonce, blob[_HEADER_BYTES:], belongs_to.encode())
            except InvalidTag as error:
                raise SecretUnreadable from error
    raise SecretUnreadable


def is_sealed_with_newest_key(blob: bytes) -> bool:
    """Tell whether a sealed secret needs no re-encryption."""
    newest = _keyring(mfa_settings.encryption_keys)[0].key_id
    return bytes(blob)[len(_VERSION) : len(_VERSION) + _KEY_ID_BYTES] == newest


def newest_key_id() -> str:
    """Return the id of the newest key: 8 hex digits."""
    return _keyring(mfa_settings.encryption_keys)[0].key_id.hex()


def is_key_known(key_id: str) -> bool:
    """Tell whether a key of this id is configured."""
    return _find_key(key_id) is not None


def sign(purpose: str, message: bytes) -> tuple[str, str]:
    """Return the id of the newest key and its signature of a message: 8 and 64 hex digits."""
    key = _keyring(mfa_settings.encryption_keys)[0]
    return key.key_id.hex(), _signature(key, purpose, message)


def is_signature_of(message: bytes, purpose: str, *, key_id: str, signature: str) -> bool:
    """Tell whether a signature, or its first 32 hex digits or more, is one of the message.

    A key that is not configured vouches for nothing.
    """
    key = _find_key(key_id)
    if key is None or len(signature) < _SHORTEST_SIGNATURE or not signature.isascii():
        return False
    return hmac.compare_digest(_signature(key, purpose, message)[: len(signature)], signature)


def keyed_hash(purpose: str, *parts: str) -> str:
    """Return the keyed hash of the parts under the newest key: 64 hex digits."""
    return _hash(_keyring(mfa_settings.encryption_keys)[0], purpose, parts)


def keyed_hashes(purpose: str, *parts: str) -> list[str]:
    """Return the keyed hash under every configured key, to look older ones up."""
    return [_hash(key, purpose, parts) for key in _keyring(mfa_settings.encryption_keys)]


def _hash(key: MasterKey, purpose: str, parts: tuple[str, ...]) -> str:
    # Each part carries its length: ("a", "bc") and ("ab", "c") must differ.
    message = f"{len(purpose)}:{purpose}"
    for part in parts:
        message = f"{message}{len(part)}:{part}"
    hasher = key.hasher.copy()
    hasher.update(message.encode("utf-8", "surrogatepass"))
    digest: str = hasher.hexdigest()
    return digest


def _find_key(key_id: str) -> MasterKey | None:
    keys = _keyring(mfa_settings.encryption_keys)
    return next((key for key in keys if key.key_id.hex() == key_id), None)


def _signature(key: MasterKey, purpose: str, message: bytes) -> str:
    return hmac.digest(key.signing, purpose.encode() + b"\x00" + message, "sha256").hex()
