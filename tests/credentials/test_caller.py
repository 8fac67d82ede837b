"""Who a caller is, whatever a host's users, tokens and authenticators look like (rules 1 and 5)."""

import base64
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import BasicAuthentication, TokenAuthentication
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from drf_accessflow_mfa.credentials import basic, knox, oauth2, simplejwt, token
from drf_accessflow_mfa.credentials.caller import (
    Credential,
    caller_from,
    caller_of,
    claimed_by,
    scheme_of,
    unwrapped,
)
from drf_accessflow_mfa.credentials.optional import is_instance
from drf_accessflow_mfa.domain.errors import CredentialUnsupported


def user(**fields):
    return SimpleNamespace(**{"pk": 7, "password": "a hash", "is_active": True, **fields})


def credential(user_key=7):
    return Credential(kind="token", scheme="Token", identity="a token", user_key=user_key)


@pytest.mark.parametrize(
    "nobody",
    [
        user(password=None),
        user(pk=None),
        user(is_active=False),
        SimpleNamespace(pk=7, is_active=True),
        AnonymousUser(),
    ],
)
def test_whoever_is_no_active_user_with_a_password_and_a_row_is_no_caller(nobody):
    with pytest.raises(CredentialUnsupported):
        caller_from(nobody, credential(user_key=nobody.pk))


def test_the_key_of_a_credential_may_be_text():
    assert caller_from(user(), credential(user_key="7")).user.pk == 7


def test_a_lazy_user_is_unwrapped_before_and_after_its_first_use():
    somebody = user()
    lazy = SimpleLazyObject(lambda: somebody)

    assert unwrapped(lazy) is somebody
    assert unwrapped(lazy) is somebody
    assert unwrapped(somebody) is somebody


@pytest.mark.parametrize(
    ("header", "scheme"),
    [("Bearer", "Bearer"), ('Basic realm="api of ours"', "Basic"), ("", "Token"), (None, "Token")],
)
def test_the_scheme_is_the_one_that_the_authenticator_announces(header, scheme):
    authenticator = SimpleNamespace(authenticate_header=lambda request: header)

    assert scheme_of(SimpleNamespace(successful_authenticator=authenticator), default="Token") == scheme


def test_an_authenticator_that_announces_none_has_the_scheme_of_its_kind():
    assert scheme_of(SimpleNamespace(successful_authenticator=object()), default="Token") == "Token"


@pytest.mark.parametrize("fields", [{"digest": ""}, {"digest": None}, {"user_id": None}])
def test_a_knox_token_without_a_digest_or_a_user_is_refused(fields):
    given = SimpleNamespace(**{"digest": "abc", "user_id": 7, **fields})

    with pytest.raises(CredentialUnsupported):
        knox.credential_of(given)


@pytest.mark.parametrize("fields", [{"token_checksum": ""}, {"token_checksum": None}, {"user_id": None}])
def test_an_oauth2_token_without_a_checksum_or_a_user_is_refused(fields):
    given = SimpleNamespace(**{"token_checksum": "abc", "user_id": 7, "application_id": 1, **fields})

    with pytest.raises(CredentialUnsupported):
        oauth2.credential_of(given, None)


def test_credentials_that_end_speak_the_scheme_of_their_kind():
    knox_token = SimpleNamespace(digest="abc", user_id=7)
    oauth2_token = SimpleNamespace(token_checksum="abc", user_id=7, application_id=1)

    found = [knox.credential_of(knox_token), oauth2.credential_of(oauth2_token, None)]
    found.append(oauth2.family_credential("a family", 1, user_key=7))

    found.append(simplejwt.credential_of("a family", user_key=7))

    assert [(one.kind, one.scheme) for one in found] == [
        ("knox", "Token"),
        ("oauth2", "Bearer"),
        ("oauth2", "Bearer"),
        ("jwt", "Bearer"),
    ]


class SaysNothing:
    """Announces no scheme, as a host's subclass of an authenticator may."""

    def authenticate_header(self, request):
        return None


def request_by(authenticator, auth, **fields):
    made = type("OfAHost", (SaysNothing, authenticator), {})()
    return SimpleNamespace(successful_authenticator=made, auth=auth, user=user(), **fields)


def test_a_subclass_that_announces_no_scheme_has_that_of_its_kind():
    sent = "Basic " + base64.b64encode(b"rita:secret:with:colons").decode()
    asked = [
        basic.resolve(
            request_by(
                BasicAuthentication, None, META={"HTTP_AUTHORIZATION": sent}, headers={"authorization": sent}
            )
        ),
        token.resolve(request_by(TokenAuthentication, SimpleNamespace(key="k", user_id=7))),
        knox.resolve(request_by(KnoxAuthentication, SimpleNamespace(digest="d", user_id=7))),
    ]

    assert [(one.kind, one.scheme) for one in asked] == [
        ("basic", "Basic"),
        ("token", "Token"),
        ("knox", "Token"),
    ]
    assert asked[0].identity == "rita"


