"""Rotation under load and two confirmations at once, on each kind of database, in real processes."""

import json

import pytest

from tests.reset_acts import APPS
from tests.support.projects import project_on

OLD, NEW = "o" * 32, "n" * 32


@pytest.fixture
def project(database, tmp_path):
    with project_on(database, directory=tmp_path) as project:
        yield project


def test_keys_rotate_while_users_verify_and_nothing_is_lost(project):
    project.call("tests.reset_acts.equip", [OLD])
    users = [project.start("tests.reset_acts.use_for", [NEW, OLD], 5) for _ in range(2)]
    rotations = [project.start("tests.reset_acts.rotate_all", [NEW, OLD]) for _ in range(2)]
    outputs = [process.communicate(timeout=180)[0] for process in (*users, *rotations)]
    assert [process.returncode for process in (*users, *rotations)] == [0] * 4, outputs
    steps = [tuple(step) for output in outputs[:2] for step in json.loads(output.splitlines()[-1])]

    assert project.call("tests.reset_acts.rotate_all", [NEW, OLD]) == [0, APPS, 0, 0]
    readable, newest = project.call("tests.reset_acts.count_readable", [NEW])
    assert readable == APPS
    assert len(set(steps)) == len(steps) > 0
    assert dict(newest) == dict(sorted(steps))


def test_of_two_who_confirm_at_once_one_resets(project):
    reset_id = project.call("tests.reset_acts.ask_for_reset")
    both = [project.start("tests.reset_acts.confirm", name, reset_id) for name in ("bob", "cyd")]

    answers = sorted(process.communicate(timeout=120)[0].splitlines()[-1] for process in both)

    assert answers == ['"ResetNotFound"', '"reset"']
    assert project.call("tests.reset_acts.count_resets") == 1
