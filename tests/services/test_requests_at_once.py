"""Runs of the commands, and acts of people, at the same time: real processes on each kind of database."""

import json

from tests.request_acts import EACH, wait_for
from tests.support.projects import project_on


def test_whatever_runs_at_once_happens_once_and_what_is_taken_away_does_not_stay(database, tmp_path):
    with project_on(database, directory=tmp_path) as project:
        ended, expired, due = project.call("tests.request_acts.prepare")

        two_runs_write_down_each_end_once(project)
        two_runs_call_the_handler_of_each_request_once(project, due, made(tmp_path / "retried"))
        revoked = taken_away_while_granted(project, "revoke_by_an_approver", made(tmp_path / "revoked"))
        deleted = taken_away_while_granted(project, "delete_its_user", made(tmp_path / "deleted"))

        told = project.call("tests.request_acts.events_of", [*ended, *expired, *due, revoked, deleted])
    assert [told[request_id] for request_id in ended] == [["request.ended"]] * EACH
    assert [told[request_id] for request_id in expired] == [["request.expired"]] * EACH
    assert [told[request_id] for request_id in due] == [["request.granted"]] * EACH
    assert (told[revoked][0], told[revoked][-1]) == ("request.revoked", "request.withdrawn")
    assert (told[deleted][0], told[deleted][-1]) == ("request.canceled", "request.withdrawn")


def two_runs_write_down_each_end_once(project):
    assert sum(at_once(project, "close")) == 2 * EACH


def two_runs_call_the_handler_of_each_request_once(project, due, folder):
    at_once(project, "retry", str(folder))
    assert sorted(calls(folder)) == sorted(f"grant {request_id}" for request_id in due)


def taken_away_while_granted(project, act, folder):
    granting = project.start("tests.request_acts.grant_slowly", str(folder), folder.name)
    wait_for(folder / "calls")
    request_id = calls(folder)[0].removeprefix("grant ")

    project.call(f"tests.request_acts.{act}", str(folder), request_id)
    (folder / "go on").touch()
    output = granting.communicate(timeout=120)[0]

    assert granting.returncode == 0, output
    assert calls(folder)[-1] == f"withdraw {request_id}"
    assert not (folder / request_id).exists()
    return request_id


def at_once(project, function, *arguments):
    """Start a function in two processes, let them go on at the same moment, and return their answers."""
    runs = [project.start(f"tests.request_acts.{function}", *arguments) for _ in range(2)]
    said = [process.stdout.readline() for process in runs]
    assert said == ["ready\n"] * 2, said
    for process in runs:
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=120)[0] for process in runs]
    assert [process.returncode for process in runs] == [0, 0], outputs
    return [json.loads(output.splitlines()[-1]) for output in outputs]


def made(folder):
    folder.mkdir()
    return folder


def calls(folder):
    return (folder / "calls").read_text().splitlines()
