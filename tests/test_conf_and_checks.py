"""Every setting has a check with an id, and the host's set-up has some too."""

from datetime import timedelta

import pytest

from drf_accessflow_mfa import checks
from drf_accessflow_mfa.checks import host
from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.defaults import DEFAULTS, PREFIX
from drf_accessflow_mfa.domain.methods import Method
from drf_accessflow_mfa.domain.policy import Scope
from drf_accessflow_mfa.domain.totp import Tolerance

KEY = "k" * 32
HOOK = {"url": "https://siem.example/", "secrets": [KEY], "events": ["*"]}
APP = "drf_accessflow_mfa.AuthenticatorApp"
DURATIONS = ["MAX_AGE", "MANAGE_MAX_AGE", "ENROLLMENT_TTL", "LOCK_WAIT", "LOCK_WAIT_MAX"]
NO_DURATIONS = [0, -1, True, 1.5, "60", [], timedelta(0), timedelta(days=2), 10**9, 10**400]
SWITCHES = ["RESET_NEEDS_SECOND_ADMIN", "EMAIL", "RECORD_ACCESS", "WEBHOOKS_SEND_AT_ONCE"]
COUNTS = {"LOCK_AFTER": 10, "LOCK_DAILY": 100, "LOCK_DISABLE_AFTER": 100, "MAX_DEVICES": 10}


def policy(user):
    """Do nothing: stands for a host's callable."""


GOOD = (
    [(name, value) for name in DURATIONS for value in (1, 600, timedelta(minutes=5))]
    + [(name, value) for name, most in COUNTS.items() for value in (1, most)]
    + [
        ("MAX_AGE", 86400),
        ("MANAGE_MAX_AGE", None),
        ("SCOPE", "user"),
        ("SCOPE", Scope.CREDENTIAL),
        ("ENCRYPTION_KEYS", [KEY]),
        ("ENCRYPTION_KEYS", (KEY, KEY + "2")),
        ("ENCRYPTION_KEYS", None),
        ("ISSUER", "Acme & Söhne"),
        ("DEVICE_MODELS", {APP: "otp", "otp_email.EmailDevice": Method.OTP}),
        ("CREDENTIAL_RESOLVERS", ["drf_accessflow_mfa.credentials.token.resolve", policy]),
        ("ENROLLMENT_POLICY", policy),
        ("ENROLLMENT_POLICY", "tests.test_conf_and_checks.policy"),
        ("CLIENT_IP", policy),
        ("CODE_TOLERANCE", (1, 1)),
        ("CODE_TOLERANCE", [0, 0]),
        ("VERIFY_URL", "/account/verify/"),
        ("ENROLL_URL", "https://example.org/enroll/"),
        ("RESET_TTL", 86400 * 7),
        ("KEEP_VERIFICATIONS", timedelta(days=1)),
        ("KEEP_AUDIT_EVENTS", None),
        ("KEEP_AUDIT_EVENTS", timedelta(days=7)),
        ("JWT_FAMILY_CLAIM", "family"),
        ("TRUSTED_ISSUERS", {}),
        ("TRUSTED_ISSUERS", {"https://idp.example/": {"acr": {"loa2": "phr"}, "amr": {"mfa": "phr"}}}),
        ("CLAIMS_RESOLVER", policy),
        ("CLAIMS_RESOLVER", "tests.test_conf_and_checks.policy"),
        ("GRANT_HANDLERS", {}),
        ("PAGE_CSP", ""),
        ("PAGE_CSP", "default-src 'none'"),
        ("WEBHOOKS", []),
        ("WEBHOOKS", [HOOK, {**HOOK, "url": "http://localhost:9000/"}]),
        ("KEEP_WEBHOOK_DELIVERIES", timedelta(days=1)),
        *((name, value) for name in SWITCHES for value in (True, False)),
    ]
)

