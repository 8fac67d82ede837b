"""The schema says all that the API does."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import TokenAuthentication
from rest_framework.response import Response
from rest_framework.serializers import CharField, ChoiceField, Serializer
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from drf_accessflow_mfa.api import audit_events, status, urls
from drf_accessflow_mfa.domain.assurance import Requirement
from drf_accessflow_mfa.domain.challenge import Challenge, RefusalCode
from drf_accessflow_mfa.domain.events import EventKind
from tests.api.schemas import generate, names_in, operation_of

API = "/api/mfa/"
CALLS = """
    GET status/
    GET devices/
    POST devices/
    POST devices/{device_id}/confirmation/
    PATCH devices/{device_id}/
    DELETE devices/{device_id}/
    GET verifications/
    POST verifications/
    DELETE verifications/
    GET verifications/{verification_id}/
    DELETE verifications/{verification_id}/
    GET recovery-codes/
    POST recovery-codes/
    GET flows/
    POST flows/
    GET flows/{slug}/
    PATCH flows/{slug}/
    DELETE flows/{slug}/
    GET flows/{slug}/requirement/
    GET requests/
    POST requests/
    GET requests/{request_id}/
    POST requests/{request_id}/decision/
    POST requests/{request_id}/cancellation/
    POST requests/{request_id}/revocation/
    POST requests/{request_id}/extension/
    GET audit-events/
