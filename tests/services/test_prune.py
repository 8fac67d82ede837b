"""What is old goes in batches; of the audit log only what is sealed, and a signed stone stays."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from drf_accessflow_mfa.models import (
    AuditCheckpoint,
    AuditEvent,
    AuthenticatorApp,
    PendingReset,
    Verification,
    WebhookDelivery,
)
from drf_accessflow_mfa.services.prune import CheckpointDamaged, prune
from tests import people
from tests import trail_acts as acts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("year")]

DAY = timedelta(days=1)
LONG_AGO = acts.NOON - 400 * DAY


def pruned(**options):
    return [(batch.what, batch.count) for batch in prune(**options)]


def verification(someone, *, age):
    return Verification.objects.create(
        user=someone.user, device="x-1", method="otp", acr="y", verified_at=people.NOON - age
    )


def test_old_verifications_go_and_others_stay():
    rita = people.enrolled("rita")
    kept = verification(rita, age=90 * DAY)
    for days in (91, 92, 93):
        verification(rita, age=days * DAY)

    assert pruned(batch=2) == [("verifications", 2), ("verifications", 1)]
    assert Verification.objects.get() == kept
    assert AuditEvent.objects.filter(kind="verifications.pruned").count() == 2


def test_enrollments_that_were_never_confirmed_go():
    rita = people.enrolled("rita")
    half = people.with_app(rita, confirmed=False).app
    assert pruned() == []
    AuthenticatorApp.objects.filter(pk=half.pk).update(created_at=people.NOON - timedelta(seconds=601))

    assert pruned() == [("authenticator apps", 1)]
    assert AuthenticatorApp.objects.get() == rita.app


def test_resets_that_nobody_confirmed_go():
    rita, ada = people.person("rita"), people.person("ada")
    long_ago = people.NOON - DAY
    PendingReset.objects.create(
        subject=rita.user, requested_by=ada.user, requested_at=long_ago, expires_at=long_ago
    )

    assert pruned() == [("pending resets", 1)]


def test_unfinished_things_go_in_batches_and_what_can_still_be_finished_stays():
    omar = people.person("omar")
    expires = {hours: people.NOON + timedelta(hours=hours) for hours in (-3, -2, -1, 0, 1)}
    for at in expires.values():
        PendingReset.objects.create(
            subject=people.person(f"user {at}").user,
            requested_by=omar.user,
            reason="lost",
            requested_at=LONG_AGO,
            expires_at=at,
        )

    assert pruned(batch=2) == [("pending resets", 2), ("pending resets", 1)]
    left = PendingReset.objects.order_by("expires_at").values_list("expires_at", flat=True)
    assert list(left) == [expires[0], expires[1]]


def test_deliveries_that_are_over_go_in_batches_and_those_that_are_due_stay(settings):
    settings.ACCESSFLOW_MFA_KEEP_WEBHOOK_DELIVERIES = 30 * DAY

    def delivery(*, days, due=None):
        return WebhookDelivery.objects.create(
            kind="mfa.verified",
            url="https://example.com/",
            payload={},
            created_at=people.NOON - days * DAY,
            next_attempt_at=due,
        )

    kept = {delivery(days=29).pk, delivery(days=30).pk, delivery(days=99, due=people.NOON).pk}
    for days in (31, 32, 33):
        delivery(days=days)

    assert pruned(batch=2) == [("webhook deliveries", 2), ("webhook deliveries", 1)]
    assert set(WebhookDelivery.objects.values_list("pk", flat=True)) == kept


def test_the_log_says_how_many_verifications_went_and_from_when():
    verification(people.enrolled("rita"), age=91 * DAY)

    list(prune())

    event = AuditEvent.objects.get(kind="verifications.pruned")
    before = (people.NOON - 90 * DAY).isoformat()
    assert event.changes == {"count": [None, 1], "before": [None, before]}


def test_what_is_damaged_is_named():
    with pytest.raises(CheckpointDamaged, match="Checkpoint 7 is damaged") as raised:
        raise CheckpointDamaged(7)
    assert raised.value.number == 7


def test_sealed_events_go_and_the_log_is_still_whole():
    acts.append(4, now=LONG_AGO)
    kept = acts.append(2)
    acts.seal_all(batch=4)

    assert pruned() == [("audit events", 4)]

    left = AuditEvent.objects.exclude(kind="audit.pruned").order_by("pk")
    assert list(left.values_list("pk", flat=True)) == kept
    stone = AuditCheckpoint.objects.get(number=1)
    assert (stone.event_count, bytes(stone.members)) == (4, b"")
    assert stone.is_tombstone_genuine()
    assert acts.check() == []


def test_what_is_not_sealed_stays():
    acts.append(4, now=LONG_AGO)

    assert pruned() == []


def test_a_checkpoint_goes_whole_or_not_at_all():
    acts.append(2, now=LONG_AGO)
    acts.append(1)
    acts.seal_all(batch=3)

    assert pruned() == []


def test_without_the_setting_no_event_goes(settings):
    settings.ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS = None
    acts.append(3, now=LONG_AGO)
    acts.seal_all()

    assert pruned() == []


def test_pruning_is_in_the_log():
    acts.append(3, now=LONG_AGO)
    acts.seal_all()

    pruned()

    assert AuditEvent.objects.get().changes == {"checkpoint": [None, 1], "count": [None, 3]}


def test_damage_is_not_pruned_away():
    acts.append(3, now=LONG_AGO)
    acts.seal_all()
    AuditCheckpoint.objects.update(event_count=2)

    with pytest.raises(CheckpointDamaged):
        pruned()
    with pytest.raises(CommandError, match="verify"):
        call_command("accessflow_mfa_prune")
    assert AuditEvent.objects.count() == 3
    assert AuditCheckpoint.objects.get().pruned_at is None


def test_events_cannot_be_hidden_as_pruned():
    ids = acts.append(3)
    acts.seal_all()
    AuditCheckpoint.objects.update(pruned_at=people.NOON, members=b"", tombstone="0" * 64)
    acts.delete(*ids)

    assert acts.check() != []


def test_sealing_goes_on_after_pruning():
    acts.append(3, now=LONG_AGO)
    acts.seal_all()
    pruned()

    assert acts.seal_all() == [2]
    assert acts.check() == []


def test_the_command_tells_what_it_did(capsys):
    acts.append(3, now=LONG_AGO)
    acts.seal_all()

    call_command("accessflow_mfa_prune")
    call_command("accessflow_mfa_prune")

    assert capsys.readouterr().out == "3 audit events deleted\nNothing is old enough.\n"
