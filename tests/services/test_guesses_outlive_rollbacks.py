"""What was counted stays counted when the request that did it is rolled back (rule 3)."""

import pytest
from django.db import transaction

from tests.people import (
    API,
    by_token,
    enrolled,
    flow,
    person,
    post_code,
)


@pytest.mark.django_db(transaction=True)
class TestRealTransactions:
    """The example runs with ``ATOMIC_REQUESTS``; here it is in force."""

    def test_wrong_codes_over_the_api_stay_counted(self, clock):
        rita = enrolled()
        client = by_token(rita)

        statuses = [post_code(client, rita.wrong_code()).status_code for _ in range(6)]

        assert statuses == [400] * 5 + [429]
        assert [kind for kind, _ in rita.events()] == ["mfa.failed"] * 5 + ["mfa.locked"]

    def test_a_refused_malformed_body_of_an_enrolled_user_leaves_no_half_charge(self, clock):
        rita = enrolled()

        by_token(rita).post(API + "verifications/", [], format="json")

        assert rita.budget() == (0, 0)

    def test_a_guess_through_the_device_stays_counted_when_the_hosts_view_raises(self, clock, serve):
        from rest_framework.exceptions import APIException

        rita = enrolled()

        def post(view, request):
            assert transaction.get_connection().in_atomic_block
            raise APIException(str(rita.app.verify_token(request.data["code"])))

        url, client = serve(post=post, permission_classes=[]), by_token(rita)
        right = rita.code()

        said = [
            client.post(url, {"code": code}, format="json").json()["detail"]
            for code in (rita.wrong_code(), right, right)
        ]

        assert said == ["False", "True", "False"]
        assert rita.budget() == (0, 1)
        assert [kind for kind, _ in rita.events()] == ["mfa.failed", "mfa.verified", "mfa.failed"]

    def test_a_denial_by_a_later_permission_gives_nothing_back(self, clock, serve):
        rita = enrolled()
        flow("refunds")
        client = by_token(rita)
        url = serve(access_flow="refunds")
        post_code(client, rita.wrong_code())

        assert client.get(url).status_code == 401

        assert rita.budget() == (1, 1)
        assert person("other").budget() == (0, 0)
