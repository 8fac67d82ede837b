"""What the claims of a validated token show, for issuers that are trusted."""

from datetime import UTC, datetime, timedelta

import pytest

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Requirement, find_shortfall
from drf_accessflow_mfa.domain.claims import find_claimed, issuer_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECONDS = int(NOW.timestamp())
IDP = "https://idp.example/"
TWO, KEY = "urn:idp:loa:2", "urn:idp:loa:3"
ISSUERS = {
    IDP: issuer_of(
        {"acr": {TWO: Acr.MFA.value, KEY: Acr.PHISHING_RESISTANT.value}, "amr": {"mfa": Acr.MFA.value}}
    )
}


def claimed(**claims):
    return find_claimed({"iss": IDP, "acr": TWO, "auth_time": SECONDS, **claims}, ISSUERS)


@pytest.mark.parametrize(
    ("claims", "acr"),
    [
        ({}, Acr.MFA),
        ({"acr": KEY}, Acr.PHISHING_RESISTANT),
        ({"acr": "urn:idp:loa:1", "amr": ["pwd", "mfa"]}, Acr.MFA),
        ({"acr": KEY, "amr": ["mfa"]}, Acr.PHISHING_RESISTANT),
        ({"acr": None, "amr": ["mfa", 7, None]}, Acr.MFA),
    ],
)
def test_the_strongest_class_that_the_issuer_names_counts(claims, acr):
    assert claimed(**claims).assurance.acr is acr


@pytest.mark.parametrize(
    "claims",
    [
        {"acr": "urn:idp:loa:1"},
        {"acr": Acr.MFA.value},
        {"acr": [TWO]},
        {"acr": {"value": TWO}},
        {"acr": None},
        {"acr": f" {TWO}"},
        {"acr": None, "amr": "mfa"},
        {"acr": None, "amr": ["pwd"]},
        {"acr": None, "amr": {"mfa": True}},
        {"auth_time": None},
        {"auth_time": str(SECONDS)},
        {"auth_time": True},
        {"auth_time": float("nan")},
        {"auth_time": float("inf")},
        {"auth_time": 10**30},
        {"auth_time": [SECONDS]},
    ],
)
def test_what_the_issuer_does_not_say_in_its_own_words_shows_nothing(claims):
    assert claimed(**claims).assurance is None


@pytest.mark.parametrize("iss", ["https://idp.example", "", None, [IDP], "HTTPS://IDP.EXAMPLE/"])
def test_only_an_issuer_that_is_named_letter_by_letter_is_believed(iss):
    assert claimed(iss=iss) is None


def test_claims_without_an_issuer_are_not_believed():
    assert find_claimed({"acr": TWO, "auth_time": SECONDS}, ISSUERS) is None


@pytest.mark.parametrize(
    ("auth_time", "passes"),
    [(0, True), (-3600, True), (-3601, False), (1, False), (0.5, False), (86400, False)],
)
def test_auth_time_is_measured_as_any_proof_and_the_future_is_a_shortfall(auth_time, passes):
    found = claimed(auth_time=SECONDS + auth_time)

    shortfall = find_shortfall(Requirement(flow="x", max_age=HOUR), found.assurance, now=NOW)

    assert (shortfall is None) is passes


def test_the_moment_of_issue_is_no_proof():
    assert claimed(auth_time=None, iat=SECONDS).assurance is None


@pytest.mark.parametrize(
    ("wanted", "names"), [(Acr.MFA, (TWO, KEY)), (Acr.PHISHING_RESISTANT, (KEY,))], ids=["mfa", "phr"]
)
def test_an_issuer_tells_its_own_names_for_what_is_wanted(wanted, names):
    assert ISSUERS[IDP].acr_values_for(wanted) == names


@pytest.mark.parametrize(
    "entry",
    [
        None,
        {},
        [],
        "phr",
        {"acr": {}},
        {"amr": {"mfa": "phr"}},
        {"acr": ["phr"]},
        {"acr": {"phr": "strong"}},
        {"acr": {7: "phr"}},
        {"acr": {"": "phr"}},
        {"acr": {"two words": "phr"}},
        {"acr": {'quote"': "phr"}},
        {"acr": {"back\\slash": "phr"}},
        {"acr": {"line\n": "phr"}},
        {"acr": {"phr": "phr"}, "auth_time": False},
        {"acr": {"phr": "phr"}, "amr": ["mfa"]},
    ],
)
def test_an_issuer_that_is_described_wrongly_is_refused(entry):
    with pytest.raises(ValueError, match=r"."):
        issuer_of(entry)
