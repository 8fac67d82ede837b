"""Keys that rotate and go while users verify: each function in an insider's process of its own."""

import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from drf_accessflow_mfa import crypto
from drf_accessflow_mfa.models import AuthenticatorApp
from drf_accessflow_mfa.services import rotate
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
from tests import people
from tests.reset_acts import under

OLD, NEW = "o" * 32, "n" * 32
MOST_PASSES = 500


def equip(count):
    """Make so many users whose secrets are sealed with the old key, and return the ids of their apps."""
    under([OLD])
    ids = []
    for _ in range(count):
        user = User.objects.create(username=f"keyed-{secrets.token_hex(6)}", password="!")
        ids.append(people.with_app(people.Person(user=user)).app.pk)
    return ids


def verify_until_the_old_key_is_gone(ids):
    """Verify with each app, over and over, until all are rotated; then drop the old key, and go on.

    Returns how many codes were refused, and how often each app was used.
    """
    under([NEW, OLD])
    now, refused = timezone.now(), 0
    for number in range(MOST_PASSES):
        now += timedelta(seconds=30)
        refused += _verify_with_each(ids, now)
        if _are_rotated(ids):
            under([NEW])
            refused += _verify_with_each(ids, now + timedelta(seconds=30))
            return refused, number + 2
    raise AssertionError("nobody has rotated the keys")


def rotate_all():
    """Seal all secrets that can be read with the new key, and return how many those were."""
    under([NEW, OLD])
    return sum(batch.done for batch in rotate.rotate_secrets(batch=5))


def _verify_with_each(ids, now):
    refused = 0
    for app in AuthenticatorApp.objects.filter(pk__in=ids).select_related("user"):
        someone = people.Person(user=app.user, app=app, totp=app.totp())
        code = someone.code(now=now)
        refused += not isinstance(verify(someone.caller(), code, origin=people.ORIGIN, now=now), Verified)
    return refused


def _are_rotated(ids):
    blobs = AuthenticatorApp.objects.filter(pk__in=ids).values_list("sealed_secret", flat=True)
    return all(crypto.is_sealed_with_newest_key(bytes(blob)) for blob in blobs)