@pytest.mark.parametrize(
    ("announced", "scheme"), [(None, "Bearer"), ("", "Bearer"), ('JWT realm="api"', "JWT")]
)
def test_a_jwt_has_the_scheme_that_its_authenticator_announces_or_bearer(rita, announced, scheme):
    class OfAHost(JWTAuthentication):
        def authenticate_header(self, request):
            return announced

    access = AccessToken.for_user(rita.user)
    request = SimpleNamespace(successful_authenticator=OfAHost(), auth=access, user=rita.user)

    asked = simplejwt.resolve(request)

    assert (asked.kind, asked.scheme) == ("jwt", scheme)


@pytest.mark.parametrize("fields", [{"key": ""}, {"key": None}, {"user_id": None}])
def test_a_token_without_a_key_or_a_user_is_refused(fields):
    auth = SimpleNamespace(**{"key": "k", "user_id": 7, **fields})

    with pytest.raises(CredentialUnsupported):
        token.resolve(request_by(TokenAuthentication, auth))


def test_a_jwt_authenticator_that_hands_over_no_token_is_refused():
    with pytest.raises(CredentialUnsupported):
        simplejwt.resolve(request_by(JWTAuthentication, None))


def test_a_class_of_a_package_that_was_never_imported_is_nobodys():
    assert is_instance(object(), "a.package.that.is.not.there", "Authentication") is False


def test_a_resolver_may_be_a_function_as_well_as_its_name(settings):
    settings.ACCESSFLOW_MFA_CREDENTIAL_RESOLVERS = [lambda request: credential()]
    request = SimpleNamespace(
        successful_authenticator=object(), auth=None, user=user(), _request=SimpleNamespace()
    )

    assert caller_of(request).credential == "token"


def test_whoever_prints_a_credential_or_a_caller_prints_nothing_that_identifies_it():
    one = credential()
    caller = caller_from(user(), one)

    assert repr(one) == "Credential(kind='token', scheme='Token', user_key=7)"
    assert repr(caller) == f"Caller(user={caller.user!r}, credential='token', scheme='Token')"
    assert caller.binding not in repr(caller)


@pytest.mark.parametrize("sent", ["", "Basic", "Basic YQ"])
def test_a_password_that_nobody_can_read_is_no_credential(sent):
    request = request_by(
        BasicAuthentication, None, META={"HTTP_AUTHORIZATION": sent}, headers={"authorization": sent}
    )

    with pytest.raises(CredentialUnsupported):
        basic.resolve(request)


def test_no_resolver_is_asked_about_a_request_that_nothing_authenticated(settings):
    settings.ACCESSFLOW_MFA_CREDENTIAL_RESOLVERS = [lambda request: credential()]

    with pytest.raises(CredentialUnsupported):
        caller_of(SimpleNamespace(successful_authenticator=None, user=user()))


def test_without_a_trusted_issuer_no_claims_are_looked_for(settings):
    settings.ACCESSFLOW_MFA_CLAIMS_RESOLVER = lambda request: pytest.fail("asked for claims")

    assert claimed_by(SimpleNamespace()) is None


def test_claims_are_those_of_a_token_that_simplejwt_has_validated_for_its_user(rita):
    access = AccessToken.for_user(rita.user)
    by_others = SimpleNamespace(successful_authenticator=object(), auth=access, user=rita.user)
    without_payload = request_by(JWTAuthentication, object())
    without_payload.user = rita.user

    assert simplejwt.claims_of(by_others) is None
    assert simplejwt.claims_of(without_payload) is None
    by_jwt = SimpleNamespace(successful_authenticator=JWTAuthentication(), auth=access, user=rita.user)
    assert simplejwt.claims_of(by_jwt) is access.payload


def test_a_refresh_token_is_replaced_only_while_it_is_said_so():
    assert simplejwt.is_rotation() is False
    with simplejwt.rotation():
        assert simplejwt.is_rotation() is True
    assert simplejwt.is_rotation() is False


def test_a_reused_refresh_token_says_what_simplejwt_said():
    from drf_accessflow_mfa.credentials.simplejwt_login import RefreshTokenReused

    reused = RefreshTokenReused(TokenError("Token is blacklisted"), {"jti": "x"})

    assert (reused.args, reused.payload) == (("Token is blacklisted",), {"jti": "x"})