"""
ANSWERS = {
    ("GET", "status/"): "enrolled enrollment_required verified verified_at expires_at seconds_left methods "
    "acr devices recovery_codes_left",
    ("GET", "devices/"): "id name kind confirmed created_at last_used_at",
    ("POST", "devices/"): "id name secret otpauth_uri qr_svg expires_at",
    ("POST", "devices/{device_id}/confirmation/"): "device verification recovery_codes",
    ("PATCH", "devices/{device_id}/"): "id name kind confirmed created_at last_used_at",
    ("GET", "verifications/"): "id method acr device credential verified_at expires_at current",
    ("POST", "verifications/"): "id method acr device verified_at expires_at",
    ("GET", "recovery-codes/"): "left generated_at",
    ("POST", "recovery-codes/"): "codes",
    ("GET", "flows/"): "slug name description is_active require_mfa require_mfa_to_approve mfa_max_age "
    "mfa_scope acr requesters approvers approvals_required justification_required approver_reason_required "
    "requester_cannot_approve_self max_duration approval_timeout max_extensions extension_duration labels "
    "created_at updated_at",
    ("GET", "flows/{slug}/requirement/"): "flow require_mfa satisfied enrolled max_age acr_values methods "
    "verified_at expires_at code",
    ("GET", "requests/"): "id flow requester justification duration status created_at starts_at ends_at "
    "decisions extensions verification",
    (
        "GET",
        "audit-events/",
    ): "id occurred_at kind outcome reason actor subject flow request verification device "
    "method credential ip user_agent source changes",
}
CHALLENGED = [
    ("POST", "devices/"),
    ("POST", "devices/{device_id}/confirmation/"),
    ("DELETE", "devices/{device_id}/"),
    ("POST", "recovery-codes/"),
    ("PATCH", "flows/{slug}/"),
    ("DELETE", "flows/{slug}/"),
    ("POST", "requests/"),
    ("POST", "requests/{request_id}/decision/"),
    ("POST", "requests/{request_id}/extension/"),
]


def calls():
    return [tuple(line.split()) for line in CALLS.strip().splitlines()]


@pytest.fixture(scope="module")
def schema():
    return generate()


@pytest.fixture
def operation(schema):
    return lambda method, url: schema["paths"][API + url][method.lower()]


def shape_of(schema, response):
    """The component of a JSON answer; of its items, if it is a list or a page."""
    found = response["content"]["application/json"]["schema"]
    while "$ref" in found or found["type"] == "array" or "results" in found["properties"]:
        if "$ref" in found:
            found = schema["components"]["schemas"][found["$ref"].rpartition("/")[2]]
        elif found["type"] == "array":
            found = found["items"]
        else:
            found = found["properties"]["results"]
    return found


def test_the_examples_schema_validates_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_every_route_and_method_of_the_api_is_in_the_schema_and_no_other(schema):
    documented = {
        (method.upper(), url.removeprefix(API))
        for url, methods in schema["paths"].items()
        if url.startswith(API)
        for method in methods
    }
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]+\)|[\^$]", _as_parameter, str(route.pattern)))
        for route in urls.urlpatterns
        for method in route.callback.cls().allowed_methods
        if method != "OPTIONS"
    }
    assert documented == served
    assert set(calls()) <= documented


def _as_parameter(match):
    name = match[1] or match[2]
    return f"{{{name}}}" if name else ""


@pytest.mark.parametrize(("method", "url"), ANSWERS)
def test_an_answer_has_every_field_of_the_contract(schema, operation, method, url):
    responses = operation(method, url)["responses"]
    shape = shape_of(schema, responses.get("200") or responses["201"])
    assert set(ANSWERS[method, url].split()) <= set(shape["properties"])


@pytest.mark.parametrize(("method", "url"), calls())
def test_every_refusal_has_one_shape(operation, method, url):
    described = operation(method, url)
    refusals = {code: answer for code, answer in described["responses"].items() if code >= "400"}
    assert {"403", "406"} <= set(refusals)
    for code, answer in refusals.items():
        assert names_in(answer) == ["MFAChallenge" if code == "401" else "MFAProblem"]
        assert answer["description"]
    assert ("401" in refusals) == ((method, url) in CHALLENGED)
    assert ("415" in refusals) == (method != "GET")
    assert method == "GET" or "400" in refusals
    assert described["summary"]
    assert described["tags"][0] in {"MFA", "Access flows", "Access requests", "Audit"}
    assert described["operationId"].startswith("mfa_")


def test_what_a_challenge_and_a_refusal_hold_is_documented(schema):
    shapes = schema["components"]["schemas"]
    requirement = Requirement(flow="refunds", max_age=timedelta(hours=1))
    sent = Challenge(requirement=requirement, enrolled=True, methods=["otp"]).body(
        detail="", verify_url="", enroll_url=""
    )
    challenge = shapes["MFAChallenge"]
    assert set(challenge["required"]) == set(challenge["properties"]) == set(sent)
    assert shapes["MFAProblem"]["required"] == ["code", "detail"]
    assert {"errors", "retry_after"} < set(shapes["MFAProblem"]["properties"])
    for code in RefusalCode:
        assert code.value in str(shapes)


def test_a_lock_documents_when_to_come_back(operation):
    for url in ("verifications/", "devices/{device_id}/confirmation/", "requests/"):
        assert operation("POST", url)["responses"]["429"]["headers"]["Retry-After"]["schema"] == {
            "type": "integer"
        }


def test_a_challenge_documents_its_header(operation):
    for method, url in CHALLENGED:
        header = operation(method, url)["responses"]["401"]["headers"]["WWW-Authenticate"]
        assert header["required"]
        assert "insufficient_user_authentication" in header["description"]


def test_the_audit_log_documents_its_filters_and_its_pages(schema, operation):
    described = operation("GET", "audit-events/")
    parameters = {parameter["name"]: parameter["schema"] for parameter in described["parameters"]}
    assert set(parameters) == {
        "kind", "outcome", "actor", "subject", "flow", "since", "until", "cursor", "page_size"
    }  # fmt: skip
    assert set(parameters["kind"]["enum"]) == {kind.value for kind in EventKind}
    page = schema["components"]["schemas"][names_in(described["responses"]["200"])[0]]
    assert page["required"] == ["next", "previous", "results"]


def test_a_code_is_a_string_and_secrets_are_marked(schema):
    shapes = schema["components"]["schemas"]
    code = shapes["MFACode"]["properties"]["code"]
    assert code["type"] == "string"
    assert re.search(code["pattern"], "123456")
    assert "nullable" not in code
    enrollment = shapes["MFAEnrollment"]["properties"]
    assert enrollment["secret"]["format"] == enrollment["otpauth_uri"]["format"] == "password"
    for shape, field in (("MFAEnrolled", "recovery_codes"), ("MFARecoveryCodes", "codes")):
        assert shapes[shape]["properties"][field]["items"]["format"] == "password"


def test_no_example_looks_like_a_secret(schema):
    assert not list(_found("example", schema))
    assert not list(_found("examples", schema))
    assert "otpauth://" not in str(schema)
    assert not re.search(r"\b[A-Z2-7]{16,}\b|\b\d{6}\b", str(schema))


def _found(key, node):
    if isinstance(node, dict):
        yield from (value for name, value in node.items() if name == key)
        node = node.values()
    if isinstance(node, (dict, list)) or type(node).__name__ == "dict_values":
        for child in node:
            yield from _found(key, child)


def test_our_components_do_not_take_names_that_a_project_may_use(schema):
    names = set(schema["components"]["schemas"])
    assert not names & {"Device", "Status", "Verification", "Problem", "Challenge", "AuditEvent", "Code"}
    ours = {name for name in names if name.startswith(("MFA", "Access", "PatchedMFA", "PatchedChanged"))}
    assert {name for name in names - ours if name.endswith("Enum")} == set()


def test_our_enumerations_do_not_rename_those_of_a_project():
    class Order(Serializer):
        status = ChoiceField(choices=["new", "paid"])

    class OrderDetail(Order):
        note = CharField()

    class Orders(APIView):
        @extend_schema(request=Order, responses=OrderDetail)
        def post(self, request):
            return Response()

    schema = generate(path("orders/", Orders.as_view()), *urls.urlpatterns)
    assert schema["components"]["schemas"]["StatusEnum"]["enum"] == ["new", "paid"]


def test_a_project_that_answers_strangers_with_401_documents_both_bodies(monkeypatch):
    monkeypatch.setattr(status.StatusView, "authentication_classes", [TokenAuthentication])
    monkeypatch.setattr(audit_events.AuditEventsView, "throttle_classes", [UserRateThrottle])
    paths = generate(*urls.urlpatterns)["paths"]
    assert names_in(paths["/status/"]["get"]["responses"]["401"]) == ["MFAProblem"]
    assert names_in(paths["/audit-events/"]["get"]["responses"]["429"]) == ["MFAProblem"]


def test_a_projects_own_version_of_our_view_is_documented_too():
    class Theirs(status.StatusView):
        pass

    described = operation_of(Theirs.as_view())
    assert names_in(described["responses"]["200"]) == ["MFAStatus"]


def test_the_schema_endpoint_serves_it(client, db):
    answer = client.get("/api/schema/", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert "/api/mfa/status/" in answer.json()["paths"]
