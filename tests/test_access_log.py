"""The line that names the verification of each guarded request is on by default, given a handler."""

import logging
import subprocess
import sys
from textwrap import dedent

import pytest

from drf_accessflow_mfa import checks
from drf_accessflow_mfa.passages import are_passages_noted
from drf_accessflow_mfa.services.passages import access_log, is_line_kept, let_lines_through, package_log
from tests.support.servers import ROOT

PROJECT = """
import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bare" * 16,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_otp", "rest_framework",
                    "drf_accessflow_mfa"],
    LOGGING=%r,
)
django.setup()
from drf_accessflow_mfa.passages import are_passages_noted
from drf_accessflow_mfa.services.passages import access_log

print(are_passages_noted())
access_log.info("passed verification=5f0c")
"""
CONSOLE = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}


def printed_with(**logging_setting):
    """What a project with this LOGGING prints: whether passages are noted, and the line."""
    setting = {"version": 1, "handlers": {"console": CONSOLE}, **logging_setting} if logging_setting else {}
    done = subprocess.run(
        [sys.executable, "-c", dedent(PROJECT) % setting],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1], done.stderr


@pytest.fixture
def hush(monkeypatch):
    """Call it in the test, since pytest listens anew to each phase: nobody but these gets the lines."""

    def to(*handlers):
        monkeypatch.setattr(access_log, "propagate", False)
        monkeypatch.setattr(access_log, "handlers", list(handlers))

    return to


@pytest.fixture
def unset(monkeypatch):
    """No level is set, neither for the log nor for the package."""
    for logger in (access_log, package_log):
        monkeypatch.setattr(logger, "level", logging.NOTSET)
        monkeypatch.setattr(logger, "_cache", {})


def test_a_handler_of_the_root_gets_the_line_though_the_root_is_at_warning():
    shown, _ = printed_with(root={"handlers": ["console"], "level": "WARNING"})

    assert shown == ["True", "passed verification=5f0c"]


def test_a_handler_of_the_package_gets_the_line():
    shown, _ = printed_with(loggers={"drf_accessflow_mfa": {"handlers": ["console"]}})

    assert shown == ["True", "passed verification=5f0c"]


@pytest.mark.parametrize("name", ["drf_accessflow_mfa", "drf_accessflow_mfa.access"])
def test_a_level_that_a_project_chose_is_kept(name):
    shown, _ = printed_with(loggers={name: {"handlers": ["console"], "level": "WARNING"}})

    assert shown == ["False"]


def test_with_djangos_default_nobody_is_asked_which_verification_it_was():
    shown, errors = printed_with()

    assert shown == ["False"]
    assert "verification" not in errors


def test_the_level_is_set_once_and_only_where_there_is_none(unset):
    let_lines_through()
    assert access_log.level == logging.INFO

    access_log.level = logging.ERROR
    let_lines_through()

    assert access_log.level == logging.ERROR


@pytest.mark.parametrize(("level", "is_kept"), [("NOTSET", True), ("INFO", True), ("WARNING", False)])
def test_only_a_handler_that_takes_info_gets_the_line(hush, level, is_kept):
    hush(logging.NullHandler(level))

    assert is_line_kept() is is_kept


def test_lines_that_nobody_gets_are_a_warning_of_a_deployment(hush, settings):
    hush()
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["k" * 32]

    assert [message.id for message in checks.check_deployment()] == ["accessflow_mfa.W006"]
    assert not are_passages_noted()


def test_rows_in_their_place_are_no_warning(hush, settings):
    hush()
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["k" * 32]
    settings.ACCESSFLOW_MFA_RECORD_ACCESS = True

    assert list(checks.check_deployment()) == []
