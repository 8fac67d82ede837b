"""Codes: verified, guessed, confirmed, sent bare by django-otp."""

from contextlib import nullcontext

import pyotp
from django.db import DatabaseError, connection, transaction

from drf_accessflow_mfa.models import AuthenticatorApp, RecoveryCode
from tests.adversarial.acts import wire
from tests.adversarial.acts.wire import agree, count_events, count_verifications, fresh_code_works, opens


class Verify:
    """Somebody with a token sends a right code."""

    sender_of = staticmethod(wire.by_token)
    succeeds = 201

    def prepare(self):
        someone = wire.enrolled()
        return someone, someone.code(), self.sender_of(someone)

    def perform(self, state):
        _, code, sender = state
        return wire.post_code(sender, code)

    def check(self, state, status):
        someone, code, sender = state
        app = AuthenticatorApp.objects.get(user=someone.user)
        recorded = agree(
            count_verifications(someone),
            count_events("mfa.verified", subject=someone.user),
            app.last_step > 0,
        )
        assert recorded or status != self.succeeds
        self.check_the_flow(sender, recorded)
        if recorded:
            assert wire.post_code(wire.by_basic(someone), code) == 400
            assert count_verifications(someone) == 1
        assert someone.budget() == (0, 0)
        assert fresh_code_works(sender, someone)

    def check_the_flow(self, sender, recorded):
        assert opens(sender) is recorded


class VerifyBySession(Verify):
    """Somebody with a session does; its key is renewed after the commit."""

    sender_of = staticmethod(wire.by_session)

    def check(self, state, status):
        someone, code, sender = state
        if "csrftoken" not in sender.cookies or sender.get("/api/mfa/status/").status_code == 403:
            # The session was renewed, and the answer with its new key never came: log in again.
            state = someone, code, wire.by_session(someone)
        super().check(state, status)

    def check_the_flow(self, sender, recorded):
        assert recorded or not opens(sender)


class VerifyByRecoveryCode:
    """Somebody sends a recovery code."""

    succeeds = 201

    def prepare(self):
        someone = wire.enrolled()
        return someone, someone.recovery_codes(), wire.by_token(someone)

    def perform(self, state):
        _, codes, sender = state
        return wire.post_code(sender, codes[0])

    def check(self, state, status):
        someone, codes, sender = state
        spent = RecoveryCode.objects.filter(batch__user=someone.user, used_at__isnull=False).count()
        recorded = agree(
            spent, count_verifications(someone), count_events("mfa.verified", subject=someone.user)
        )
        assert recorded or status != self.succeeds
        assert opens(sender) is recorded
        if recorded:
            assert wire.post_code(wire.by_basic(someone), codes[0]) == 400
        assert wire.post_code(sender, codes[1]) == 201
        assert opens(sender)


class GuessWrong:
    """Somebody sends a wrong code."""

    succeeds = 400

    def prepare(self):
        someone = wire.enrolled()
        return someone, someone.wrong_code(), wire.by_token(someone)

    def perform(self, state):
        _, code, sender = state
        return wire.post_code(sender, code)

    def check(self, state, status):
        someone, _, sender = state
        charged = agree(someone.budget() == (1, 1), count_events("mfa.failed", subject=someone.user) == 1)
        assert charged or someone.budget() == (0, 0)
        # Whoever was told that a code was wrong has paid for the answer.
        assert charged or status != self.succeeds
        assert not opens(sender)
        assert count_verifications(someone) == 0
        assert fresh_code_works(sender, someone)


class Confirm:
    """Somebody confirms their first device."""

    succeeds = 200

    def prepare(self):
        someone = wire.person()
        sender = wire.by_token(someone)
        begun = sender.post(wire.DEVICES, json={"name": "phone"}).json()
        someone.totp = pyotp.parse_uri(begun["otpauth_uri"])
        return someone, f"{wire.DEVICES}{begun['id']}/confirmation/", someone.code(), sender

    def perform(self, state):
        _, url, code, sender = state
        return sender.post(url, json={"code": code}).status_code

    def check(self, state, status):
        someone, url, code, sender = state
        codes = RecoveryCode.objects.filter(batch__user=someone.user).count()
        confirmed = agree(
            AuthenticatorApp.objects.get(user=someone.user).confirmed,
            count_verifications(someone),
            codes == 10,
            *[
                count_events(kind, subject=someone.user) == 1
                for kind in ("device.enrolled", "mfa.verified", "recovery_codes.generated")
            ],
        )
        assert confirmed or (codes == 0 and status != self.succeeds)
        assert opens(sender) is confirmed
        again = sender.post(url, json={"code": code}).status_code
        assert again == (404 if confirmed else 200)
        assert wire.post_code(wire.by_basic(someone), code) == 400
        assert fresh_code_works(sender, someone)


class VerifyBare:
    """django-otp's form asks our device inside a request transaction of its own.

    Where that transaction holds SQLite's only lock, the code is refused; there
    the form runs without one, as SECURITY.md says.
    """

    succeeds = 1

    def prepare(self):
        someone = wire.enrolled()
        return someone, someone.code(), wire.by_token(someone)

    def perform(self, state):
        someone, code, _ = state
        try:
            with nullcontext() if connection.vendor == "sqlite" else transaction.atomic():
                return int(AuthenticatorApp.objects.get(pk=someone.app.pk).verify_token(code))
        except DatabaseError:
            return 500

    def check(self, state, status):
        someone, code, sender = state
        accepted = agree(
            count_events("mfa.verified", subject=someone.user),
            AuthenticatorApp.objects.get(user=someone.user).last_step > 0,
        )
        assert accepted or status != self.succeeds
        assert count_verifications(someone) == 0
        assert not opens(sender)
        if accepted:
            assert wire.post_code(sender, code) == 400
        assert fresh_code_works(sender, someone)
