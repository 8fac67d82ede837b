"""Enroll, be challenged and verify, with nothing but what openapi-python-client has generated.

Run as a program, with the generated package on the path: the base URL, a
token, and the file that holds how far the server's clock is ahead.
"""

import json
import sys
import time
from http import HTTPStatus
from pathlib import Path

import pyotp
from api_client import AuthenticatedClient
from api_client.api.access_flows import mfa_get_requirement
from api_client.api.audit import mfa_list_audit_events
from api_client.api.mfa import (
    mfa_begin_enrollment,
    mfa_confirm_enrollment,
    mfa_forget_verifications,
    mfa_get_status,
    mfa_verify,
)
from api_client.api.vault import vault_retrieve
from api_client.models import MFAChallenge, MFACode, MFAConfirmation, MFADeviceName

FLOW = "production-database"
STEP = 30


def main(base_url, token, offset_file):
    def code(totp, steps=0):
        return totp.at(int(time.time() + float(Path(offset_file).read_text()) + steps * STEP))

    client = AuthenticatedClient(base_url=base_url, token=token, prefix="Token")
    begun = mfa_begin_enrollment.sync(client=client, body=MFADeviceName(name="generated"))
    totp = pyotp.parse_uri(begun.otpauth_uri)
    confirmed = mfa_confirm_enrollment.sync(begun.id, client=client, body=MFAConfirmation(code=code(totp)))
    forgotten = mfa_forget_verifications.sync_detailed(client=client)

    challenged = vault_retrieve.sync_detailed(FLOW, client=client)
    assert isinstance(challenged.parsed, MFAChallenge), challenged
    Path(offset_file).write_text(str(float(Path(offset_file).read_text()) + STEP))
    refused = mfa_verify.sync_detailed(client=client, body=MFACode(code="not a code"))
    verified = mfa_verify.sync_detailed(client=client, body=MFACode(code=code(totp)))
    opened = vault_retrieve.sync(FLOW, client=client)
    requirement = mfa_get_requirement.sync(FLOW, client=client)
    events = mfa_list_audit_events.sync(client=client)

    assert confirmed.device.confirmed
    assert len(confirmed.recovery_codes) == 10
    assert forgotten.status_code == HTTPStatus.NO_CONTENT
    assert refused.status_code == HTTPStatus.BAD_REQUEST, refused
    assert verified.status_code == HTTPStatus.CREATED, verified
    assert mfa_get_status.sync(client=client).verified
    return {
        "challenge": [challenged.status_code, str(challenged.parsed.code), challenged.parsed.flow],
        "refused": str(refused.parsed.code),
        "opened_by": opened.opened_by,
        "satisfied": requirement.satisfied,
        "kinds": sorted({str(event.kind) for event in events.results}),
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))  # noqa: T201 - its answer
