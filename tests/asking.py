"""People who request access, people who decide, and flows for them."""

from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.utils import timezone

from drf_accessflow_mfa.domain.lifecycle import status_at
from drf_accessflow_mfa.models import AccessRequest, AuditEvent, Decision
from drf_accessflow_mfa.services import requests
from tests import people
from tests.people import ORIGIN

HOUR = timedelta(hours=1)
APPROVE, REJECT = Decision.APPROVE, Decision.REJECT


def join(someone, *names):
    """Put a person into groups."""
    for name in names:
        someone.user.groups.add(Group.objects.get_or_create(name=name)[0])
    someone.user = User.objects.get(pk=someone.user.pk)
    return someone


def leave(someone, *names):
    """Take a person out of groups."""
    someone.user.groups.remove(*Group.objects.filter(name__in=names))


def requester(username="rita"):
    """An enrolled user who may request access."""
    return join(people.enrolled(username), "requesters")


def approver(username="omar"):
    """An enrolled user who decides."""
    return join(people.enrolled(username), "approvers")


def export(slug="export", **fields):
    """A flow for requests: one approval, no MFA unless told, its two groups named."""
    made = people.flow(slug, **{"require_mfa": False, "max_duration": HOUR, **fields})
    made.requesters.set([Group.objects.get_or_create(name="requesters")[0]])
    made.approvers.set([Group.objects.get_or_create(name="approvers")[0]])
    return made


def ask(someone, flow="export", **fields):
    """Open a request."""
    return requests.open_request(someone.caller(), flow, origin=ORIGIN, **fields)


def decide(someone, request, decision=APPROVE, **fields):
    """Decide about a request."""
    return requests.decide_request(someone.caller(), request.pk, decision, origin=ORIGIN, **fields)


def extend(someone, request, **fields):
    """Extend the access of a request."""
    return requests.extend_request(someone.caller(), request.pk, origin=ORIGIN, **fields)


def cancel(someone, request):
    """Take a request back."""
    return requests.cancel_request(someone.caller(), request.pk, origin=ORIGIN)


def revoke(someone, request, **fields):
    """Revoke the access of a request."""
    return requests.revoke_request(someone.caller(), request.pk, origin=ORIGIN, **fields)


def status_of(request):
    """Where a request stands now, from its row as it is stored."""
    return status_at(AccessRequest.objects.get(pk=request.pk).timeline, now=timezone.now()).value


def kinds_of(request):
    """The kinds of events about a request, oldest first."""
    events = AuditEvent.objects.filter(request=request.pk).order_by("id")
    return [event.kind.removeprefix("request.") for event in events]
