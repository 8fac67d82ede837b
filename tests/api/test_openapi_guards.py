"""Any guarded view says by itself what its guard answers."""

import pytest
from django.urls import path
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import CharField, Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from drf_accessflow_mfa.models import AccessFlow
from drf_accessflow_mfa.permissions import PER_OBJECT, HasActiveAccess, RequiresAssurance, RequiresMFA
from tests.api.schemas import generate, names_in, operation_of


class Secret(Serializer):
    secret = CharField()


class Unguarded(APIView):
    """A view."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=Secret)
    def get(self, request):
        return Response()


class ByClassAttribute(Unguarded):
    permission_classes = [IsAuthenticated, RequiresMFA]
    access_flow = "refunds"


class BySeveral(ByClassAttribute):
    access_flow = ["refunds", AccessFlow(slug="exports")]


class ByRequest(ByClassAttribute):
    def get_access_flow(self):
        raise AssertionError("There is no request to ask for.")


class ByProperty(ByClassAttribute):
    @property
    def access_flow(self):
        raise AssertionError("There is no request to ask for.")


class PerObject(ByClassAttribute):
    access_flow = PER_OBJECT


class OnHere(Unguarded):
    permission_classes = [RequiresMFA.on("refunds")]


class ComposedByDRF(Unguarded):
    permission_classes = [(IsAuthenticated & IsAdminUser) | RequiresMFA.on("refunds")]


class ComposedByUs(Unguarded):
    permission_classes = [RequiresMFA.on("refunds") & IsAuthenticated]


class ChosenLate(Unguarded):
    def get_permissions(self):
        return [RequiresMFA.on("refunds")()]


@extend_schema(responses=Secret)
@api_view(["GET"])
@permission_classes([IsAuthenticated, RequiresMFA.on("refunds")])
def function_view(request):
    return Response()


@pytest.mark.parametrize(
    ("view", "slugs", "is_dynamic"),
    [
        (ByClassAttribute.as_view(), ["refunds"], False),
        (Unguarded.as_view(permission_classes=[RequiresMFA.on("refunds")]), ["refunds"], False),
        (BySeveral.as_view(), ["refunds", "exports"], False),
        (OnHere.as_view(), ["refunds"], False),
        (ComposedByDRF.as_view(), ["refunds"], False),
        (ComposedByUs.as_view(), ["refunds"], False),
        (ChosenLate.as_view(), ["refunds"], False),
        (function_view, ["refunds"], False),
        (ByRequest.as_view(), [], True),
        (ByProperty.as_view(), [], True),
        (PerObject.as_view(), [], True),
    ],
)
def test_a_guarded_view_documents_its_flow_its_challenge_and_its_refusal(view, slugs, is_dynamic):
    described = operation_of(view)
    assert described["x-access-flow"] == {"slugs": slugs, "dynamic": is_dynamic, "requires": ["mfa"]}
    for slug in slugs:
        assert f"`{slug}`" in described["description"]
    assert ("the request leads to" in described["description"]) == is_dynamic
    responses = described["responses"]
    assert names_in(responses["200"]) == ["Secret"]
    assert names_in(responses["401"]) == ["MFAChallenge"]
    assert responses["401"]["headers"]["WWW-Authenticate"]["required"]
    assert names_in(responses["403"]) == ["MFARefusal"]


def test_a_view_that_needs_active_access_documents_that_no_second_factor_helps():
    class ForGuests(ByClassAttribute):
        permission_classes = [HasActiveAccess]

    described = operation_of(ForGuests.as_view())
    assert described["x-access-flow"]["requires"] == ["access"]
    assert "`access_required`" in described["description"]
    assert set(described["responses"]) == {"200", "403"}


def test_a_view_that_needs_access_and_a_second_factor_documents_both():
    class ForGuests(ByClassAttribute):
        permission_classes = [HasActiveAccess, RequiresMFA]

    described = operation_of(ForGuests.as_view())
    assert described["x-access-flow"]["requires"] == ["mfa", "access"]
    assert set(described["responses"]) == {"200", "401", "403"}


def test_a_guard_without_a_flow_documents_that_it_refuses_everybody():
    class Nameless(Unguarded):
        permission_classes = [RequiresMFA]

    described = operation_of(Nameless.as_view())
    assert "every request is refused" in described["description"]
    assert set(described["responses"]) == {"200", "403"}


def test_a_requirement_in_the_code_documents_its_challenge_and_no_flow():
    described = operation_of(Unguarded.as_view(permission_classes=[IsAuthenticated, RequiresAssurance]))

    assert described["x-access-flow"] == {"slugs": [], "dynamic": False, "requires": ["assurance"]}
    assert "flow" not in described["description"]
    assert "always" in described["description"]
    assert names_in(described["responses"]["401"]) == ["MFAChallenge"]


def test_a_view_without_a_guard_is_left_as_it_is():
    described = operation_of(Unguarded.as_view())
    assert described["description"] == "A view."
    assert set(described["responses"]) == {"200"}
    assert "x-access-flow" not in described


def test_what_the_project_says_of_its_401_stands_beside_the_challenge():
    class TheirOwn(ByClassAttribute):
        authentication_classes = [TokenAuthentication, SessionAuthentication]

        @extend_schema(responses={200: Secret, 401: Secret}, description="Theirs.")
        def get(self, request):
            return Response()

    described = operation_of(TheirOwn.as_view())
    assert names_in(described["responses"]["401"]) == ["Secret", "MFAChallenge", "MFARefusal"]
    assert described["description"].startswith("Theirs.\n\nGuarded by")


def test_only_the_guarded_action_of_a_viewset_is_documented_as_such():
    class Payments(ViewSet):
        permission_classes = [IsAuthenticated]

        @extend_schema(responses=Secret(many=True))
        def list(self, request):
            return Response()

        @extend_schema(request=None, responses=Secret)
        @action(detail=False, methods=["post"], permission_classes=[RequiresMFA.on("refunds")])
        def refund(self, request):
            return Response()

    router = SimpleRouter()
    router.register("payments", Payments, basename="payment")
    paths = generate(*router.urls)["paths"]
    assert set(paths["/payments/"]["get"]["responses"]) == {"200"}
    assert set(paths["/payments/refund/"]["post"]["responses"]) == {"200", "401", "403"}


def test_documenting_a_view_does_not_change_it():
    before = dict(vars(ByClassAttribute)), ByClassAttribute.get.kwargs["schema"]
    operation_of(ByClassAttribute.as_view())
    assert (dict(vars(ByClassAttribute)), ByClassAttribute.get.kwargs["schema"]) == before


def test_a_projects_own_extension_of_a_guarded_view_wins():
    class Replaced(ByClassAttribute):
        pass

    class Theirs(OpenApiViewExtension):
        target_class = Replaced

        def view_replacement(self):
            return Unguarded

    try:
        assert "x-access-flow" not in operation_of(Replaced.as_view())
    finally:
        OpenApiViewExtension._registry.remove(Theirs)


def test_a_schema_of_ones_own_shows_what_a_step_up_would_open(rf, nina):
    class ForStaff(ByRequest):
        permission_classes = [IsAdminUser, RequiresMFA]

    request = APIView().initialize_request(rf.get("/"))
    request.user = nina.user
    patterns = [path("guarded/", ByRequest.as_view()), path("staff/", ForStaff.as_view())]
    schema = SchemaGenerator(patterns=patterns).get_schema(request=request, public=False)
    assert set(schema["paths"]) == {"/guarded/"}
