"""The audit log in the database: refused changes, late commits, several sealers, on each kind of database."""

from contextlib import ExitStack

import pytest
from django.db import connection

from drf_accessflow_mfa.models import audit_triggers
from tests.support.projects import project_on

SECONDS = 4
GOLDEN = (
    '{"actor_id":"77","actor_name":"\\u00fcn\\u00efcode","changes":{"":["\\u2028"],'
    '"a":{"z":null,"\\u00e4":true},"b":[10000000000000000000000,100,1.5,[1,2]]},"credential":"",'
    '"device":"","flow":"","ip":"0000:0000:0000:0000:0000:ffff:c000:0201","kind":"flow.changed",'
    '"method":"","occurred_at":1780315205123456,"outcome":"success","reason":"  spaces  ",'
    '"request":null,"source":"api","subject_id":null,"subject_name":"",'
    '"user_agent":"\\ud83d\\udd10 \\u00e9  ","verification":"0f0e0d0c-0b0a-0908-0706-050403020100"}'
)


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    """A project on each kind of database, migrated once for all tests here."""
    with ExitStack() as opened:
        known = {}

        def project(kind):
            if kind not in known:
                directory = tmp_path_factory.mktemp(kind)
                known[kind] = opened.enter_context(project_on(kind, directory=directory))
            return known[kind]

        yield project


@pytest.fixture
def project(database, projects):
    project = projects(database)
    project.call("tests.trail_acts.start_afresh")
    return project


def test_the_database_itself_refuses_to_change_or_delete_events(project):
    assert project.call("tests.trail_acts.refusals") == [[], 2]


def test_pruning_opens_the_door_for_itself_alone(project):
    assert project.call("tests.trail_acts.prune_then_try_again") == [True, 2]


def test_the_triggers_can_be_dropped_and_made_again(project):
    assert project.manage("accessflow_mfa_audit", "unprotect").code == 0
    assert len(project.call("tests.trail_acts.refusals")[0]) >= 2

    project.manage("accessflow_mfa_audit", "protect")
    project.manage("accessflow_mfa_audit", "protect")

    assert project.call("tests.trail_acts.refusals")[0] == []


def test_the_migration_is_reversible(project):
    assert project.manage("migrate", "drf_accessflow_mfa", "0001", "--verbosity=0").code == 0
    assert project.manage("migrate", "--verbosity=0").code == 0

    assert project.call("tests.trail_acts.refusals") == [[], 2]


def test_every_database_gives_the_signed_bytes_back(project):
    written, read = project.call("tests.trail_acts.golden")

    assert written == read == GOLDEN


@pytest.mark.parametrize(
    "database",
    [pytest.param(kind, marks=pytest.mark.needs(kind)) for kind in ("postgresql", "mariadb")],
)
def test_an_event_that_commits_late_with_a_lower_id_is_sealed_all_the_same(project):
    before, after, is_late = project.call("tests.trail_acts.commit_late")

    assert (before, after, is_late) == ([], [], True)


def test_writers_and_two_sealers_at_once_lose_nothing_and_seal_nothing_twice(project):
    writers = [project.start("tests.trail_acts.write_for", SECONDS) for _ in range(3)]
    sealers = [project.start("tests.trail_acts.seal_for", SECONDS) for _ in range(2)]
    for process in (*writers, *sealers):
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, output
    project.call("tests.trail_acts.seal_all")

    numbers, held, events = project.call("tests.trail_acts.state")

    assert numbers == list(range(1, len(numbers) + 1))
    assert held == events > 50
    assert project.call("tests.trail_acts.check") == []


def test_a_sealer_that_is_killed_leaves_a_whole_log(project):
    project.call("tests.trail_acts.append_now", 500)
    sealer = project.start("tests.trail_acts.seal_for", 60)
    writer = project.start("tests.trail_acts.write_for", 2)
    writer.communicate(timeout=60)
    sealer.kill()
    sealer.communicate()

    project.call("tests.trail_acts.seal_all")

    numbers, held, events = project.call("tests.trail_acts.state")
    assert numbers == list(range(1, len(numbers) + 1))
    assert held == events
    assert project.call("tests.trail_acts.check") == []


def test_a_test_database_has_no_triggers_since_django_empties_tables_between_tests(db):
    assert not audit_triggers.are_installed(connection)
