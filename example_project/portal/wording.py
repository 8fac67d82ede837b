"""What people read for the words of the audit log."""

from collections.abc import Mapping

from drf_accessflow_mfa.domain.events import EventKind

SENTENCES: Mapping[str, str] = {
    EventKind.MFA_VERIFIED: "Passed MFA",
    EventKind.MFA_FAILED: "A code was not accepted",
    EventKind.MFA_LOCKED: "Refused: too many wrong codes",
    EventKind.MFA_CHALLENGED: "Was asked for MFA",
    EventKind.MFA_PASSED: "Opened what MFA guards",
    EventKind.MFA_RESET_REQUESTED: "A reset of MFA was asked for",
    EventKind.MFA_RESET_CANCELED: "The reset of MFA was canceled",
    EventKind.MFA_RESET: "MFA was reset",
    EventKind.MFA_UNLOCKED: "Codes were unlocked",
    EventKind.DEVICE_ENROLLED: "A device was added",
    EventKind.DEVICE_RENAMED: "A device was renamed",
    EventKind.DEVICE_REMOVED: "A device was removed",
    EventKind.ENROLLMENT_BEGUN: "Began to set up a device",
    EventKind.RECOVERY_CODES_GENERATED: "New recovery codes were made",
    EventKind.VERIFICATION_REVOKED: "A verification was ended",
    EventKind.VERIFICATIONS_PRUNED: "Old verifications were deleted",
    EventKind.AUDIT_PRUNED: "Old audit events were deleted",
    EventKind.KEYS_ROTATED: "Secrets were encrypted anew",
    EventKind.FLOW_CREATED: "An access flow was created",
    EventKind.FLOW_CHANGED: "An access flow was changed",
    EventKind.FLOW_DELETED: "An access flow was deleted",
    EventKind.REQUEST_CREATED: "Access was requested",
    EventKind.REQUEST_ENDORSED: "A request was endorsed",
    EventKind.REQUEST_APPROVED: "A request was approved",
    EventKind.REQUEST_REJECTED: "A request was rejected",
    EventKind.REQUEST_CANCELED: "A request was canceled",
    EventKind.REQUEST_EXPIRED: "A request expired",
    EventKind.REQUEST_EXTENDED: "Access was extended",
    EventKind.REQUEST_REVOKED: "Access was revoked",
    EventKind.REQUEST_ENDED: "Access ended",
    EventKind.REQUEST_GRANTED: "Access was granted",
    EventKind.REQUEST_WITHDRAWN: "Access was withdrawn",
}


def sentence_of(kind: str) -> str:
    """Return what happened, in a few words; a kind of a newer version as it is."""
    return SENTENCES.get(kind, kind)
