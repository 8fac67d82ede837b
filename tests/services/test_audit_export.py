"""The audit log leaves the database a page at a time, for machines and for spreadsheets."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from drf_accessflow_mfa.services import audit_export
from tests import trail_acts as acts

pytestmark = pytest.mark.django_db


def exported(*arguments):
    output = io.StringIO()
    call_command("accessflow_mfa_audit", "export", *arguments, stdout=output)
    return output.getvalue()


def test_json_lines_hold_every_column():
    (key,) = acts.append(1, changes={"ü": [None, 1]}, reason="x\ny")

    (line,) = exported().splitlines()

    event = json.loads(line)
    assert list(event) == list(audit_export.COLUMNS)
    assert (event["id"], event["reason"], event["changes"]) == (key, "x\ny", {"ü": [None, 1]})
    assert event["occurred_at"] == "2026-06-01T12:00:05.123456+00:00"


def test_csv_comes_back_as_it_was():
    acts.append(1, reason='a "quoted", text\r\nof two lines')

    header, row = csv.reader(io.StringIO(exported("--format=csv"), newline=""))

    assert header == list(audit_export.COLUMNS)
    assert dict(zip(header, row, strict=True))["reason"] == 'a "quoted", text\r\nof two lines'


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "\t=1", "＝1"])  # noqa: RUF001
def test_no_cell_of_a_csv_is_a_formula(text):
    acts.append(1, reason=text, device=text, credential=text[:8])

    _, row = csv.reader(io.StringIO(exported("--format=csv"), newline=""))

    assert row.count(f"'{text}") >= 2
    assert all(not cell.startswith(tuple("=+-@\t\r＝")) for cell in row)  # noqa: RUF001


def test_events_come_in_order_and_all_of_them(monkeypatch):
    monkeypatch.setattr(audit_export, "_ROWS", 2)
    ids = acts.append(5)

    assert [json.loads(line)["id"] for line in exported().splitlines()] == ids


def test_a_page_at_a_time_is_read(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(audit_export, "_ROWS", 2)
    acts.append(5)
    lines = audit_export.json_lines()

    with django_assert_num_queries(1):
        next(lines)
        next(lines)
    with django_assert_num_queries(1):
        next(lines)


def test_both_ends_of_a_time_are_included():
    ids = acts.append(5)
    second, fourth = (f"2026-06-01T12:00:0{at}.123456" for at in (6, 8))

    lines = exported(f"--since={second}", f"--until={fourth}+00:00").splitlines()

    assert [json.loads(line)["id"] for line in lines] == ids[1:4]


def test_a_moment_that_is_none_is_refused():
    with pytest.raises(CommandError, match="ISO 8601"):
        exported("--since=yesterday")


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    acts.append(1)
    target = tmp_path / "events.jsonl"

    exported(f"--output={target}")

    assert len(target.read_text().splitlines()) == 1
    with pytest.raises(FileExistsError):
        exported(f"--output={target}")