BAD = (
    [(name, value, "E003") for name in DURATIONS for value in NO_DURATIONS]
    + [("MAX_AGE", None, "E003"), ("MAX_AGE", 86401, "E003"), ("ENROLLMENT_TTL", 3601, "E003")]
    + [
        (name, value, "E012")
        for name, most in COUNTS.items()
        for value in (0, -1, most + 1, None, True, "5", 2.0)
    ]
    + [
        ("TRUSTED_ISSUERS", value, "E024")
        for value in (None, 7, "idp", ["idp"], {"idp": None}, {"idp": {"acr": {"loa 2": "phr"}}})
    ]
    + [("CLAIMS_RESOLVER", value, "E023") for value in (None, 7, "nowhere.claims_of", "no path")]
    + [("SCOPE", value, "E004") for value in ("everybody", "", None, 1, ["user"])]
    + [
        ("ENCRYPTION_KEYS", value, "E005")
        for value in ([], "", KEY, [""], ["short"], [KEY, "short"], [b"x" * 32], [None], 7, {})
    ]
    + [("ISSUER", value, "E006") for value in ("", "  ", "a:b", None, 7)]
    + [
        ("DEVICE_MODELS", value, "E007")
        for value in (
            {},
            None,
            [],
            [APP],
            {APP: "password"},
            {APP: None},
            {"nowhere.Model": "otp"},
            {"nolabel": "otp"},
            {"auth.User": "otp"},
            {"auth.Group": "hwk"},
        )
    ]
    + [
        ("CREDENTIAL_RESOLVERS", value, "E008")
        for value in (
            None,
            7,
            "drf_accessflow_mfa.credentials.token.resolve",
            ["nowhere.resolve"],
            [7],
            ["drf_accessflow_mfa.credentials.session.ANCHOR_KEY"],
        )
    ]
    + [
        (name, value, number)
        for name, number in (("ENROLLMENT_POLICY", "E009"), ("CLIENT_IP", "E010"))
        for value in ("nowhere.at.all", "noway", 7, "drf_accessflow_mfa.conf.PREFIX")
    ]
    + [("CLIENT_IP", None, "E010")]
    + [
        ("CODE_TOLERANCE", value, "E011")
        for value in (None, 1, (1,), (1, 0, 0), (2, 0), (0, 2), (-1, 0), (True, 0), ("1", 0), (1.0, 0), "10")
    ]
    + [(name, value, "E013") for name in ("VERIFY_URL", "ENROLL_URL") for value in (7, ["/x/"], b"/x/")]
    + [("RESET_TTL", value, "E003") for value in (None, 0, -1, True, "60", 86400 * 7 + 1)]
    + [
        (name, value, "E015")
        for name in ("KEEP_VERIFICATIONS", "KEEP_AUDIT_EVENTS")
        for value in (0, -1, 3600, True, "x", timedelta(hours=1), 10**400)
    ]
    + [("KEEP_VERIFICATIONS", None, "E015")]
    + [("JWT_FAMILY_CLAIM", value, "E020") for value in (None, "", " ", 7, "sub", "exp", "jti")]
    + [
        ("GRANT_HANDLERS", value, "E022")
        for value in (
            None,
            7,
            [],
            {"*": "nowhere.Handler"},
            {"*": 7},
            {"*": "drf_accessflow_mfa.conf.PREFIX"},
        )
    ]
    + [("PAGE_CSP", value, "E014") for value in (7, [], "default-src 'none'\r\nX: y")]
    + [
        ("WEBHOOKS", value, "E030")
        for value in (
            None,
            7,
            HOOK,
            ["https://siem.example/"],
            [HOOK, HOOK],
            [{**HOOK, "url": "ftp://siem.example/"}],
            [{**HOOK, "secrets": ["short"]}],
            [{**HOOK, "events": ["mfa.typo"]}],
        )
    ]
    + [("WEBHOOKS", [{**HOOK, "url": "http://siem.example/"}], "E031")]
    + [("KEEP_WEBHOOK_DELIVERIES", value, "E015") for value in (None, 0, True, timedelta(hours=1))]
    + [(name, value, "E016") for name in SWITCHES for value in (None, 1, 0, "True", [])]
)


