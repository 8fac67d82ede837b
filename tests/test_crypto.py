"""Secrets at rest: what opens, and what must not."""

import hashlib
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.domain.errors import SecretUnreadable

SECRET = b"\x00\x01 a secret of 20 \xff"
OLD, NEW, OTHER = ("old-" * 8, "new-" * 8, "other-" * 8)


@pytest.fixture
def use_keys(settings):
    def use(*keys):
        settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = list(keys)

    return use


def opened(blob, belongs_to="totp|1|a"):
    return crypto.unseal(blob, belongs_to=belongs_to)


def sealed(secret=SECRET, belongs_to="totp|1|a"):
    return crypto.seal(secret, belongs_to=belongs_to)


def test_what_was_sealed_opens_for_its_owner():
    assert opened(sealed()) == SECRET


def test_a_sealed_secret_holds_nothing_of_the_plain_one_and_never_repeats():
    blobs = {sealed() for _ in range(200)}

    assert len(blobs) == 200
    assert len({blob[5:17] for blob in blobs}) == 200
    assert all(SECRET not in blob for blob in blobs)


def test_every_flipped_bit_of_every_byte_fails_closed():
    blob = sealed()

    for position in range(len(blob)):
        for bit in range(8):
            broken = bytearray(blob)
            broken[position] ^= 1 << bit
            with pytest.raises(SecretUnreadable):
                opened(bytes(broken))


def test_every_truncation_and_every_addition_fails_closed():
    blob = sealed()

    for length in range(len(blob)):
        with pytest.raises(SecretUnreadable):
            opened(blob[:length])
    for broken in (blob + b"\x00", b"\x00" + blob, blob + blob, b"", SECRET):
        with pytest.raises(SecretUnreadable):
            opened(broken)


@pytest.mark.parametrize("owner", ["totp|2|a", "totp|1|b", "totp|1|", "", "totp|1|a ", "TOTP|1|a"])
def test_a_secret_moved_to_another_row_or_user_does_not_open(owner):
    with pytest.raises(SecretUnreadable):
        opened(sealed(), belongs_to=owner)


def test_an_older_key_still_opens_and_the_newest_seals(use_keys):
    use_keys(OLD)
    old = sealed()
    use_keys(NEW, OLD)
    new = sealed()

    assert opened(old) == opened(new) == SECRET
    assert crypto.is_sealed_with_newest_key(new)
    assert not crypto.is_sealed_with_newest_key(old)
    use_keys(NEW)
    assert opened(new) == SECRET


def test_a_removed_key_fails_closed(use_keys):
    use_keys(OLD)
    old = sealed()
    use_keys(NEW)

    with pytest.raises(SecretUnreadable):
        opened(old)


def test_a_blob_that_names_another_configured_key_does_not_open(use_keys):
    use_keys(OLD)
    old = sealed()
    use_keys(OTHER, OLD)
    other_id = sealed()[1:5]

    with pytest.raises(SecretUnreadable):
        opened(old[:1] + other_id + old[5:])


def test_an_unknown_key_id_or_version_does_not_open():
    blob = sealed()

    for broken in (blob[:1] + b"\x00\x00\x00\x00" + blob[5:], b"\x02" + blob[1:], b"\x00" + blob[1:]):
        with pytest.raises(SecretUnreadable):
            opened(broken)


def test_the_default_key_follows_secret_key_and_its_fallbacks(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = None
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "one" * 20, []
    blob, digest = sealed(), crypto.keyed_hash("purpose", "x")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "two" * 20, ["one" * 20]

    assert opened(blob) == SECRET
    assert digest in crypto.keyed_hashes("purpose", "x")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretUnreadable):
        opened(blob)


def test_neither_keys_nor_secrets_show_in_a_repr_or_an_error(use_keys):
    use_keys(NEW, OLD)
    ring = crypto._keyring((NEW, OLD))
    shown = repr(ring) + str(ring)
    try:
        opened(b"\x01" + sealed()[1:-1] + b"x")
    except SecretUnreadable as error:
        shown += repr(error) + str(error) + repr(error.__cause__)

    for key in ring:
        assert key.sealing.hex() not in shown
        assert repr(key.sealing) not in shown
        assert repr(key.hasher) not in shown
    assert NEW not in shown
    assert OLD not in shown


def test_sealing_and_hashing_use_different_keys():
    (key,) = crypto._keyring((NEW,))

    hashed = key.hasher.copy().digest()
    under_sealing_key = hashlib.blake2b(key=key.sealing, digest_size=32).digest()
    assert len({key.sealing, key.signing, hashed, under_sealing_key}) == 4
    assert len(key.sealing) == len(hashed) == 32


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_two_lists_of_parts_never_share_a_hash(some, others):
    are_equal = crypto.keyed_hash("purpose", *some) == crypto.keyed_hash("purpose", *others)

    assert are_equal is (some == others)


@pytest.mark.parametrize(
    ("some", "others"),
    [
        (("a", "bc"), ("ab", "c")),
        (("1:a",), ("a",)),
        (("a", ""), ("", "a")),
        (("a",), ("a", "")),
        ((), ("",)),
        (("1:a1:b",), ("a", "b")),
    ],
)
def test_the_parts_of_a_hash_cannot_be_shifted(some, others):
    assert crypto.keyed_hash(*("p", *some)) != crypto.keyed_hash(*("p", *others))


def test_a_hash_depends_on_its_purpose_and_on_the_key(use_keys):
    use_keys(NEW)
    binding = crypto.keyed_hash("binding", "x")

    assert binding != crypto.keyed_hash("password", "x")
    assert len(binding) == 64
    use_keys(OLD)
    assert crypto.keyed_hash("binding", "x") != binding


def test_a_hash_bears_lone_surrogates():
    assert len(crypto.keyed_hash("purpose", json.loads('"\\ud800"'))) == 64


@pytest.mark.parametrize("keys", [[], "", "one string", [""], [b"bytes" * 9], [None], 7, {}])
def test_unusable_keys_never_seal_anything(settings, keys):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = keys

    with pytest.raises(Exception, match=r"ENCRYPTION_KEYS|iterable"):
        sealed()


def test_the_settings_object_shows_no_keys(use_keys):
    use_keys(NEW)
    from drf_accessflow_mfa.conf import mfa_settings

    assert mfa_settings.encryption_keys == (NEW,)
    assert NEW not in repr(mfa_settings)
    assert NEW not in str(mfa_settings)


def test_a_secret_that_cannot_be_read_survives_pickling_as_an_error():
    assert isinstance(pickle.loads(pickle.dumps(SecretUnreadable())), SecretUnreadable)
