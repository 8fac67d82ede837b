"""The words that clients, logs and receivers of webhooks depend on: changing one breaks them."""

from drf_accessflow_mfa.domain.errors import ActRefusal, FieldProblem
from drf_accessflow_mfa.domain.events import EventKind, FailureReason, Outcome, Source
from drf_accessflow_mfa.domain.grants import GrantState
from drf_accessflow_mfa.domain.lifecycle import Status
from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.domain.policy import Scope
from drf_accessflow_mfa.domain.reset import ResetRefusal


def words(kinds):
    return {kind.value for kind in kinds}


def test_the_kinds_of_audit_events_are_those_of_the_contract():
    factors = {"mfa.verified", "mfa.failed", "mfa.locked", "mfa.challenged", "mfa.passed", "mfa.unlocked"}
    resets = {"mfa.reset_requested", "mfa.reset_canceled", "mfa.reset"}
    devices = {"device.enrolled", "device.renamed", "device.removed", "enrollment.begun"}
    upkeep = {"verifications.pruned", "audit.pruned", "keys.rotated"}
    flows = {"flow.created", "flow.changed", "flow.deleted"}
    acts = "created endorsed approved rejected canceled expired extended revoked ended granted withdrawn"

    assert factors | resets | devices | upkeep | flows <= words(EventKind)
    assert {"recovery_codes.generated", "verification.revoked"} <= words(EventKind)
    assert {f"request.{act}" for act in acts.split()} <= words(EventKind)


def test_an_event_ends_in_one_of_three_ways_and_comes_through_one_of_five_doors():
    assert words(Outcome) == {"success", "failure", "denied"}
    assert words(Source) == {"api", "web", "admin", "command", "system"}
    assert words(FailureReason) == {"malformed", "no_device"}


def test_a_refused_act_says_why():
    assert {"not_a_requester", "not_an_approver", "own_request", "not_the_requester"} <= words(ActRefusal)
    assert words(FieldProblem) == {"required", "too_long"}


def test_the_states_of_an_access_request_are_those_of_the_contract():
    assert words(Status) == {
        "pending_approval",
        "approved",
        "active",
        "rejected",
        "canceled",
        "expired",
        "ended",
        "revoked",
    }


def test_what_rows_hold_stays_readable():
    assert words(GrantState) == {"", "due", "granted", "withdrawn"}
    assert words(Method) == {"otp", "hwk", "recovery_code"}
    assert words(Scope) == {"credential", "user"}


def test_a_refused_reset_says_why():
    assert words(ResetRefusal) == {"not_permitted", "own_factors", "superuser", "same_administrator"}
