"""Creating and editing access flows in the portal, with plain forms."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from drf_accessflow_mfa.models import AccessFlow
from tests import people

CREATE = "/portal/flows/new/"
REST = {
    "rest": "1",
    "description": "",
    "is_active": "on",
    "mfa_max_age": "",
    "mfa_scope": "credential",
    "approvals_required": "1",
    "max_duration": "1:00:00",
}


@pytest.fixture
def adas(db):
    """The browser of an administrator."""
    client = Client()
    client.force_login(people.person("ada", is_superuser=True).user)
    return client


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize("name", ["数据", "!!!", "—"])
def test_a_name_of_which_no_slug_can_be_made_asks_for_one_at_once(adas, name):
    answer = adas.post(CREATE, {"name": name})

    assert answer.status_code == 200
    assert "Step 1 of 2" in text_of(answer)
    assert "No slug can be made of this name: type one." in text_of(answer)


def test_a_typed_slug_names_the_flow(adas):
    answer = adas.post(CREATE, {**REST, "name": "数据", "slug": "data"})

    assert answer["Location"] == reverse("portal:flow-saved", args=["data"]) + "?done=created"
    assert AccessFlow.objects.get(slug="data").name == "数据"


def test_the_slug_is_made_of_the_name_where_none_is_typed(adas):
    adas.post(CREATE, {**REST, "name": "Payroll export"})

    assert AccessFlow.objects.get().slug == "payroll-export"


def test_a_flow_named_new_can_be_edited(adas):
    adas.post(CREATE, {**REST, "name": "New"})

    answer = adas.get(reverse("portal:edit-flow", args=["new"]))

    assert "Edit Access Flow" in text_of(answer)


def test_a_slug_that_is_taken_is_said_in_the_first_step(adas):
    people.flow("payroll")

    answer = adas.post(CREATE, {"name": "Payroll"})

    assert "Step 1 of 2" in text_of(answer)
    assert "Another access flow has this slug: type a different one." in text_of(answer)


def test_what_was_typed_in_step_two_stays_when_the_slug_was_taken_meanwhile(adas):
    people.flow("payroll")

    refused = adas.post(CREATE, {**REST, "name": "Payroll", "description": "Salaries of all."})
    again = adas.post(CREATE, {**hidden_in(refused), "name": "Payroll 2", "continue": ""})

    assert "Step 1 of 2" in text_of(refused)
    assert "Salaries of all." in text_of(again)


def test_back_and_forth_keeps_what_was_typed(adas):
    typed = {**REST, "name": "Payroll", "description": "Salaries of all.", "max_duration": "0:20:00"}
    del typed["is_active"]

    back = adas.post(CREATE, {**typed, "back": ""})
    forth = adas.post(CREATE, {**hidden_in(back), "name": "Payroll", "continue": ""})

    assert "Step 1 of 2" in text_of(back)
    assert "Step 2 of 2" in text_of(forth)
    assert "Salaries of all." in text_of(forth)
    assert 'value="0:20:00"' in text_of(forth)
    assert not re.search(r'<input[^>]*name="is_active"[^>]*checked', text_of(forth))


@pytest.mark.parametrize(
    ("change", "said"), [("create", "Access flow created"), ("edit", "Access flow saved")]
)
def test_the_completion_page_says_what_was_done(adas, change, said):
    people.flow("backups", require_mfa=False)
    body = {**REST, "name": "Backups", "require_mfa": "on", "slug": "new-backups"}
    path = CREATE if change == "create" else reverse("portal:edit-flow", args=["backups"])

    answer = adas.post(path, body, follow=True)

    assert said in text_of(answer)


def test_somebody_without_the_permission_is_refused_in_the_frame_of_the_portal(db):
    client = Client()
    client.force_login(people.person().user)

    answer = client.get(CREATE)

    assert answer.status_code == 403
    assert "You may not open this page" in text_of(answer)
    assert "Vaults" in text_of(answer)


def test_an_address_of_nothing_answers_in_the_frame_of_the_portal(adas):
    answer = adas.get("/portal/flows/nothing/edit/")

    assert answer.status_code == 404
    assert "There is nothing here" in text_of(answer)
    assert "Vaults" in text_of(answer)


def test_a_form_that_had_grown_old_is_explained(db):
    answer = Client(enforce_csrf_checks=True).post("/portal/sign-in/", {"username": "rita"})

    assert answer.status_code == 403
    assert "This page had grown old" in text_of(answer)


def test_an_error_of_the_server_is_told_in_our_own_words():
    answer = server_error(RequestFactory().get("/portal/"))

    assert answer.status_code == 500
    assert "Something went wrong" in text_of(answer)


def hidden_in(answer):
    """What the hidden inputs of a page would send again."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text_of(answer))
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
