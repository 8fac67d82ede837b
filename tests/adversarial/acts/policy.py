"""Policy and requests: flows flagged, loosened, deleted; requests decided and revoked; guards asked."""

from drf_accessflow_mfa.models import AccessDecision, AccessFlow, AccessRequest, AuditEvent
from tests import asking, people
from tests.adversarial.acts import wire
from tests.adversarial.acts.wire import agree, count_events, count_verifications, opens


def editor():
    """An administrator who has verified."""
    names = ("add_accessflow", "change_accessflow", "delete_accessflow")
    return wire.verified(people.may(wire.enrolled("ada"), *names))


class ChangeFlow:
    """An administrator changes *Require MFA* of a flow; whoever has not verified asks for it."""

    succeeds = 200
    flagged = True
    """What it is changed to."""

    def prepare(self):
        flow = people.flow(wire.unique("flow"), require_mfa=not self.flagged)
        return flow.slug, editor(), wire.by_token(wire.enrolled())

    def perform(self, state):
        slug, admin, _ = state
        return admin.patch(f"{wire.FLOWS}{slug}/", json={"require_mfa": self.flagged}).status_code

    def check(self, state, status):
        slug, _, sender = state
        changed = agree(
            AccessFlow.objects.get(slug=slug).require_mfa is self.flagged,
            count_events("flow.changed", flow=slug) == 1,
        )
        assert changed or status != self.succeeds
        is_flagged = changed is self.flagged
        assert opens(sender, f"/api/vault/{slug}/") is not is_flagged
        assert self.perform(state) == 200
        assert opens(sender, f"/api/vault/{slug}/") is not self.flagged
        [event] = AuditEvent.objects.filter(kind="flow.changed", flow=slug)
        assert event.changes == {"require_mfa": [not self.flagged, self.flagged]}


class LoosenFlow(ChangeFlow):
    """An administrator takes the flag away."""

    flagged = False


class CreateFlow:
    """An administrator creates a flagged flow."""

    succeeds = 201

    def prepare(self):
        return wire.unique("flow"), editor(), wire.by_token(wire.enrolled())

    def perform(self, state):
        slug, admin, _ = state
        fields = {"slug": slug, "name": "New", "require_mfa": True}
        return admin.post(wire.FLOWS, json=fields).status_code

    def check(self, state, status):
        slug, _, sender = state
        created = agree(
            AccessFlow.objects.filter(slug=slug).exists(), count_events("flow.created", flow=slug) == 1
        )
        assert created or status != self.succeeds
        assert not opens(sender, f"/api/vault/{slug}/")
        again = self.perform(state)
        assert again == (400 if created else 201), (again, created, status)


class DeleteFlow:
    """An administrator deletes a flagged flow: its views stay shut."""

    succeeds = 204

    def prepare(self):
        flow = people.flow(wire.unique("flow"))
        return flow.slug, editor(), wire.by_token(wire.enrolled())

    def perform(self, state):
        slug, admin, _ = state
        return admin.delete(f"{wire.FLOWS}{slug}/").status_code

    def check(self, state, status):
        slug, _, sender = state
        deleted = agree(
            not AccessFlow.objects.filter(slug=slug).exists(), count_events("flow.deleted", flow=slug) == 1
        )
        assert deleted or status != self.succeeds
        assert not opens(sender, f"/api/vault/{slug}/")
        assert self.perform(state) == (404 if deleted else 204)
        assert not opens(sender, f"/api/vault/{slug}/")


class AskAtTheGuard:
    """Somebody who has not verified asks at a flagged flow, in a request transaction."""

    succeeds = 401

    def prepare(self):
        someone = wire.enrolled()
        return someone, wire.by_token(someone)

    def perform(self, state):
        return state[1].get(wire.VAULT).status_code

    def check(self, state, status):
        someone, sender = state
        assert status in {None, 401, 500}
        assert not opens(sender)
        assert count_verifications(someone) == 0
        assert wire.fresh_code_works(sender, someone)


class Decide:
    """An approver who has verified approves an access request."""

    succeeds = 200
    body = {"decision": "approve"}

    def prepare(self):
        slug = wire.unique("flow")
        asking.export(slug, require_mfa_to_approve=True)
        approver = asking.join(wire.enrolled("omar"), "approvers")
        row = asking.ask(asking.join(wire.enrolled(), "requesters"), slug)
        return row, approver, self.sender_of(approver), dict(self.body)

    def sender_of(self, approver):
        return wire.verified(approver)

    def perform(self, state):
        row, _, sender, body = state
        return sender.post(f"{wire.REQUESTS}{row.pk}/decision/", json=body).status_code

    def check(self, state, status):
        row = state[0]
        decided = agree(
            AccessDecision.objects.filter(request=row).count() == 1,
            asking.status_of(row) == "active",
            count_events("request.approved", request=row.pk) == 1,
        )
        assert decided or status != self.succeeds
        assert decided or AccessRequest.objects.get(pk=row.pk).starts_at is None
        self.check_again(state, decided)
        assert asking.status_of(row) == "active"

    def check_again(self, state, decided):
        assert self.perform(state) == (409 if decided else 200)


class DecideWithACode(Decide):
    """An approver sends the code along with the decision: two transactions in a row."""

    def sender_of(self, approver):
        self.body = {"decision": "approve", "mfa": {"code": approver.code()}}
        return wire.by_token(approver)

    def check_again(self, state, decided):
        row, approver, sender, body = state
        verified = agree(count_verifications(approver), count_events("mfa.verified", subject=approver.user))
        assert verified or not decided
        if verified:
            # The code is spent for good; the proof that it gave is not.
            assert wire.post_code(wire.by_basic(approver), body["mfa"]["code"]) == 400
            body = {"decision": "approve"}
        assert self.perform((row, approver, sender, body)) == (409 if decided else 200)


class RevokeAccess:
    """An approver revokes access that is active."""

    succeeds = 200

    def prepare(self):
        slug = wire.unique("flow")
        asking.export(slug)
        approver = asking.join(wire.enrolled("omar"), "approvers")
        row = asking.ask(asking.join(wire.enrolled(), "requesters"), slug)
        asking.decide(approver, row)
        return row, wire.by_token(approver)

    def perform(self, state):
        row, sender = state
        return sender.post(f"{wire.REQUESTS}{row.pk}/revocation/", json={"reason": "over"}).status_code

    def check(self, state, status):
        row, _ = state
        revoked = agree(
            asking.status_of(row) == "revoked", count_events("request.revoked", request=row.pk) == 1
        )
        assert revoked or (asking.status_of(row) == "active" and status != self.succeeds)
        assert self.perform(state) == (409 if revoked else 200)
        assert asking.status_of(row) == "revoked"
