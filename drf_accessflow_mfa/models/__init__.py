"""The rows: flows, devices, verifications, budgets and audit events."""

from drf_accessflow_mfa.models.access_flow import AccessFlow
from drf_accessflow_mfa.models.access_request import AccessRequest
from drf_accessflow_mfa.models.attempt_budget import AttemptBudget
from drf_accessflow_mfa.models.audit_checkpoint import AuditCheckpoint
from drf_accessflow_mfa.models.audit_event import AuditEvent
from drf_accessflow_mfa.models.authenticator_app import AuthenticatorApp
from drf_accessflow_mfa.models.guarded_route import GuardedRoute
from drf_accessflow_mfa.models.pending_reset import PendingReset
from drf_accessflow_mfa.models.recovery_codes import RecoveryCode, RecoveryCodes
from drf_accessflow_mfa.models.request_facts import AccessDecision, AccessExtension, Decision
from drf_accessflow_mfa.models.verification import Verification
from drf_accessflow_mfa.models.webhook_delivery import WebhookDelivery

__all__ = [
    "AccessDecision",
    "AccessExtension",
    "AccessFlow",
    "AccessRequest",
    "AttemptBudget",
    "AuditCheckpoint",
    "AuditEvent",
    "AuthenticatorApp",
    "Decision",
    "GuardedRoute",
    "PendingReset",
    "RecoveryCode",
    "RecoveryCodes",
    "Verification",
    "WebhookDelivery",
]
