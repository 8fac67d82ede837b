"""Factors: removed, replaced, forgotten, reset."""

from drf_accessflow_mfa.models import AuthenticatorApp, RecoveryCode, RecoveryCodes, Verification
from tests import people
from tests.adversarial.acts import wire
from tests.adversarial.acts.wire import agree, count_events, count_verifications, fresh_code_works, opens

RESET = "/api/mfa/users/{}/reset/"


class BeginEnrollment:
    """Somebody begins an enrollment."""

    succeeds = 201

    def prepare(self):
        someone = wire.person()
        return someone, wire.by_token(someone)

    def perform(self, state):
        return state[1].post(wire.DEVICES, json={"name": "phone"}).status_code

    def check(self, state, status):
        someone, sender = state
        begun = agree(
            AuthenticatorApp.objects.filter(user=someone.user).count() == 1,
            count_events("enrollment.begun", subject=someone.user) == 1,
        )
        assert begun or status != self.succeeds
        assert not opens(sender)
        assert self.perform(state) == 201
        assert [device["confirmed"] for device in sender.get(wire.DEVICES).json()] == [False]


class RemoveDevice:
    """Somebody removes their last device; the recovery codes go with it."""

    succeeds = 204

    def prepare(self):
        someone = wire.enrolled()
        someone.recovery_codes()
        return someone, wire.verified(someone)

    def perform(self, state):
        someone, sender = state
        return sender.delete(f"{wire.DEVICES}{someone.device}/").status_code

    def check(self, state, status):
        someone, sender = state
        removed = agree(
            not AuthenticatorApp.objects.filter(user=someone.user).exists(),
            not RecoveryCodes.objects.filter(user=someone.user).exists(),
            not count_verifications(someone, revoked_at__isnull=True),
            count_events("device.removed", subject=someone.user) == 2,
        )
        assert removed or count_events("device.removed", subject=someone.user) == 0
        assert removed or status != self.succeeds
        assert opens(sender) is not removed
        assert self.perform(state) == (404 if removed else 204)
        assert sender.get(wire.VAULT).json()["code"] == "mfa_enrollment_required"


class ReplaceRecoveryCodes:
    """Somebody replaces their recovery codes."""

    succeeds = 201

    def prepare(self):
        someone = wire.enrolled()
        return someone, someone.recovery_codes(), wire.verified(someone)

    def perform(self, state):
        return state[2].post(wire.RECOVERY_CODES).status_code

    def check(self, state, status):
        someone, old_codes, sender = state
        assert RecoveryCode.objects.filter(batch__user=someone.user).count() == 10
        replaced = count_events("recovery_codes.generated", subject=someone.user) == 1
        assert replaced or status != self.succeeds
        assert wire.post_code(sender, old_codes[0]) == (400 if replaced else 201)
        codes = sender.post(wire.RECOVERY_CODES).json()["codes"]
        assert wire.post_code(sender, old_codes[1]) == 400
        assert wire.post_code(sender, codes[0]) == 201


class ForgetVerifications:
    """Somebody forgets what they verified."""

    succeeds = 204

    def prepare(self):
        someone = wire.enrolled()
        return someone, wire.verified(someone)

    def perform(self, state):
        return state[1].delete(wire.VERIFICATIONS).status_code

    def check(self, state, status):
        someone, sender = state
        forgotten = agree(
            count_verifications(someone, revoked_at__isnull=False),
            count_events("verification.revoked", subject=someone.user),
        )
        assert forgotten or status != self.succeeds
        assert opens(sender) is not forgotten
        assert self.perform(state) == 204
        assert not opens(sender)
        assert fresh_code_works(sender, someone)


class Reset:
    """An administrator resets somebody's second factor."""

    succeeds = 200

    def prepare(self):
        admin = wire.verified(people.may(wire.enrolled("ada"), "reset_mfa"))
        someone = wire.enrolled()
        someone.recovery_codes()
        return someone, wire.verified(someone), admin

    def perform(self, state):
        someone, _, admin = state
        return admin.post(RESET.format(someone.user.pk), json={"reason": "lost"}).status_code

    def check(self, state, status):
        someone, sender, _ = state
        live = Verification.objects.filter(user=someone.user, revoked_at__isnull=True)
        done = agree(
            not AuthenticatorApp.objects.filter(user=someone.user).exists(),
            not RecoveryCodes.objects.filter(user=someone.user).exists(),
            not live.exists(),
            count_events("mfa.reset", subject=someone.user) == 1,
            count_events("device.removed", subject=someone.user) == 2,
        )
        assert done or count_events("device.removed", subject=someone.user) == 0
        assert done or status != self.succeeds
        assert opens(sender) is not done
        assert self.perform(state) == 200
        assert not opens(sender)
        assert sender.get(wire.VAULT).json()["code"] == "mfa_enrollment_required"
