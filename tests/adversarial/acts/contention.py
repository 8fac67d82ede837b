"""Others who are in the way: they hold locks, or form a deadlock with us. Called in an insider's process."""

import secrets
import threading
import time
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from drf_accessflow_mfa.domain.errors import AccessFlowMFAError
from drf_accessflow_mfa.models import (
    AccessFlow,
    AccessRequest,
    AttemptBudget,
    AuditEvent,
    AuthenticatorApp,
    GuardedRoute,
    Verification,
)
from drf_accessflow_mfa.services.flows import Editor, change_flow, create_flow, delete_flow
from drf_accessflow_mfa.services.routes import bind_route, unbind_route
from drf_accessflow_mfa.services.verify import verify
from tests import people

EDITOR = Editor(caller=None, origin=people.ORIGIN)

BYSTANDERS = 200
"""Rows that the other one has changed: whoever has done less is made to give way."""


def enrolled():
    """Somebody whose attempt budget has a row already."""
    someone = people.enrolled(f"contended-{secrets.token_hex(6)}")
    AttemptBudget.objects.create(user=someone.user)
    return someone


def outcome_in_a_deadlock():
    """Verify while the other one holds our device and asks for our budget, which we hold.

    Returns what came of it, and how often we have begun.
    """
    someone = enrolled()
    holds, answers = threading.Event(), []
    ours = threading.Thread(target=_verify_when, args=(holds, someone, answers))
    ours.start()
    try:
        with transaction.atomic():
            User.objects.bulk_create(User(username=secrets.token_hex(8)) for _ in range(BYSTANDERS))
            AuthenticatorApp.objects.filter(pk=someone.app.pk).update(name="held")
            holds.set()
            while not _is_waited_for(someone):
                time.sleep(0.01)
            AttemptBudget.objects.filter(pk=someone.user.pk).update(codes_in_a_row=F("codes_in_a_row"))
            transaction.set_rollback(True)
    except OperationalError:
        pass  # the other one was made to give way
    ours.join(60)
    return [*answers[0], Verification.objects.filter(user=someone.user).count()]


def _verify_when(ready, someone, answers):
    ready.wait(60)
    begun = []

    def count_guesses(execute, sql, params, many, context):
        if AttemptBudget._meta.db_table in sql and sql.endswith("FOR UPDATE"):
            begun.append(sql)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(count_guesses):
            outcome = verify(someone.caller(), someone.code(), origin=people.ORIGIN)
        answers.append([type(outcome).__name__, len(begun)])
    except Exception as error:
        answers.append([repr(error), len(begun)])
    finally:
        connections.close_all()


def _is_waited_for(someone):
    """Whether somebody has locked the budget and waits: asked over a connection that waits for nobody."""
    other = connection.copy()
    try:
        skip = "SELECT user_id FROM {} WHERE user_id = %s FOR UPDATE SKIP LOCKED"
        with other.cursor() as cursor:
            cursor.execute(skip.format(AttemptBudget._meta.db_table), [someone.user.pk])
            return cursor.fetchone() is None
    finally:
        other.close()


def outcome_behind_a_lock(seconds, patience_seconds):
    """Verify while another one holds the lock for so long; our connection waits only so long each time.

    Returns what came of it, and what it left: verifications, wrong codes, and whether the code is unspent.
    """
    someone = enrolled()
    code = someone.code()
    outcome = _outcome_while_held(
        lambda: type(verify(someone.caller(), code, origin=people.ORIGIN)).__name__,
        lambda: AttemptBudget.objects.filter(pk=someone.user.pk).update(codes_in_a_row=F("codes_in_a_row")),
        seconds,
        patience_seconds,
    )
    app = AuthenticatorApp.objects.get(pk=someone.app.pk)
    return [
        outcome,
        Verification.objects.filter(user=someone.user).count(),
        *someone.budget(),
        app.last_step < 0,
    ]


def _be_impatient(seconds):
    settings = {
        "sqlite": f"PRAGMA busy_timeout = {int(seconds * 1000)}",
        "mysql": f"SET SESSION innodb_lock_wait_timeout = {max(1, int(seconds))}",
        "postgresql": f"SET lock_timeout = '{int(seconds * 1000)}ms'",
    }
    with connection.cursor() as cursor:
        cursor.execute(settings[connection.vendor])


def _outcome_while_held(act, take, seconds, patience_seconds):
    """Act while another one holds what it has taken for so long, and then undoes it."""
    _be_impatient(patience_seconds)
    held, over = threading.Event(), threading.Event()
    other = threading.Thread(target=_hold, args=(take, held, over, seconds))
    other.start()
    held.wait(60)
    try:
        return act()
    except DatabaseError as error:
        return type(error).__name__
    finally:
        over.set()
        other.join(60)
        connections.close_all()


def _hold(take, held, over, seconds):
    try:
        with transaction.atomic():
            take()
            held.set()
            over.wait(seconds)
            transaction.set_rollback(True)
    finally:
        connections.close_all()


POLICY_ACTS = {
    "create": lambda slug: create_flow({"slug": slug, "name": slug}, editor=EDITOR),
    "change": lambda slug: change_flow(slug, {"require_mfa": True}, editor=EDITOR),
    "delete": lambda slug: delete_flow(slug, editor=EDITOR),
    "bind": lambda slug: bind_route(slug, f"{slug}/", editor=EDITOR),
    "unbind": lambda slug: unbind_route(slug, f"{slug}/", editor=EDITOR),
}


def policy_behind_a_lock(name, seconds, patience_seconds):
    """Do this to a flow while another one holds it, or its slug, for so long.

    Returns what came of it, and the kinds of the flow's events.
    """
    slug = f"contended-{secrets.token_hex(6)}"
    if name != "create":
        flow = people.flow(slug, require_mfa=False)
    if name == "unbind":
        GuardedRoute.objects.create(flow=flow, route=f"{slug}/")
    outcome = _outcome_while_held(
        lambda: [POLICY_ACTS[name](slug), "done"][1],
        lambda: (
            people.flow(slug) if name == "create" else AccessFlow.objects.filter(slug=slug).update(slug=slug)
        ),
        seconds,
        patience_seconds,
    )
    return [outcome, list(AuditEvent.objects.filter(flow=slug).values_list("kind", flat=True))]


def deletion_beside_a_new_request():
    """Delete a flow under which somebody opens a request after the deletion has looked for requests."""
    slug = f"contended-{secrets.token_hex(6)}"
    flow, someone = people.flow(slug, require_mfa=False), enrolled()
    opened = []

    def open_before_the_flow_goes(execute, sql, params, many, context):
        if sql.startswith("DELETE") and f'"{AccessFlow._meta.db_table}"' in sql and not opened:
            other = threading.Thread(target=_open, args=(flow, someone, opened))
            other.start()
            other.join(60)
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(open_before_the_flow_goes):
            delete_flow(slug, editor=EDITOR)
    except (DatabaseError, AccessFlowMFAError) as error:
        return [type(error).__name__, *opened]
    return ["deleted", *opened]


def _open(flow, someone, opened):
    now = timezone.now()
    length = timedelta(hours=1)
    try:
        AccessRequest.objects.create(
            flow=flow, requester=someone.user, duration=length, created_at=now, expires_at=now + length
        )
        opened.append("opened")
    except DatabaseError as error:
        opened.append(repr(error))
    finally:
        connections.close_all()
