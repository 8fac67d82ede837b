"""Administrators who reset the second factor of others."""

from django.contrib.auth.models import Permission, User

from drf_accessflow_mfa.services import reset
from drf_accessflow_mfa.services.flows import Editor
from drf_accessflow_mfa.services.outcomes import Verified
from drf_accessflow_mfa.services.verify import verify
from tests import people


def helper(username="hella", **fields):
    """An administrator with the permission, verified a moment ago."""
    someone = people.enrolled(username, **fields)
    someone.user.user_permissions.add(Permission.objects.get(codename="reset_mfa"))
    someone.user = User.objects.get(pk=someone.user.pk)
    assert isinstance(verify(someone.caller(), someone.code(), origin=people.ORIGIN), Verified)
    return someone


def editor(someone):
    return Editor(caller=someone.caller(), origin=people.ORIGIN)


def reset_by(someone, subject, **options):
    return reset.reset_factors(subject.user, reason="lost phone, ticket 7", editor=editor(someone), **options)
