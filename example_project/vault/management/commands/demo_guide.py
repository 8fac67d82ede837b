"""Print commands that walk through the example, ready to be pasted into a shell."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

GUIDE = """\
The portal is at {url}/portal/  (docs: {url}/api/docs/  admin: {url}/admin/)
Users: ada (administrator), rita (requester), omar (approver); password: {password}

Paste this into a second terminal, in this directory. It needs curl.

# 1. Log in and open a vault that requires MFA: 401, mfa_enrollment_required.
#    Everyone enrolls only once: take WHO=omar the next time.
WHO=rita
BASE={url}
AUTH='Accept: application/json'
LOGIN='{{"username": "'$WHO'", "password": "{password}"}}'
field() {{ .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }}
get() {{ curl -s -H "$AUTH" "$BASE$1"; echo; }}
post() {{ curl -s -H "$AUTH" -H 'Content-Type: application/json' -d "$2" "$BASE$1"; echo; }}
AUTH="Authorization: Token $(post /api/auth/token/ "$LOGIN" | field token)"
curl -si -H "$AUTH" $BASE/api/vault/production-database/; echo

# 2. Enroll an authenticator. Its secret is shown only here; an app would scan it as a QR code.
DEVICE=$(post /api/mfa/devices/ '{{"name": "My phone"}}')
echo "$DEVICE" | field otpauth_uri

# 3. Confirm it with its first code. Keep the recovery codes: they are shown once.
SECRET=$(echo "$DEVICE" | field secret)
totp() {{ .venv/bin/python -c 'import pyotp, sys; print(pyotp.TOTP(sys.argv[1]).now())' $SECRET; }}
post /api/mfa/devices/$(echo "$DEVICE" | field id)/confirmation/ '{{"code": "'$(totp)'"}}'

# 4. The vault is open, for an hour, for this token.
get /api/vault/production-database/

# 5. Every step is in the audit log.
get /api/mfa/audit-events/

Later, to verify again with a new code:
post /api/mfa/verifications/ '{{"code": "'$(totp)'"}}'

The same with another credential; each starts unverified. Take one, then go on as above:
AUTH="Authorization: Knox $(post /api/auth/knox/login/ "$LOGIN" | field token)"
AUTH="Authorization: Bearer $(post /api/auth/jwt/ "$LOGIN" | field access)"
FORM="grant_type=password&client_id=demo-client&username=$WHO&password={password}"
AUTH="Authorization: Bearer $(curl -s -d "$FORM" $BASE/o/token/ | field access_token)"

With knox, a view of that package is guarded by a row, under Guarded routes in the admin:
post /api/auth/knox/logoutall/ ''

The client of this package does all of it, and asks for the code here:
.venv/bin/python -m drf_accessflow_mfa.client $BASE/api/vault/production-database/ --basic $WHO

Then log in to the admin as ada, turn "Require MFA" of a flow off and on, and call its vault again.
"""


class Command(BaseCommand):
    """Print the walk-through."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            GUIDE.format(url=f"http://127.0.0.1:{settings.PORT}", password=settings.DEMO_PASSWORD)
        )
