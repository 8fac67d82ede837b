"""Whoever calls a device while holding the lock that we need is refused soon, and nobody waits for ever."""

import pyotp
from django.db import transaction
from django.utils import timezone

from tests.people import enrolled
from tests.support.projects import project_on


def test_nobody_waits_for_ever_on_any_database(database, tmp_path):
    with project_on(database, directory=tmp_path) as project:
        said = project.call(f"{__name__}.call_while_holding_the_lock")

    assert said == {"held": False, "given up": True, "free": True}


def call_while_holding_the_lock():
    """Send a right code while our own transaction holds the row that is charged, and once it is over."""
    from drf_accessflow_mfa.models import AttemptBudget

    rita, began = enrolled(), timezone.now()
    rita.app.verify_token(rita.wrong_code())
    code = pyotp.TOTP(rita.totp.secret).now()
    with transaction.atomic():
        AttemptBudget.objects.filter(user=rita.user).update(codes_in_a_row=0)
        held = rita.app.verify_token(code)
    waited = (timezone.now() - began).total_seconds()
    return {"held": held, "given up": waited < 30, "free": rita.app.verify_token(rita.code())}
