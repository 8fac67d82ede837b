"""The inventory of audit events."""

from enum import StrEnum
from typing import NamedTuple


class EventKind(StrEnum):
    """What happened."""

    MFA_VERIFIED = "mfa.verified"
    MFA_FAILED = "mfa.failed"
    MFA_LOCKED = "mfa.locked"
    MFA_CHALLENGED = "mfa.challenged"
    MFA_PASSED = "mfa.passed"
    MFA_RESET_REQUESTED = "mfa.reset_requested"
    MFA_RESET_CANCELED = "mfa.reset_canceled"
    MFA_RESET = "mfa.reset"
    MFA_UNLOCKED = "mfa.unlocked"
    DEVICE_ENROLLED = "device.enrolled"
    DEVICE_RENAMED = "device.renamed"
    DEVICE_REMOVED = "device.removed"
    ENROLLMENT_BEGUN = "enrollment.begun"
    RECOVERY_CODES_GENERATED = "recovery_codes.generated"
    VERIFICATION_REVOKED = "verification.revoked"
    VERIFICATIONS_PRUNED = "verifications.pruned"
    AUDIT_PRUNED = "audit.pruned"
    KEYS_ROTATED = "keys.rotated"
    FLOW_CREATED = "flow.created"
    FLOW_CHANGED = "flow.changed"
    FLOW_DELETED = "flow.deleted"
    REQUEST_CREATED = "request.created"
    REQUEST_ENDORSED = "request.endorsed"
    REQUEST_APPROVED = "request.approved"
    REQUEST_REJECTED = "request.rejected"
    REQUEST_CANCELED = "request.canceled"
    REQUEST_EXPIRED = "request.expired"
    REQUEST_EXTENDED = "request.extended"
    REQUEST_REVOKED = "request.revoked"
    REQUEST_ENDED = "request.ended"
    REQUEST_GRANTED = "request.granted"
    REQUEST_WITHDRAWN = "request.withdrawn"


class Outcome(StrEnum):
    """How it ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    DENIED = "denied"


class FailureReason(StrEnum):
    """Why no device was asked about a code: for the log only, never for the answer."""

    MALFORMED = "malformed"
    NO_DEVICE = "no_device"


class Source(StrEnum):
    """Through which door it came."""

    API = "api"
    WEB = "web"
    ADMIN = "admin"
    COMMAND = "command"
    SYSTEM = "system"


class Origin(NamedTuple):
    """Where a request came from, as the audit log keeps it."""

    source: Source = Source.SYSTEM
    ip: str | None = None
    user_agent: str = ""