def ids_with(settings, name, value):
    setattr(settings, PREFIX + name, value)
    messages = checks.check_settings()
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_every_setting_has_a_good_and_a_bad_value_here():
    assert {name for name, _ in GOOD} == {name for name, _, _ in BAD} == set(DEFAULTS)


def test_the_defaults_pass():
    assert checks.check_settings() == []
    assert list(checks.check_host()) == []


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_a_good_value_passes(settings, name, value):
    assert ids_with(settings, name, value) == []


@pytest.mark.parametrize(("name", "value", "number"), BAD)
def test_a_bad_value_is_named_by_its_check(settings, name, value, number):
    assert set(ids_with(settings, name, value)) == {f"accessflow_mfa.{number}"}


def test_a_setting_that_nothing_reads_is_a_likely_typo(settings):
    settings.ACCESSFLOW_MFA_MAXAGE = 60

    (message,) = checks.check_settings()

    assert message.id == "accessflow_mfa.W001"
    assert "ACCESSFLOW_MFA_MAXAGE" in message.msg
    assert "ACCESSFLOW_MFA_MAX_AGE" in message.hint


def test_a_missing_middleware_is_a_warning(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != host.MIDDLEWARE]

    assert [message.id for message in checks.check_host()] == ["accessflow_mfa.W002"]


def test_a_project_without_time_zones_is_an_error(settings):
    settings.USE_TZ = False

    (message,) = checks.check_host()

    assert message.id == "accessflow_mfa.E017"
    assert "USE_TZ" in message.msg
    assert "USE_TZ = True" in message.hint


def test_django_6_1_with_an_old_drf_is_an_error(monkeypatch):
    monkeypatch.setattr(host, "DJANGO_VERSION", (6, 1, 0, "final", 0))
    monkeypatch.setattr(host.rest_framework, "VERSION", "3.17.1")

    assert [message.id for message in checks.check_host()] == ["accessflow_mfa.E002"]
    monkeypatch.setattr(host.rest_framework, "VERSION", "3.18.0")
    assert list(checks.check_host()) == []


def test_a_deployment_without_keys_of_its_own_is_a_warning(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = None
    assert [message.id for message in checks.check_deployment()] == ["accessflow_mfa.W003"]

    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = [KEY]
    assert list(checks.check_deployment()) == []


def test_no_check_shows_a_key(settings):
    settings.ACCESSFLOW_MFA_ENCRYPTION_KEYS = ["a-short-key", 7]

    shown = "".join(str(message) for message in checks.check_settings())

    assert "E005" in shown
    assert "a-short-key" not in shown


def test_durations_may_be_seconds_or_timedeltas(settings):
    settings.ACCESSFLOW_MFA_MAX_AGE = 90
    assert mfa_settings.max_age == timedelta(seconds=90)
    assert mfa_settings.manage_max_age == timedelta(seconds=90)

    settings.ACCESSFLOW_MFA_MANAGE_MAX_AGE = timedelta(minutes=5)
    assert mfa_settings.manage_max_age == timedelta(minutes=5)


def test_a_changed_setting_is_read_again(settings):
    assert mfa_settings.code_tolerance == Tolerance(back=1, forward=0)

    settings.ACCESSFLOW_MFA_CODE_TOLERANCE = (0, 0)

    assert mfa_settings.code_tolerance == Tolerance(back=0, forward=0)


def test_device_models_of_the_default_that_are_not_installed_are_left_out(settings):
    settings.INSTALLED_APPS = [name for name in settings.INSTALLED_APPS if "otp_totp" not in name]

    assert "otp_totp.TOTPDevice" not in mfa_settings.device_models
    assert APP in mfa_settings.device_models
