"""Where several flows guard one view, each passage names the verification that met its flows."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from drf_accessflow_mfa.domain.acr import Acr
from drf_accessflow_mfa.domain.assurance import Assurance
from drf_accessflow_mfa.domain.claims import Claimed, TrustedIssuer
from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.permissions import RequiresAssurance
from drf_accessflow_mfa.services.require import require
from drf_accessflow_mfa.services.verify import verify
from tests.people import ORIGIN, by_session, by_token, flow, verified

ACCESS = "drf_accessflow_mfa.access"


@pytest.fixture
def lines(caplog):
    """The verification and the flows of each line of the access log, in their order."""
    caplog.set_level(logging.INFO, ACCESS)

    def read():
        found = [record.getMessage() for record in caplog.records if record.name == ACCESS]
        return [tuple(word.partition("=")[2] for word in line.split()[1:3]) for line in found]

    return read


@pytest.fixture
def rows(settings):
    """The verification and the flow of each row, in their order."""
    settings.ACCESSFLOW_MFA_RECORD_ACCESS = True

    def read():
        events = AuditEvent.objects.filter(kind="mfa.passed").order_by("id")
        return [(str(event.verification), event.flow) for event in events]

    return read


def through_two_credentials(rita, clock):
    """Verify through a token, then through a session; return the token and both verifications."""
    token = by_token(rita)
    mine = verified(token, rita)["id"]
    clock.shift(60)
    return token, mine, verified(by_session(rita), rita)["id"]


@pytest.mark.parametrize("order", [1, -1])
def test_each_flow_is_logged_with_the_verification_that_met_it(serve, rita, clock, lines, rows, order):
    flow("own")
    flow("anyone", mfa_scope="user")
    url = serve(access_flow=["own", "anyone"][::order])
    token, mine, other = through_two_credentials(rita, clock)

    token.get(url)

    assert lines() == rows() == [(mine, "own"), (other, "anyone")][::order]


def test_flows_that_one_verification_met_share_a_line(serve, rita, clock, lines, rows):
    flow("own")
    flow("anyone", mfa_scope="user")
    flow("further")
    url = serve(access_flow=["own", "anyone", "further"])
    token, mine, other = through_two_credentials(rita, clock)

    token.get(url)

    assert lines() == [(mine, "own,further"), (other, "anyone")]
    assert rows() == [(mine, "own"), (mine, "further"), (other, "anyone")]


def test_a_flow_that_requires_no_mfa_is_not_logged_beside_one_that_does(serve, rita, lines, rows):
    flow("own")
    flow("open", require_mfa=False)
    url, token = serve(access_flow=["open", "own"]), by_token(rita)
    made = verified(token, rita)["id"]

    token.get(url)

    assert lines() == rows() == [(made, "own")]


def test_a_flow_that_claims_meet_is_not_the_verifications(rita, clock):
    flow("hour")
    flow("minute", mfa_max_age=timedelta(seconds=60))
    verify(rita.caller(), rita.code(), origin=ORIGIN)
    clock.shift(61)
    claimed = Claimed(
        issuer=TrustedIssuer(acr={"loa2": Acr.MFA}),
        assurance=Assurance(verification=None, verified_at=timezone.now(), acr=Acr.MFA),
    )

    passed = require(["hour", "minute"], rita.caller()._replace(claimed=claimed))

    assert list(passed.verifications) == ["hour"]


def test_a_requirement_in_the_code_has_its_line_and_its_row(serve, rita, lines, rows):
    url, token = serve(permission_classes=[RequiresAssurance]), by_token(rita)
    made = verified(token, rita)["id"]

    token.get(url)

    assert lines() == rows() == [(made, "")]
