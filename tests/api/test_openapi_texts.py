"""What the schema says about the texts that clients send."""

import re

import pytest

from tests import people
from tests.api.schemas import generate

pytestmark = pytest.mark.django_db
TEXTS = [
    ("MFARevocation", "reason"),
    ("MFANewRequest", "justification"),
    ("MFANewDecision", "reason"),
    ("MFADeviceName", "name"),
    ("PatchedChangedAccessFlow", "description"),
]


@pytest.fixture(scope="module")
def components():
    return generate()["components"]["schemas"]


@pytest.mark.parametrize(("component", "name"), TEXTS)
def test_a_text_of_a_request_documents_that_it_holds_no_null_character(components, component, name):
    pattern = re.compile(components[component]["properties"][name]["pattern"])

    assert pattern.search("a reason\n of two lines")
    assert not pattern.search("a\x00reason")


def test_a_text_of_an_answer_documents_no_pattern(components):
    assert "pattern" not in components["MFAChallenge"]["properties"]["detail"]


def test_a_null_character_is_refused(rita):
    client = people.by_token(rita)
    people.verified(client, rita)

    answer = client.post("/api/mfa/devices/", {"name": "pho\x00ne"}, format="json")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["name"])
