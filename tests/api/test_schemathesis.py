"""Whatever the schema allows, and much that it does not, is answered as it says."""

import os
from itertools import chain
from urllib.parse import unquote

import pytest
import schemathesis
from django.contrib.auth.models import Group
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from drf_accessflow_mfa.models import AccessFlow, Verification
from example_project.wsgi import application
from tests import people

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = int(os.environ.get("ACCESSFLOW_TEST_EXAMPLES", "5"))

api = schemathesis.openapi.from_dict(
    SchemaGenerator().get_schema(public=True),
    config=SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": True,
                "database": "none",
                "with-security-parameters": False,
            },
        }
    ),
)
api.app = application
api = api.include(path_regex="^/api/(auth|mfa|vault)/")

MFA = "/api/mfa"
READ_LOOSELY = {
    "DRF reads an empty parameter as none, and of a repeated one the last": [
        f"GET {MFA}/audit-events/",
        f"GET {MFA}/devices/",
        f"GET {MFA}/flows/",
        f"GET {MFA}/requests/",
        f"GET {MFA}/resets/",
        f"GET {MFA}/verifications/",
    ],
    "DRF reads 7 as the text '7', and '1' as the number 1 or as true": [
        f"POST {MFA}/devices/",
        f"PATCH {MFA}/devices/{{device_id}}/",
        f"POST {MFA}/flows/",
        f"PATCH {MFA}/flows/{{slug}}/",
        f"POST {MFA}/requests/",
        f"POST {MFA}/requests/{{request_id}}/decision/",
        f"POST {MFA}/requests/{{request_id}}/extension/",
        f"POST {MFA}/requests/{{request_id}}/revocation/",
        f"POST {MFA}/resets/{{reset_id}}/confirmation/",
        f"POST {MFA}/users/{{user_id}}/reset/",
        "POST /api/vault/{flow}/",
        "POST /api/vault/customer-export/",
    ],
}
REFUSED_THOUGH_VALID = {
    "a well-formed code is a wrong code all the same": [
        f"POST {MFA}/devices/{{device_id}}/confirmation/",
        f"POST {MFA}/requests/",
        f"POST {MFA}/requests/{{request_id}}/decision/",
        f"POST {MFA}/requests/{{request_id}}/extension/",
        f"POST {MFA}/verifications/",
    ],
    "well-formed names and passwords are wrong all the same, which DRF and knox's view tell with 400": [
        "POST /api/auth/knox/login/",
        "POST /api/auth/session/",
        "POST /api/auth/token/",
    ],
    "the rules of a flow depend on each other, its groups have to exist, and a text needs more than spaces": [
        f"POST {MFA}/flows/",
        f"PATCH {MFA}/flows/{{slug}}/",
    ],
    "a text of spaces is an empty one": [
        "POST /api/auth/jwt/",
        "POST /api/auth/jwt/blacklist/",
        "POST /api/auth/jwt/refresh/",
        f"POST {MFA}/devices/",
        f"PATCH {MFA}/devices/{{device_id}}/",
        "POST /api/vault/{flow}/",
        "POST /api/vault/customer-export/",
    ],
    "a cursor is made by the API": [
        f"GET {MFA}/audit-events/",
        f"GET {MFA}/flows/",
        f"GET {MFA}/requests/",
        f"GET {MFA}/resets/",
    ],
}
"""What schemathesis would call a fault, by operation, and why it is none."""

anything = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def objects(refunds):
    """What the parameters of a path can name, and is there."""
    people.flow("exports", require_mfa=False)
    return {"slug": refunds.slug, "flow": refunds.slug}


@pytest.fixture
def administrator(ada, rita, objects):
    """Verified, with a second device to confirm, and an own request to decide about."""
    client = people.by_token(ada)
    objects["verification_id"] = people.verified(client, ada)["id"]
    objects["device_id"] = ada.device
    objects["pending"] = sent(client, "devices/", name="second")["id"]
    objects["request_id"] = open_request(client, ada, approvals=1)
    objects["user_id"] = rita.user.pk
    return {"Authorization": client._credentials["HTTP_AUTHORIZATION"]}


@pytest.fixture
def plain_user(nina, objects):
    """Not enrolled, but about to be, and with active access."""
    client = people.by_token(nina)
    objects["device_id"] = objects["pending"] = sent(client, "devices/", name="first")["id"]
    objects["request_id"] = open_request(client, nina, approvals=0)
    return {"Authorization": client._credentials["HTTP_AUTHORIZATION"]}


def open_request(client, person, *, approvals):
    team = Group.objects.create(name="team")
    person.user.groups.add(team)
    exports = AccessFlow.objects.get(slug="exports")
    exports.requesters.add(team)
    exports.approvers.add(team)
    AccessFlow.objects.filter(slug="exports").update(
        approvals_required=approvals, requester_cannot_approve_self=False
    )
    return sent(client, "requests/", flow="exports")["id"]


def sent(client, url, **body):
    answer = client.post(people.API + url, body, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


@api.parametrize()
@anything
def test_a_verified_administrator_gets_what_the_schema_says(case, administrator, objects):
    for variant in as_generated_and_on_real_objects(case, objects):
        Verification.objects.update(revoked_at=None)
        variant.call_and_validate(headers=administrator, excluded_checks=known_of(variant))


@api.parametrize()
@anything
def test_a_user_without_factors_gets_what_the_schema_says(case, plain_user, objects):
    for variant in as_generated_and_on_real_objects(case, objects):
        variant.call_and_validate(headers=plain_user, excluded_checks=known_of(variant))


def as_generated_and_on_real_objects(case, objects):
    if leads_to_a_view(case):
        yield case
    named = {name: objects[name] for name in case.path_parameters or () if name in objects}
    if named:
        if case.path.endswith("/confirmation/"):
            named["device_id"] = objects["pending"]
        case.path_parameters = {**case.path_parameters, **named}
        yield case


def known_of(case):
    """The checks that are known to find what is no fault of this operation."""
    tables = {negative_data_rejection: READ_LOOSELY, positive_data_acceptance: REFUSED_THOUGH_VALID}
    label = case.operation.label
    return [check for check, table in tables.items() if label in chain(*table.values())]


def test_every_operation_that_is_excluded_from_a_check_exists():
    labels = {operation.ok().label for operation in api.get_all_operations()}
    named = {*chain(*READ_LOOSELY.values()), *chain(*REFUSED_THOUGH_VALID.values())}
    assert named <= labels


def leads_to_a_view(case):
    """Whether any view is behind the path; else the answer is Django's own page."""
    try:
        resolve(unquote(case.formatted_path))
    except Resolver404:
        return False
    return True
