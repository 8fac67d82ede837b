"""Users and devices that a host saves and deletes as a proxy, a child or a parent of the model that counts.

Django sends a signal as the class that was used, and as no other.
"""

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from drf_accessflow_mfa.models import AuditEvent, Verification
from drf_accessflow_mfa.services import user_life
from drf_accessflow_mfa.services.verify import verify
from tests.asking import ask, export, kinds_of, requester, status_of
from tests.people import ORIGIN, enrolled

pytestmark = pytest.mark.django_db
LIVE = {"revoked_at__isnull": True}


@pytest.fixture
def rita():
    return who_has_verified("rita")


@pytest.fixture
def bystander():
    return who_has_verified("omar")


def who_has_verified(name):
    person = enrolled(name)
    verify(person.caller(), person.code(), origin=ORIGIN)
    return person


def child_of_users(host_model):
    return host_model(
        "Employee",
        User,
        columns="user_ptr_id integer NOT NULL UNIQUE, badge varchar(9) PRIMARY KEY",
        badge=models.CharField(max_length=9, primary_key=True),
        user_ptr=models.OneToOneField(User, models.CASCADE, parent_link=True, related_name="+"),
    )


def as_child(model, parent, **values):
    """Return a parent's row as a child that has just been added to it."""
    child = model(**{field.attname: getattr(parent, field.attname) for field in parent._meta.concrete_fields})
    for name, value in values.items():
        setattr(child, name, value)
    child.save_base(raw=True)
    return model.objects.get(pk=child.pk)


def revocations():
    rows = AuditEvent.objects.filter(kind="verification.revoked")
    return list(rows.values_list("subject__username", "reason"))


def test_a_user_who_is_switched_off_as_a_proxy_loses_what_they_verified(host_model, rita, bystander):
    colleague = host_model("Colleague", User).objects.get(pk=rita.user.pk)

    colleague.is_active = False
    colleague.save()

    assert revocations() == [("rita", "deactivated")]
    assert list(Verification.objects.filter(**LIVE).values_list("user", flat=True)) == [bystander.user.pk]


def test_a_user_who_is_switched_off_as_a_child_with_a_key_of_its_own_loses_what_they_verified(
    host_model, rita, bystander
):
    employee = employee_of(host_model, rita)
    assert revocations() == []

    employee.is_active = False
    employee.save()

    assert revocations() == [("rita", "deactivated")]
    assert list(Verification.objects.filter(**LIVE).values_list("user", flat=True)) == [bystander.user.pk]


def employee_of(host_model, person):
    return as_child(child_of_users(host_model), person.user, user_ptr_id=person.user.pk, badge="7")


def test_a_user_who_is_switched_off_as_a_child_loses_their_access_requests(host_model):
    export()
    nina, omar = requester("nina"), requester("omar")
    hers, his = ask(nina), ask(omar)
    employee = employee_of(host_model, nina)

    employee.is_active = False
    employee.save()

    assert (status_of(hers), status_of(his)) == ("canceled", "pending_approval")
    assert list(
        AuditEvent.objects.filter(kind="request.canceled").values_list("subject__username", "reason")
    ) == [("nina", "deactivated")]


def test_the_access_requests_of_a_user_who_is_deleted_as_a_child_end_once(host_model):
    export()
    nina = requester("nina")
    hers = ask(nina)

    employee_of(host_model, nina).delete()

    assert kinds_of(hers) == ["created", "canceled"]


def removals():
    rows = AuditEvent.objects.filter(kind="device.removed")
    return list(rows.values_list("subject__username", "reason"))


@pytest.fixture
def stock():
    """A stock device of a user, with what it verified beside what another one did."""
    nina = enrolled("nina")
    device = TOTPDevice.objects.create(user=nina.user, name="stock", confirmed=True)
    for of in (f"otp_totp.totpdevice-{device.pk}", f"otp_totp.totpdevice-{device.pk + 1}"):
        Verification.objects.create(
            user=nina.user,
            device=of,
            method="otp",
            verified_at=timezone.now(),
            binding="b",
            password_stamp="s",
        )
    return device


def live_devices():
    return list(Verification.objects.filter(**LIVE).values_list("device", flat=True))


def test_a_device_that_is_switched_off_as_a_proxy_loses_what_it_verified(host_model, stock):
    renamed = host_model("Renamed", TOTPDevice).objects.get(pk=stock.pk)

    renamed.confirmed = False
    renamed.save()

    assert live_devices() == [f"otp_totp.totpdevice-{stock.pk + 1}"]


def test_a_device_that_is_deleted_as_a_proxy_loses_what_it_verified_and_the_log_tells(host_model, stock):
    host_model("Renamed", TOTPDevice).objects.get(pk=stock.pk).delete()

    assert live_devices() == [f"otp_totp.totpdevice-{stock.pk + 1}"]
    assert removals() == [("nina", "removed outside of this package")]


def child_of_devices(host_model):
    return host_model(
        "Token",
        TOTPDevice,
        columns="totpdevice_ptr_id integer PRIMARY KEY, serial varchar(9) NOT NULL",
        serial=models.CharField(max_length=9, default=""),
    )


def test_a_device_that_is_switched_off_as_a_child_loses_what_it_verified(host_model, stock):
    token = as_child(child_of_devices(host_model), stock, totpdevice_ptr_id=stock.pk)

    token.confirmed = False
    token.save()

    assert live_devices() == [f"otp_totp.totpdevice-{stock.pk + 1}"]


def test_a_device_that_is_deleted_as_a_child_is_told_of_once(host_model, stock):
    as_child(child_of_devices(host_model), stock, totpdevice_ptr_id=stock.pk).delete()

    assert live_devices() == [f"otp_totp.totpdevice-{stock.pk + 1}"]
    assert removals() == [("nina", "removed outside of this package")]


def test_a_device_that_counts_as_a_child_ends_when_it_is_switched_off_as_its_parent(
    host_model, stock, settings
):
    token = as_child(child_of_devices(host_model), stock, totpdevice_ptr_id=stock.pk)
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"vault.Token": "otp"}
    user_life.connect()
    Verification.objects.filter(device=f"otp_totp.totpdevice-{stock.pk}").update(
        device=f"vault.token-{token.pk}"
    )

    stock.confirmed = False
    stock.save()

    assert live_devices() == [f"otp_totp.totpdevice-{stock.pk + 1}"]


def test_a_device_of_a_model_that_counts_no_more_is_deleted_in_silence(stock, settings):
    settings.ACCESSFLOW_MFA_DEVICE_MODELS = {"otp_static.StaticDevice": "otp"}

    stock.delete()

    assert removals() == []
