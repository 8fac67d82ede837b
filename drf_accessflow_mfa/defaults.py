"""The settings and their defaults; in the Django settings each name has the prefix."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.domain.policy import Scope

PREFIX = "ACCESSFLOW_MFA_"
LONGEST_MAX_AGE = timedelta(hours=24)
"""No verification counts for longer (NIST SP 800-63B-4, section 2.2.3)."""

DEFAULTS: Mapping[str, Any] = {
    "MAX_AGE": 3600,
    "MANAGE_MAX_AGE": None,
    "SCOPE": Scope.CREDENTIAL,
    "ENCRYPTION_KEYS": None,
    "ISSUER": "Access flows",
    "DEVICE_MODELS": {
        "drf_accessflow_mfa.AuthenticatorApp": Method.OTP,
        "drf_accessflow_mfa.RecoveryCodes": Method.RECOVERY_CODE,
        "otp_totp.TOTPDevice": Method.OTP,
        "otp_static.StaticDevice": Method.RECOVERY_CODE,
    },
    "CREDENTIAL_RESOLVERS": (
        "drf_accessflow_mfa.credentials.session.resolve",
        "drf_accessflow_mfa.credentials.token.resolve",
        "drf_accessflow_mfa.credentials.basic.resolve",
        "drf_accessflow_mfa.credentials.knox.resolve",
        "drf_accessflow_mfa.credentials.simplejwt.resolve",
        "drf_accessflow_mfa.credentials.oauth2.resolve",
    ),
    "JWT_FAMILY_CLAIM": "afm_sid",
    "TRUSTED_ISSUERS": {},
    "CLAIMS_RESOLVER": "drf_accessflow_mfa.credentials.simplejwt.claims_of",
    "ENROLLMENT_POLICY": None,
    "ENROLLMENT_TTL": 600,
    "MAX_DEVICES": 5,
    "CODE_TOLERANCE": (1, 0),
    "LOCK_AFTER": 5,
    "LOCK_WAIT": 30,
    "LOCK_WAIT_MAX": 3600,
    "LOCK_DAILY": 20,
    "LOCK_DISABLE_AFTER": 100,
    "CLIENT_IP": "drf_accessflow_mfa.credentials.origin.remote_addr",
    "GRANT_HANDLERS": {},
    "VERIFY_URL": None,
    "ENROLL_URL": None,
    "PAGE_CSP": None,
    "RESET_NEEDS_SECOND_ADMIN": False,
    "RESET_TTL": 24 * 3600,
    "EMAIL": True,
    "RECORD_ACCESS": False,
    "KEEP_VERIFICATIONS": timedelta(days=90),
    "KEEP_AUDIT_EVENTS": None,
    "WEBHOOKS": (),
    "WEBHOOKS_SEND_AT_ONCE": False,
    "KEEP_WEBHOOK_DELIVERIES": timedelta(days=30),
}
