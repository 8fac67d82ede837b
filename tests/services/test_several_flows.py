"""Several flows guard one view: the strictest wins."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa.domain.errors import FlowInactive, FlowUnknown, StepUpRequired
from drf_accessflow_mfa.services.require import require
from tests.people import by_token, flow, verified


class TestSeveralFlows:
    @pytest.fixture
    def flows(self, db):
        flow("hour")
        flow("minute", mfa_max_age=timedelta(seconds=60))
        flow("strong", acr="phr")
        flow("open", require_mfa=False)
        flow("off", is_active=False)

    @pytest.mark.parametrize("order", [1, -1])
    @pytest.mark.parametrize(
        ("names", "strictest"),
        [
            (["hour", "minute"], "minute"),
            (["hour", "minute", "strong", "open"], "strong"),
            (["open", "hour"], "hour"),
            (["hour", "hour", "open"], "hour"),
        ],
    )
    def test_the_strictest_wins_in_any_order(self, rita, flows, names, strictest, order):
        with pytest.raises(StepUpRequired) as challenged:
            require(names[::order], rita.caller())

        assert challenged.value.flow == strictest

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_challenge_is_for_what_is_still_missing(self, serve, rita, flows, clock, order):
        url, client = serve(access_flow=["hour", "minute"][::order]), by_token(rita)
        verified(client, rita)
        assert client.get(url).status_code == 200
        clock.shift(61)

        answer = client.get(url)

        assert (answer.status_code, answer.json()["flow"], answer.json()["max_age"]) == (401, "minute", 60)

    @pytest.mark.parametrize("order", [1, -1])
    @pytest.mark.parametrize(
        ("bad", "error"), [("nothing", FlowUnknown), ("off", FlowInactive), ("", FlowUnknown)]
    )
    def test_one_unusable_flow_refuses_all(self, rita, flows, order, bad, error):
        with pytest.raises(error):
            require(["open", bad][::order], rita.caller())

    def test_no_flow_at_all_is_refused(self, rita, flows):
        with pytest.raises(FlowUnknown):
            require([], rita.caller())

    def test_flows_that_ask_for_nothing_need_no_verification(self, rita, flows):
        assert require(["open"], rita.caller()).verifications == {}
