"""The one form in which a code may reach a device."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drf_accessflow_mfa.domain.codes import (
    RECOVERY_ALPHABET,
    RECOVERY_LENGTH,
    canonical_otp,
    canonical_recovery_code,
    canonical_static_token,
    grouped,
    recovery_code_from,
)

READERS = [canonical_otp, canonical_static_token, canonical_recovery_code]
FULL_WIDTH = "\uff11\uff12\uff13\uff14\uff15\uff16"
ARABIC_INDIC = "\u0661\u0662\u0663\u0664\u0665\u0666"
RECOVERY = "0123456789ABCDEFGHJKMNPQ"

NO_CODES = {
    "none": None,
    "true": True,
    "int": 123456,
    "float": 123456.0,
    "infinity": float("inf"),
    "nan": float("nan"),
    "list": ["123456"],
    "dict": {"code": "123456"},
    "bytes": b"123456",
    "empty": "",
    "huge": "1" * 10_000,
    "huge int": 10**400,
}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("value", list(NO_CODES.values()), ids=NO_CODES)
def test_what_is_no_string_of_the_right_length_is_no_code(read, value):
    assert read(value) is None


SPELLINGS = {
    "full-width": FULL_WIDTH,
    "arabic-indic": ARABIC_INDIC,
    "superscript": "\u00b2\u00b3\u00b9\u2074\u2075\u2076",
    "mixed": "12345\uff16",
    "underscores": "12_34_56",
    "plus": "+123456",
    "minus": "-123456",
    "space before": " 123456",
    "space after": "123456 ",
    "space inside": "123 456",
    "line feed after": "123456\n",
    "tab": "123456\t",
    "no-break space": "123456\u00a0",
    "zero-width space": "123456\u200b",
    "zero-width joiner": "123\u200d456",
    "soft hyphen": "123\u00ad456",
    "byte order mark": "\ufeff123456",
    "NUL after": "123456\x00",
    "NUL inside": "123\x00456",
    "lone surrogate": "123456\ud800",
    "hexadecimal": "0x1E240",
    "exponent": "1e5000",
    "decimal": "123456.0",
    "bidi override": "\u202e123456",
}


@pytest.mark.parametrize("text", list(SPELLINGS.values()), ids=SPELLINGS)
def test_another_spelling_of_a_one_time_password_is_no_code(text):
    assert canonical_otp(text) is None


@pytest.mark.parametrize("text", ["000000", "123456", "1234567", "12345678"])
def test_six_to_eight_ascii_digits_are_a_one_time_password(text):
    assert canonical_otp(text) == text


@pytest.mark.parametrize("text", ["12345", "123456789", "81804", "abcdef"])
def test_fewer_and_more_digits_are_no_one_time_password(text):
    assert canonical_otp(text) is None


@pytest.mark.parametrize(
    "text",
    [
        RECOVERY,
        RECOVERY.lower(),
        grouped(RECOVERY),
        grouped(RECOVERY).lower(),
        RECOVERY.replace("0", "O").replace("1", "I"),
        RECOVERY.replace("0", "o").replace("1", "l"),
        f"-{RECOVERY}-",
    ],
)
def test_a_recovery_code_is_read_as_people_type_it(text):
    assert canonical_recovery_code(text) == RECOVERY


@pytest.mark.parametrize(
    "text",
    [
        RECOVERY[:-1],
        RECOVERY + "0",
        RECOVERY.replace("Q", "U"),
        RECOVERY.replace("0", "\uff10"),
        RECOVERY.replace("0", "\u00d8"),
        RECOVERY + "\n",
        " " + RECOVERY,
        RECOVERY + "\x00",
        "-" * 24,
        RECOVERY + "-" * 20,
    ],
)
def test_nothing_else_is_a_recovery_code(text):
    assert canonical_recovery_code(text) is None


def test_the_letter_that_lower_cases_to_ascii_is_no_recovery_code():
    # U+212A is the Kelvin sign: its lower case is an ASCII k.
    assert canonical_recovery_code(RECOVERY.replace("K", "\u212a")) is None


@given(st.text())
def test_whatever_is_read_is_ascii_and_reads_as_itself(text):
    for read in READERS:
        plain = read(text)
        if plain is not None:
            assert plain.isascii()
            assert read(plain) == plain


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)


@given(json_values)
def test_nothing_that_json_can_hold_makes_an_error(value):
    value = json.loads(json.dumps(value))

    assert all(read(value) is None or isinstance(value, str) for read in READERS)


@given(st.binary(min_size=RECOVERY_LENGTH, max_size=RECOVERY_LENGTH))
def test_a_new_recovery_code_reads_as_itself_in_groups_too(random_bytes):
    code = recovery_code_from(random_bytes)

    assert canonical_recovery_code(code) == canonical_recovery_code(grouped(code)) == code


def test_a_recovery_code_carries_at_least_112_bits_evenly_spread():
    assert RECOVERY_LENGTH * 5 >= 112
    assert len(set(RECOVERY_ALPHABET)) == 32
    shown = [recovery_code_from([byte] * RECOVERY_LENGTH)[0] for byte in range(256)]
    assert {shown.count(letter) for letter in RECOVERY_ALPHABET} == {8}


@pytest.mark.parametrize("token", ["abcd", "ABCD1234", "a_b-", "1" * 16])
def test_four_to_sixteen_letters_and_digits_are_a_static_token_as_they_are(token):
    assert canonical_static_token(token) == token


@pytest.mark.parametrize("token", ["abc", "a" * 17, "ab cd", " abcd", "abcd\n", "\xe4bcd", FULL_WIDTH])
def test_nothing_else_is_a_static_token(token):
    assert canonical_static_token(token) is None
