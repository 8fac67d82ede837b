"""Changes of policy among other changes: in somebody's transaction, and with groups that go meanwhile."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessFlow, AuditEvent
from drf_accessflow_mfa.services.flows import Editor, change_flow, create_flow
from tests.people import flow

COMMAND = Editor(caller=None, origin=Origin())


@pytest.fixture
def gone(db):
    """A group that was deleted after somebody has read it."""
    group = Group.objects.create(name="leads")
    Group.objects.filter(pk=group.pk).delete()
    return group


@pytest.mark.django_db(transaction=True)
def test_a_flow_that_is_created_in_somebodys_transaction_goes_with_it():
    with transaction.atomic():
        create_flow({"slug": "refunds", "name": "Refunds"}, editor=COMMAND)
        transaction.set_rollback(True)

    assert not AccessFlow.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_flow_with_a_group_that_went_meanwhile_is_refused_by_name(gone):
    with pytest.raises(ValidationError, match="There is no group 'leads'"):
        create_flow({"slug": "refunds", "name": "Refunds", "requesters": [gone]}, editor=COMMAND)

    assert not AccessFlow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_group_that_went_meanwhile_is_no_group_of_a_changed_flow(gone):
    flow("refunds", require_mfa=False)

    with pytest.raises(ValidationError) as refusal:
        change_flow("refunds", {"approvers": [gone], "require_mfa": True}, editor=COMMAND)

    assert refusal.value.message_dict == {"approvers": ["There is no group 'leads'."]}
    assert AccessFlow.objects.get().require_mfa is False
