"""``&`` and ``|`` around a guard mean the same in any order and nesting."""

import pytest
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from drf_accessflow_mfa.permissions import RequiresMFA

pytestmark = pytest.mark.django_db(transaction=True)
MFA = RequiresMFA.on("production-database")


class Yes(BasePermission):
    def has_permission(self, request, view):
        return True


class No(BasePermission):
    message = "No is no."

    def has_permission(self, request, view):
        return False


EXPRESSIONS = {
    "MFA | Yes": ([MFA | Yes], 200, 200),
    "Yes | MFA": ([Yes | MFA], 200, 200),
    "MFA | No": ([MFA | No], 401, 200),
    "No | MFA": ([No | MFA], 401, 200),
    "MFA & Yes": ([MFA & Yes], 401, 200),
    "Yes & MFA": ([Yes & MFA], 401, 200),
    "MFA & No": ([MFA & No], 403, 403),
    "No & MFA": ([No & MFA], 403, 403),
    "(Yes & MFA) | No": ([(Yes & MFA) | No], 401, 200),
    "(Yes & MFA) | Yes": ([(Yes & MFA) | Yes], 200, 200),
    "No | (Yes & MFA)": ([No | (Yes & MFA)], 401, 200),
    "(No | (Yes & MFA)) | Yes": ([(No | (Yes & MFA)) | Yes], 200, 200),
    "~No & MFA": ([~No & MFA], 401, 200),
    "(~No & MFA) | Yes": ([(~No & MFA) | Yes], 200, 200),
    "(MFA | No) & Yes": ([(MFA | No) & Yes], 401, 200),
    "(MFA | Yes) & No": ([(MFA | Yes) & No], 403, 403),
    "MFA, Yes": ([MFA, Yes], 401, 200),
    "MFA, No": ([MFA, No], 403, 403),
    "MFA | No, No": ([MFA | No, No], 403, 403),
    "MFA | Yes, MFA": ([MFA | Yes, MFA], 401, 200),
    "~(MFA & Yes)": ([~(MFA & Yes)], 401, 403),
}


def status_of(permission_classes, rita, *, of_object=False):
    class View(APIView):
        def get(self, request):
            if of_object:
                self.check_object_permissions(request, object())
            return Response()

    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=rita.token._credentials["HTTP_AUTHORIZATION"])
    return View.as_view(permission_classes=permission_classes)(request)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_without_a_verification(rita, name):
    classes, expected, _ = EXPRESSIONS[name]

    assert status_of(classes, rita).status_code == expected


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_with_a_verification(rita, name):
    classes, _, expected = EXPRESSIONS[name]
    rita.verify(rita.token)

    assert status_of(classes, rita).status_code == expected


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_over_an_object(rita, name):
    classes, expected, _ = EXPRESSIONS[name]

    assert status_of(classes, rita, of_object=True).status_code == expected


def test_the_other_permission_speaks_in_its_own_words(rita):
    assert status_of([MFA, No], rita).data["detail"] == "No is no."


def test_a_guard_cannot_be_inverted():
    with pytest.raises(TypeError, match="cannot be inverted"):
        _ = ~MFA


def test_a_request_that_another_operand_lets_pass_notes_no_denial(rita):
    from drf_accessflow_mfa.composition import DENIALS_ATTRIBUTE

    response = status_of([MFA | Yes], rita)

    assert not hasattr(response.renderer_context["request"]._request, DENIALS_ATTRIBUTE)
