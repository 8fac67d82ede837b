"""Acts on access requests in processes of their own, with a handler whose resource is a folder of files."""

import sys
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.events import Origin
from drf_accessflow_mfa.models import AccessFlow, AccessRequest, AuditEvent
from drf_accessflow_mfa.services import requests
from tests.asking import export, join, revoke
from tests.people import Person

EACH = 30
HANDLING_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 60
MINUTE = timedelta(minutes=1)


class Files:
    """Notes each call; the file of a request is there while its access is granted."""

    def __init__(self, folder, *, waits=False):
        self.folder, self.waits = Path(folder), waits

    def grant(self, request):
        self._note("grant", request)
        if self.waits:
            wait_for(self.folder / "go on")
        time.sleep(HANDLING_SECONDS)
        self._file_of(request).touch()

    def withdraw(self, request):
        self._note("withdraw", request)
        self._file_of(request).unlink(missing_ok=True)

    def _note(self, act, request):
        with (self.folder / "calls").open("a") as calls:
            calls.write(f"{act} {request.pk}\n")

    def _file_of(self, request):
        return self.folder / str(request.pk)


def wait_for(path):
    """Wait until another process has made a file."""
    stop_at = time.monotonic() + LONGEST_WAIT_SECONDS
    while not path.exists():
        if time.monotonic() > stop_at:
            raise TimeoutError(path)
        time.sleep(0.01)


def prepare():
    """Store requests that are ended, as many that nobody decided in time, and as many to be granted."""
    flow, user, now = export(), User.objects.create_user("rita"), timezone.now()
    old = {"created_at": now - 9 * MINUTE, "expires_at": now - 5 * MINUTE}
    times = {"starts_at": now - 9 * MINUTE, "ends_at": now - MINUTE, "decided": "approved"}
    return [_store(flow, user, **old, **times), _store(flow, user, **old), _store(flow, user, **_due())]


def close():
    """Close what is over, as soon as told to, and return how many were closed."""
    _wait_for_the_others()
    return requests.close_requests(origin=Origin())


def retry(folder):
    """Do what handlers have to do, as soon as told to, and return for how many this was done."""
    _use(Files(folder))
    _wait_for_the_others()
    return sum(is_settled for _, is_settled in requests.retry_grants(origin=Origin()))


def grant_slowly(folder, username):
    """Grant a new request by a handler that waits for another process."""
    _use(Files(folder, waits=True))
    flow, user = AccessFlow.objects.get(), User.objects.create_user(username)
    [request_id] = _store(flow, user, count=1, **_due())
    return requests.settle_grant(request_id)


def revoke_by_an_approver(folder, request_id):
    """Revoke a request."""
    _use(Files(folder))
    omar = join(Person(user=User.objects.create_user("omar")), "approvers")
    revoke(omar, AccessRequest.objects.get(pk=request_id))


def delete_its_user(folder, request_id):
    """Delete who made a request."""
    _use(Files(folder))
    AccessRequest.objects.get(pk=request_id).requester.delete()


def events_of(ids):
    """Return the kinds of the events of each request, oldest first."""
    found = {request_id: [] for request_id in ids}
    for event in AuditEvent.objects.filter(request__in=ids).order_by("id"):
        found[str(event.request)].append(event.kind)
    return found


def _due():
    now = timezone.now()
    times = {"created_at": now, "expires_at": now + MINUTE, "starts_at": now, "ends_at": now + 60 * MINUTE}
    return {**times, "decided": "approved", "grant_state": "due"}


def _store(flow, user, *, count=EACH, **columns):
    rows = [AccessRequest(flow=flow, requester=user, duration=60 * MINUTE, **columns) for _ in range(count)]
    return [str(row.pk) for row in AccessRequest.objects.bulk_create(rows)]


def _use(handler):
    settings.ACCESSFLOW_MFA_GRANT_HANDLERS = {"export": handler}
    mfa_settings.forget()


def _wait_for_the_others():
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
