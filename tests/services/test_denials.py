"""A denial leaves one event, although the request that was denied is rolled back."""

import pytest

from tests.people import by_token, flow


@pytest.mark.django_db(transaction=True)
class TestDenials:
    def test_a_denial_is_logged_once_although_the_request_rolled_back(self, clock, serve):
        from rest_framework.permissions import IsAuthenticated

        from drf_accessflow_mfa.permissions import RequiresMFA
        from tests.people import enrolled

        rita = enrolled()
        flow("refunds")
        url = serve(access_flow="refunds", permission_classes=[IsAuthenticated, RequiresMFA, RequiresMFA])

        assert by_token(rita).get(url).status_code == 401

        assert rita.events() == [("mfa.challenged", "mfa_required")]

    @pytest.mark.parametrize(
        ("name", "code"), [("nothing", "access_flow_unknown"), ("off", "access_flow_inactive")]
    )
    def test_the_other_refusals_are_logged_too(self, clock, serve, name, code):
        from tests.people import enrolled

        rita = enrolled()
        flow("off", is_active=False)

        by_token(rita).get(serve(access_flow=name))

        assert rita.events() == [("mfa.challenged", code)]

    def test_a_stranger_leaves_no_event(self, clock, serve):
        from drf_accessflow_mfa.models import AuditEvent
        from tests.people import stranger

        flow("refunds")
        stranger().get(serve(access_flow="refunds"))

        assert not AuditEvent.objects.exists()
