"""What each answer costs the database, counted: it never grows with the rows."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated

from drf_accessflow_mfa.models import AccessFlow, AuditEvent, Verification
from tests.people import API, BY, by_token, flow, may, post_code, verified

pytestmark = pytest.mark.django_db
NO_WORK = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
AUTHENTICATION = ("django_session", "authtoken_token", '"auth_user"')


def statements(call, *, without=()):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = call()
    assert answer.status_code < 300, answer.content
    found = [query["sql"] for query in captured.captured_queries]
    return [
        sql for sql in found if not sql.startswith(NO_WORK) and not any(table in sql for table in without)
    ]


def with_flows(count):
    AccessFlow.objects.bulk_create(
        AccessFlow(slug=f"flow-{number}", name="x", require_mfa=True) for number in range(count)
    )


def with_history(someone, count):
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            occurred_at=now - timedelta(seconds=number),
            kind="mfa.verified",
            outcome="success",
            source="api",
            subject=someone.user,
            actor=someone.user,
        )
        for number in range(count)
    )
    Verification.objects.bulk_create(
        Verification(
            user=someone.user,
            credential="token",
            binding=f"{number:064}",
            password_stamp=someone.caller().password_stamp,
            device=someone.device,
            method="otp",
            acr="https://refeds.org/profile/mfa",
            verified_at=now - timedelta(seconds=number),
        )
        for number in range(count)
    )


@pytest.mark.parametrize("kind", BY)
@pytest.mark.parametrize("flow_count", [10, 1000])
@pytest.mark.parametrize("names", [["flow-1"], ["flow-1", "flow-2", "flow-3"]], ids=["one flow", "three"])
def test_the_guard_is_exactly_one_statement(serve, rita, kind, flow_count, names):
    with_flows(flow_count)
    client = BY[kind](rita)
    verified(client, rita)
    plain = statements(lambda: client.get(serve(permission_classes=[IsAuthenticated])))

    guarded = statements(lambda: client.get(serve(access_flow=names)))

    assert len(guarded) - len(plain) == 1


def test_the_guard_is_one_statement_for_a_user_with_a_long_history(serve, rita, refunds):
    client = by_token(rita)
    verified(client, rita)
    url = serve(access_flow="refunds")
    short = statements(lambda: client.get(url))

    with_history(rita, 200)

    assert len(statements(lambda: client.get(url))) == len(short)


def test_a_flow_that_asks_for_nothing_costs_one_statement_too(serve, rita):
    flow("open", require_mfa=False)
    client = by_token(rita)
    plain = statements(lambda: client.get(serve(permission_classes=[IsAuthenticated])))

    assert len(statements(lambda: client.get(serve(access_flow="open")))) - len(plain) == 1


@pytest.mark.parametrize("kind", BY)
@pytest.mark.parametrize("names_device", [False, True])
@pytest.mark.parametrize("is_first", [False, True])
def test_a_verification_is_at_most_eight_statements(rita, kind, names_device, is_first, clock):
    client = BY[kind](rita)
    if not is_first:
        verified(client, rita)
        clock.shift(30)
    fields = {"device": rita.device} if names_device else {}

    done = statements(lambda: post_code(client, rita.code(), **fields), without=AUTHENTICATION)

    assert len(done) <= 8, "\n".join(done)


@pytest.mark.parametrize(
    "path", ["status/", "devices/", "verifications/", "recovery-codes/", "flows/", "audit-events/"]
)
def test_a_list_costs_the_same_whatever_its_length(rita, path):
    may(rita, "view_auditevent", "view_accessflow")
    client = by_token(rita)
    verified(client, rita)
    flow("a")
    few = statements(lambda: client.get(API + path))

    with_flows(120)
    with_history(rita, 120)
    from tests.people import with_app

    for number in range(5):
        with_app(rita, name=str(number))
    many = statements(lambda: client.get(API + path))

    assert len(many) == len(few) <= 12


def test_ones_own_events_cost_the_same_whatever_there_is(rita):
    client = by_token(rita)
    few = statements(lambda: client.get(API + "audit-events/"))

    with_history(rita, 120)
    many = statements(lambda: client.get(API + "audit-events/"))
    deep = client.get(API + "audit-events/").json()["next"]

    assert len(many) == len(few) == len(statements(lambda: client.get(deep)))
    assert len([sql for sql in many if "auditevent" in sql and "FROM" in sql]) == 2


def test_no_list_counts_or_skips_rows(rita):
    client = by_token(rita)
    with_flows(120)
    with_history(rita, 120)
    for path in ("flows/", "audit-events/"):
        url = API + path
        for _ in range(2):
            found = statements(lambda url=url: client.get(url))
            assert not [sql for sql in found if "COUNT(" in sql or "OFFSET" in sql]
            url = client.get(url).json()["next"]


def test_a_requirement_costs_the_same_whatever_there_is(rita):
    with_flows(10)
    client = by_token(rita)
    few = statements(lambda: client.get(API + "flows/flow-1/requirement/"))
    AccessFlow.objects.all().delete()
    with_flows(1000)
    with_history(rita, 100)

    assert len(statements(lambda: client.get(API + "flows/flow-1/requirement/"))) == len(few)


VERIFYING = [
    "UPDATE attemptbudget",
    "SELECT authenticatorapp",
    "UPDATE authenticatorapp",
    "INSERT verification",
    "INSERT auditevent",
]


@pytest.mark.parametrize(("kind", "further"), [("token", []), ("session", ["INSERT django_session"])])
def test_verifying_is_five_statements_and_one_for_a_sessions_new_key(rita, kind, further, clock):
    client = BY[kind](rita)
    verified(client, rita)
    clock.shift(30)

    assert _verifying(client, rita) == [*VERIFYING, *further]


def test_who_had_sent_a_wrong_code_costs_one_statement_more(rita):
    client = by_token(rita)
    post_code(client, rita.wrong_code())

    assert _verifying(client, rita) == [*VERIFYING[:3], "UPDATE attemptbudget", *VERIFYING[3:]]


def _verifying(client, someone):
    found = statements(lambda: post_code(client, someone.code()))
    done = [f"{sql.split()[0]} {_table_of(sql)}" for sql in found]
    return [act for act in done if act not in READING_WHO_ASKS]


READING_WHO_ASKS = {"SELECT django_session", "SELECT auth_user", "SELECT authtoken_token"}


def _table_of(sql):
    return re.search(r'(?:FROM|INTO|UPDATE) "(?:drf_accessflow_mfa_)?(\w+)"', sql).group(1)
