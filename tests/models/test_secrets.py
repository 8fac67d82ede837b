"""Secrets never show: not in a repr, a dump, a log or a page."""

import base64
import io
import logging

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from drf_accessflow_mfa.models import (
    AccessFlow,
    AttemptBudget,
    AuthenticatorApp,
    RecoveryCode,
    RecoveryCodes,
    Verification,
)
from tests.people import API, by_session, by_token, flow, post_code, verified

pytestmark = pytest.mark.django_db


def spellings_of(someone):
    """The secret in every spelling that could give it away."""
    secret = someone.totp.secret
    raw = base64.b32decode(secret)
    return {secret, secret.lower(), raw.hex(), base64.b64encode(raw).decode(), repr(raw)[2:-1]}


def assert_hidden(text, *secrets):
    assert not [secret for secret in secrets if secret in text]


def test_no_row_shows_a_secret_in_its_repr_or_name(rita, clock):
    codes = rita.recovery_codes()
    verified(by_token(rita), rita)
    rows = [
        row
        for model in (AuthenticatorApp, RecoveryCodes, RecoveryCode, Verification, AttemptBudget)
        for row in model.objects.all()
    ]

    shown = "".join(f"{row!r} {row}" for row in rows)

    sealed = [bytes(rita.app.sealed_secret).hex(), Verification.objects.get().binding]
    assert_hidden(
        shown, *spellings_of(rita), *sealed, *codes, *RecoveryCode.objects.values_list("digest", flat=True)
    )
    assert len(rows) > 12


def test_no_value_on_the_way_shows_one_in_its_repr(rita, nina, clock):
    from drf_accessflow_mfa.services.enroll import begin_enrollment
    from tests.people import ORIGIN

    caller = rita.caller()
    begun = begin_enrollment(nina.caller(), name="phone", origin=ORIGIN)

    assert_hidden(repr(caller), caller.binding, caller.password_stamp, "their token")
    assert_hidden(repr(begun), begun.secret, begun.otpauth_uri)


def test_a_dump_holds_no_secret_in_plain(rita, clock):
    codes = rita.recovery_codes()
    verified(by_token(rita), rita)
    out = io.StringIO()

    call_command("dumpdata", "drf_accessflow_mfa", stdout=out)

    assert_hidden(out.getvalue(), *spellings_of(rita), *codes, *[code.replace("-", "") for code in codes])


def test_no_table_holds_a_secret_a_code_or_a_credential_in_plain(rita, clock):
    codes, client = rita.recovery_codes(), by_session(rita)
    code = rita.code()
    assert post_code(client, code).status_code == 201
    anchor = client.session["_accessflow_mfa_anchor"]

    held = ""
    with connection.cursor() as cursor:
        for model in (AuthenticatorApp, RecoveryCodes, RecoveryCode, Verification, AttemptBudget):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            held += repr(cursor.fetchall())

    assert_hidden(held, *spellings_of(rita), *codes, anchor, client.session.session_key, f"'{code}'")


def test_nothing_is_logged_that_gives_a_secret_or_code_away(rita, clock, caplog):
    caplog.set_level(logging.DEBUG)
    client, code, wrong = by_token(rita), rita.code(), rita.wrong_code()
    recovery = rita.recovery_codes()[0]
    caplog.clear()
    logging.getLogger("django.db.backends").setLevel(logging.WARNING)

    for each in (wrong, code, code, recovery):
        post_code(client, each)

    assert_hidden(caplog.text, *spellings_of(rita), recovery)


def test_answers_are_kept_by_no_cache_and_tell_no_referer(rita, clock):
    client = by_token(rita)

    for path in ("status/", "devices/", "verifications/", "recovery-codes/", "flows/", "audit-events/"):
        answer = client.get(API + path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("seconds", [0, -1, 86401])
def test_the_database_holds_ages_in_range_only(seconds):
    from datetime import timedelta

    with pytest.raises(IntegrityError), transaction.atomic():
        flow(mfa_max_age=timedelta(seconds=seconds))


@pytest.mark.parametrize("slug", ["a b", "ä", 'a"b', "a\r\nb", "", "x" * 101])
def test_a_slug_is_one_that_views_and_urls_can_name(slug):
    with pytest.raises(ValidationError):
        AccessFlow(slug=slug, name="x").full_clean()


def test_the_database_holds_one_flow_of_a_slug(refunds):
    with pytest.raises(IntegrityError), transaction.atomic():
        flow("refunds")


def test_the_database_holds_one_set_of_recovery_codes_a_user(rita, clock):
    rita.recovery_codes()

    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryCodes.objects.create(user=rita.user, generated_at=RecoveryCodes.objects.get().generated_at)


def test_a_code_step_beyond_2038_fits(rita):
    AuthenticatorApp.objects.update(last_step=20_000_000_000)

    assert AuthenticatorApp.objects.get().last_step == 20_000_000_000
