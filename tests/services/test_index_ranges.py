"""How the database finds what is asked for: by one range of one index, whatever there is.

``EXPLAIN QUERY PLAN`` of SQLite names the index and the columns that it is
entered by; a scan and a sort of its own have names too.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from drf_accessflow_mfa.models import AuditEvent
from drf_accessflow_mfa.services import seal
from drf_accessflow_mfa.services.audit_log import own_events
from drf_accessflow_mfa.services.prune import prune
from tests import trail_acts
from tests.asking import export, requester
from tests.people import API, by_session, by_token, person

pytestmark = pytest.mark.django_db
SORT = "USE TEMP B-TREE FOR ORDER BY"
EVENTS = API + "audit-events/"
INDEX_OF = {
    "kind=mfa.failed": "accessflow_audit_kind (kind=?",
    "outcome=failure": "accessflow_audit_outcome (outcome=?",
    "flow=refunds": "accessflow_audit_flow (flow=?",
    "subject=rita": "accessflow_audit_subject (subject_id=?",
    "actor=rita": "accessflow_audit_actor (actor_id=?",
}


def plans_of(call, table):
    """The plans of the statements that a call makes, which read a table."""
    with CaptureQueriesContext(connection) as captured:
        call()
    sent = [query["sql"] for query in captured.captured_queries]
    return [
        _plan(sql) for sql in sent if sql.startswith("SELECT") and f'FROM "drf_accessflow_mfa_{table}"' in sql
    ]


def _plan(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(detail for *_, detail in cursor.fetchall())


def events_of(someone, count=5):
    now = timezone.now()
    for number in range(count):
        AuditEvent.objects.create(
            occurred_at=now - timedelta(seconds=number),
            kind="mfa.failed",
            outcome="failure",
            source="api",
            flow="refunds",
            subject=someone.user,
            actor=someone.user,
        )


@pytest.fixture
def nobody_enrolled():
    """The client of a user without a device."""
    return by_token(person("nina"))


@pytest.mark.parametrize("wanted", INDEX_OF)
def test_a_filter_of_the_audit_log_has_an_index_at_any_page(ada, rita, wanted):
    events_of(rita)
    client = by_token(ada)
    first = f"{EVENTS}?page_size=2&{wanted}"
    deep = client.get(first).json()["next"]

    (plan,) = plans_of(lambda: client.get(first), "auditevent")
    (deep_plan,) = plans_of(lambda: client.get(deep), "auditevent")

    assert INDEX_OF[wanted] in plan
    assert f"{INDEX_OF[wanted]} AND occurred_at<?)" in deep_plan
    assert SORT not in plan + deep_plan


@pytest.mark.parametrize("way", ["next", "previous"])
def test_a_page_of_all_events_begins_where_the_one_before_ended(ada, rita, way):
    events_of(rita)
    client = by_token(ada)
    second = client.get(client.get(f"{EVENTS}?page_size=2").json()["next"]).json()

    (plan,) = plans_of(lambda: client.get(second[way]), "auditevent")

    entered_by = {"next": "(occurred_at<?)", "previous": "(occurred_at>?)"}[way]
    assert f"accessflow_audit_time {entered_by}" in plan
    assert SORT not in plan


OWN_RANGES = ["accessflow_audit_subject (subject_id=?", "accessflow_audit_actor (actor_id=?"]
"""What a user has done has an index beside that of what was done about them."""


def test_a_page_of_ones_own_log_begins_where_the_one_before_ended(rita):
    events_of(rita)
    newest = AuditEvent.objects.latest("occurred_at")
    client, before = by_session(rita), f"{newest.occurred_at.isoformat()}~{newest.pk}"

    plans = plans_of(lambda: client.get("/account/security/log/", {"before": before}), "auditevent")

    for entered, plan in zip(OWN_RANGES, plans, strict=True):
        assert f"{entered} AND occurred_at<?)" in plan
    assert SORT not in "".join(plans)


@pytest.mark.parametrize(("way", "beyond"), [("next", "<"), ("previous", ">")])
def test_a_page_of_ones_own_events_is_two_ranges_at_any_depth(rita, way, beyond):
    events_of(rita, count=9)
    client = by_token(rita)
    first_plans = plans_of(lambda: client.get(f"{EVENTS}?page_size=2"), "auditevent")
    second = client.get(client.get(f"{EVENTS}?page_size=2").json()["next"]).json()

    plans = plans_of(lambda: client.get(second[way]), "auditevent")

    for entered, first_plan, plan in zip(OWN_RANGES, first_plans, plans, strict=True):
        assert f"{entered})" in first_plan
        assert f"{entered} AND occurred_at{beyond}?)" in plan
    assert SORT not in "".join(first_plans + plans)


def test_no_page_of_ones_own_log_reads_more_than_it_shows_and_one_further(rita):
    events_of(rita, count=9)

    with CaptureQueriesContext(connection) as captured:
        by_token(rita).get(f"{EVENTS}?page_size=2")

    sent = [query["sql"] for query in captured.captured_queries if "auditevent" in query["sql"]]
    assert [sql.rpartition(" LIMIT ")[2] for sql in sent] == ["3", "3"]


def test_a_page_of_ones_own_log_is_a_range_on_every_database(rita):
    """Two ranges joined by OR are one for SQLite; PostgreSQL reads all newer events first."""
    for part in own_events(rita.user, before=(timezone.now(), 5)).parts:
        assert '"occurred_at" <= ' in str(part.query).partition(" AND ")[2].partition(" OR ")[0]


def test_the_newest_verification_is_looked_for_in_the_last_day_alone(rita):
    (plan,) = plans_of(lambda: by_token(rita).get(API + "status/"), "verification")

    assert "accessflow_verif_user_time (user_id=? AND verified_at>? AND verified_at<?)" in plan
    assert SORT not in plan


def test_where_somebody_is_verified_is_looked_up_moment_by_moment(rita):
    events_of(rita)
    client = by_session(rita)
    client.post("/account/verify/", {"code": rita.code()})

    lookup, *_newest = plans_of(lambda: client.get("/account/security/"), "auditevent")

    assert "accessflow_audit_subject (subject_id=? AND occurred_at=?)" in lookup


def test_whether_any_flow_requires_mfa_is_read_from_an_index(nobody_enrolled):
    (plan,) = plans_of(lambda: nobody_enrolled.get(API + "status/"), "accessflow")

    assert "accessflow_flow_flagged (require_mfa=? AND is_active=?)" in plan


@pytest.mark.parametrize("scope", ["mine", "all"])
def test_who_has_no_requests_does_not_make_the_database_read_those_of_others(scope, clock):
    export()
    client = by_token(requester("nina"))

    plans = plans_of(lambda: client.get(API + "requests/", {"scope": scope}), "accessrequest")

    assert plans
    assert not [plan for plan in plans if "SCAN drf_accessflow_mfa_accessrequest" in plan]


def test_the_requests_of_one_flow_have_an_index_in_their_order(ada):
    export()
    client = by_token(ada)

    (plan,) = plans_of(
        lambda: client.get(API + "requests/", {"scope": "all", "flow": "export"}), "accessrequest"
    )

    assert "accessflow_request_flow (flow_id=?)" in plan
    assert SORT not in plan


def test_old_verifications_are_found_by_their_moment():
    (plan,) = plans_of(lambda: list(prune()), "verification")

    assert "accessflow_verif_time (verified_at<?)" in plan
    assert SORT not in plan


def test_the_next_checkpoint_to_prune_is_found_past_all_that_are_pruned(settings):
    settings.ACCESSFLOW_MFA_KEEP_AUDIT_EVENTS = timedelta(days=1)

    (plan,) = plans_of(lambda: list(prune()), "auditcheckpoint")

    assert "accessflow_checkpoint_pruned (pruned_at=?)" in plan
    assert SORT not in plan


def test_a_run_of_the_sealer_counts_once_however_much_it_seals():
    trail_acts.append(1)
    seal.seal_all()
    trail_acts.append(20)

    with CaptureQueriesContext(connection) as captured:
        sealed = seal.seal_all(batch=2)

    assert len(sealed.checkpoints) == 10
    assert len([query for query in captured.captured_queries if "COUNT(" in query["sql"]]) == 1
