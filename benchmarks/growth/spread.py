"""How the made rows are spread: SQL expressions over the row's number ``i``.

``{users}`` and the like stand for the counts of the size.
"""

from django.db.models import Model

from drf_accessflow_mfa.models import AccessRequest


def _table(model: type[Model]) -> str:
    return model._meta.db_table


LONG_HISTORY = 1
"""The key of the user who has a hundredth of all rows."""
APPROVED_FLOWS = 10
"""How many flows the approvers decide about, at every size."""
RECENT = 300
"""How many of the newest requests are not over: a third each pending and active."""

_SOMEBODY = "CASE WHEN i %% 100 = 0 THEN 1 ELSE 1 + (i * 7919) %% {users} END"
_SOME_DEVICE = f"'drf_accessflow_mfa.authenticatorapp-' || ({_SOMEBODY})"
_SOME_FLOW = "1 + (i * 31) %% {flows}"
_EVENT_AT = "now() - ({events} - i + 1) * (interval '365 days' / {events})"
_VERIFIED_AT = "now() - ({verifications} - i + 1) * (interval '100 days' / {verifications})"
_REQUESTED_AT = "now() - interval '2 hours' - ({requests} - i + 1) * (interval '365 days' / {requests})"
_IS_RECENT = f"i > {{requests}} - {RECENT}"
_IS_PENDING = f"({_IS_RECENT} AND i %% 3 = 0)"
_IS_ACTIVE = f"({_IS_RECENT} AND i %% 3 = 1)"
_WAS_DECIDED = f"({_IS_RECENT} OR i %% 100 < 90)"
"""Approved at some time, or open; the others never started."""

USER = {
    "password": "'!'",
    "username": "'user-' || i",
    "date_joined": "now()",
    "is_active": "true",
}
FLOW = {
    "slug": "'flow-' || i",
    "name": "'Flow ' || i",
    # Few are flagged, and those come last: who looks for any must not read all.
    "require_mfa": "i > {flows} - GREATEST(2, {flows} / 1000)",
    "created_at": "now()",
    "updated_at": "now()",
}
ROUTE = {"flow_id": "i", "route": "'some-app:route-' || i"}
VERIFICATION = {
    "id": "gen_random_uuid()",
    "user_id": _SOMEBODY,
    "credential": "'token'",
    "binding": "md5(i::text) || md5((i %% 7)::text)",
    "password_stamp": f"md5(({_SOMEBODY})::text) || md5('stamp')",
    "device": _SOME_DEVICE,
    "method": "'otp'",
    "acr": "'https://refeds.org/profile/mfa'",
    "verified_at": _VERIFIED_AT,
    "revoked_at": f"CASE WHEN i %% 20 = 3 THEN {_VERIFIED_AT} + interval '5 minutes' END",
}
REQUEST = {
    "id": "gen_random_uuid()",
    "flow_id": _SOME_FLOW,
    "requester_id": _SOMEBODY,
    "duration": "interval '1 hour'",
    "justification": "'Ticket ' || i",
    "created_at": _REQUESTED_AT,
    "expires_at": f"{_REQUESTED_AT} + interval '1 day'",
    "decided": (
        f"CASE WHEN {_IS_PENDING} THEN 'pending_approval' WHEN {_IS_ACTIVE} THEN 'approved' "
        "WHEN i %% 100 < 90 THEN 'ended' WHEN i %% 100 < 94 THEN 'rejected' "
        "WHEN i %% 100 < 99 THEN 'canceled' ELSE 'expired' END"
    ),
    "starts_at": f"CASE WHEN {_WAS_DECIDED} AND NOT {_IS_PENDING} THEN {_REQUESTED_AT} END",
    "ends_at": (
        f"CASE WHEN {_IS_ACTIVE} THEN now() + interval '1 day' "
        f"WHEN {_WAS_DECIDED} AND NOT {_IS_PENDING} THEN {_REQUESTED_AT} + interval '1 hour' END"
    ),
    "closed_at": (
        f"CASE WHEN NOT ({_IS_PENDING} OR {_IS_ACTIVE}) THEN {_REQUESTED_AT} + interval '1 hour' END"
    ),
}
DECIDED_REQUESTS = f"{_table(AccessRequest)} WHERE starts_at IS NOT NULL"
DECISION = {
    "request_id": "id",
    "decider_id": "2",
    "decider_name": "'user-2'",
    "decision": "'approve'",
    "decided_at": "starts_at",
}
EVENT = {
    "occurred_at": _EVENT_AT,
    "kind": (
        "CASE WHEN i %% ({events} / 3) = 0 THEN 'keys.rotated' "
        "WHEN i %% 1000 < 600 THEN 'mfa.verified' WHEN i %% 1000 < 900 THEN 'mfa.challenged' "
        "WHEN i %% 1000 < 980 THEN 'mfa.failed' WHEN i %% 1000 < 990 THEN 'device.enrolled' "
        "WHEN i %% 1000 < 999 THEN 'request.created' ELSE 'flow.changed' END"
    ),
    "outcome": (
        "CASE WHEN i %% 1000 < 600 THEN 'success' WHEN i %% 1000 < 900 THEN 'denied' "
        # The last year had no failures: who asks for them must not read the whole year.
        "WHEN i %% 1000 < 980 AND i < {events} / 100 THEN 'failure' ELSE 'success' END"
    ),
    "actor_id": _SOMEBODY,
    "actor_name": f"'user-' || ({_SOMEBODY})",
    "subject_id": _SOMEBODY,
    "subject_name": f"'user-' || ({_SOMEBODY})",
    "flow": f"CASE WHEN i %% 1000 >= 600 AND i %% 1000 < 900 THEN 'flow-' || ({_SOME_FLOW}) ELSE '' END",
    "verification": "CASE WHEN i %% 1000 < 600 THEN gen_random_uuid() END",
    "device": f"CASE WHEN i %% 1000 < 600 THEN {_SOME_DEVICE} ELSE '' END",
    "method": "CASE WHEN i %% 1000 < 600 THEN 'otp' ELSE '' END",
    "credential": "'token'",
    "ip": "'192.0.2.1'",
    "user_agent": "'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0'",
    "source": "'api'",
    "mac": "repeat('0', 56)",
}
