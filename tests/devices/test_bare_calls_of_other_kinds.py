"""Bare calls of devices that a host has made from those of django-otp: whose they are to judge."""

import base64

import django_otp
import pyotp
import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa.devices.bare_calls import lead_bare_calls_through_our_door
from drf_accessflow_mfa.devices.by_itself import left_to_django_otp

COLUMNS = "staticdevice_ptr_id integer PRIMARY KEY"


def ask_paper(device, token):
    """Note the token, and leave the rest to the parent's method."""
    device.asked = [*getattr(device, "asked", []), token]
    return StaticDevice.verify_token(device, token)


class OwnManager(models.Manager):
    """A manager that django-otp knows nothing of."""


@pytest.fixture
def make(host_model, settings, nina):
    """Give Nina a device of a child of ``StaticDevice``, with two tokens."""

    def make(*counting, **methods):
        model = host_model("Paper", StaticDevice, columns=COLUMNS, **methods)
        settings.ACCESSFLOW_MFA_DEVICE_MODELS = dict.fromkeys(counting, "otp")
        lead_bare_calls_through_our_door()
        device = model.objects.create(user=nina.user, name="paper")
        for token in ("abcd2345", "efgh6789"):
            device.token_set.create(token=token)
        return device

    return make


def test_a_child_that_counts_is_asked_once_behind_our_door(make, nina):
    paper = make("vault.Paper", verify_token=ask_paper)

    assert paper.verify_token("abcd2345") is True

    assert nina.events() == [("mfa.verified", "")]
    assert nina.budget() == (0, 0)


def test_a_child_that_counts_and_defines_nothing_goes_the_same_way(make, nina):
    paper = make("vault.Paper")

    assert paper.verify_token("abcd2345") is True

    assert nina.events() == [("mfa.verified", "")]


def test_a_child_with_codes_of_its_own_is_left_alone_where_only_its_parent_counts(make, nina):
    paper = make("otp_static.StaticDevice", verify_token=lambda device, token: token == "magic")

    assert paper.verify_token("magic") is True
    assert nina.events() == []


def test_our_lock_binds_a_device_that_would_say_yes_itself(make, nina):
    paper = make("vault.Paper", verify_token=ask_paper)
    for _ in range(5):
        paper.verify_token("wrong234")
        type(paper).objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
        paper.refresh_from_db()

    is_allowed, why = paper.verify_is_allowed()

    assert (is_allowed, why["reason"]) == (False, "wait")


def test_its_own_limit_binds_it_where_we_would_say_yes(make, nina):
    paper = make("vault.Paper")
    assert paper.verify_is_allowed()[0] is True
    paper.throttling_failure_count, paper.throttling_failure_timestamp = 9, timezone.now()

    assert paper.verify_is_allowed()[0] is False


def test_what_is_left_to_django_otp_is_locked_and_matched_by_it(nina):
    device = TOTPDevice.objects.create(user=nina.user, name="old phone")
    code = pyotp.TOTP(base64.b32encode(device.bin_key).decode()).at(timezone.now())
    rows = TOTPDevice.objects

    assert rows.select_for_update().query.select_for_update is False
    with left_to_django_otp():
        assert rows.select_for_update().query.select_for_update is True
        assert django_otp.match_token(nina.user, code) == device
    assert nina.events() == []
    assert django_otp.match_token(nina.user, code) is None
    assert nina.events() == [("mfa.failed", "replayed")]


def test_a_wrong_code_matches_no_device_that_does_not_count_either(make, nina):
    paper = make()

    assert django_otp.match_token(nina.user, "wrong234") is None
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    type(paper).objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert django_otp.match_token(nina.user, "abcd2345") is not None


def test_a_manager_that_is_a_hosts_own_is_left_as_it_is(make):
    make("vault.Paper", objects=OwnManager())

    assert OwnManager._queryset_class is models.QuerySet


def test_a_stranger_matches_nothing(db):
    assert django_otp.match_token(AnonymousUser(), "abcd2345") is None
