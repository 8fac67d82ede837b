"""End verifications when the token that they were made through ends."""

import logging
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils.module_loading import import_string

from drf_accessflow_mfa.credentials import knox, oauth2, simplejwt
from drf_accessflow_mfa.credentials.caller import Credential, binding_of
from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services.revoke import revoke_binding
from drf_accessflow_mfa.services.watching import watch

logger = logging.getLogger("drf_accessflow_mfa.audit")

BLACKLIST = "rest_framework_simplejwt.token_blacklist"


def connect() -> None:
    """Watch the tokens of whichever packages are installed."""
    if apps.is_installed("rest_framework.authtoken"):
        watch(post_delete, apps.get_model("authtoken", "Token"), _on_token_deleted)
    if apps.is_installed("knox"):
        watch(post_delete, import_string("knox.models.get_token_model")(), _on_knox_token_deleted)
    if apps.is_installed(BLACKLIST):
        watch(post_save, apps.get_model("token_blacklist", "BlacklistedToken"), _on_blacklisted)
    if apps.is_installed("oauth2_provider"):
        refresh_model = import_string("oauth2_provider.models.get_refresh_token_model")()
        access_model = import_string("oauth2_provider.models.get_access_token_model")()
        watch(pre_delete, access_model, _on_access_token_deleted)
        watch(post_save, refresh_model, _on_refresh_token_saved)
        watch(post_delete, refresh_model, _on_refresh_token_deleted)
    simplejwt.refresh_token_reused.connect(_on_refresh_token_reused, dispatch_uid="accessflow_mfa_reused")


def _on_token_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    credential = Credential(
        kind="token", scheme="Token", identity=str(instance.key), user_key=instance.user_id
    )
    _end(credential, "token_deleted")


def _on_knox_token_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    _end(knox.credential_of(instance), "token_deleted")


def _on_blacklisted(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    outstanding = instance.token
    if not created or raw or outstanding.user_id is None or simplejwt.is_rotation():
        return
    family = simplejwt.find_stored_family(outstanding)
    if family is not None:
        _end(simplejwt.credential_of(family, user_key=outstanding.user_id), "logged_out")


def _on_refresh_token_reused(sender: Any, payload: Mapping[str, Any], **kwargs: Any) -> None:
    connection = connections[write_alias()]
    if connection.in_atomic_block and connection.settings_dict["ATOMIC_REQUESTS"]:
        logger.error("A refused refresh undoes what it ends: use simplejwt_login.TokenRefreshView.")
    user, family = simplejwt.find_user(payload), simplejwt.find_family(payload)
    if user is not None and family is not None:
        _end(simplejwt.credential_of(family, user_key=user.pk), "refresh_token_reused")


def _on_access_token_deleted(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    if instance.user_id is None:
        return
    # Before the deletion: it makes the refresh token forget its access token.
    refresh_token = _refresh_tokens(using).filter(access_token_id=instance.pk).first()
    if refresh_token is not None:
        _end_family_unless_rotated(refresh_token, using)
    if oauth2.find_family(refresh_token) is None and not instance.is_expired():
        _end(oauth2.credential_of(instance, None), "token_revoked")


def _on_refresh_token_saved(sender: Any, instance: Any, using: str, raw: bool = False, **kwargs: Any) -> None:
    if instance.revoked is not None and not raw:
        _end_family_unless_rotated(instance, using)


def _on_refresh_token_deleted(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    if instance.revoked is None:
        _end_family_unless_rotated(instance, using)


def _end_family_unless_rotated(refresh_token: Any, using: str) -> None:
    """End a family's verifications unless another of its tokens takes over.

    A rotation revokes a token exactly as a revocation does. It shows only
    when the transaction that may bring the next token is over.
    """
    family = refresh_token.token_family
    if family is None:
        return
    credential = oauth2.family_credential(
        family, refresh_token.application_id, user_key=refresh_token.user_id
    )

    def end_if_dead() -> None:
        usable = _refresh_tokens(using).filter(
            token_family=family, revoked__isnull=True, access_token__isnull=False
        )
        if not usable.exists():
            _end(credential, "token_revoked")

    transaction.on_commit(end_if_dead, using=using)


def _refresh_tokens(using: str) -> Any:
    return import_string("oauth2_provider.models.get_refresh_token_model")()._base_manager.using(using)


def _end(credential: Credential, reason: str) -> None:
    # A user who was deleted with the token took the verifications along.
    user = get_user_model()._base_manager.filter(pk=credential.user_key).first()
    if user is not None:
        revoke_binding(user, binding_of(credential), reason=reason, origin=Origin(source=Source.SYSTEM))
