"""End verifications when something in a user's life ends them."""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone

from drf_accessflow_mfa import audit, signals
from drf_accessflow_mfa.credentials import session
from drf_accessflow_mfa.credentials.origin import origin_of
from drf_accessflow_mfa.devices.registry import as_user_device, device_models, id_of
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome, Source
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services import credential_life
from drf_accessflow_mfa.services.revoke import revoke_binding, revoke_device, revoke_user


def connect() -> None:
    """Watch log-ins, log-outs, tokens, deactivated users and devices changed by others."""
    credential_life.connect()
    user_logged_in.connect(_on_login, dispatch_uid="accessflow_mfa_login")
    user_logged_out.connect(_on_logout, dispatch_uid="accessflow_mfa_logout")
    for model in _user_models():
        label = model._meta.label_lower
        post_save.connect(_on_user_saved, sender=model, dispatch_uid=f"accessflow_mfa_save_{label}")
        pre_delete.connect(_before_user_deleted, sender=model, dispatch_uid=f"accessflow_mfa_del_{label}")
    for entry in device_models():
        label = entry.model._meta.label_lower
        post_save.connect(_on_device_saved, sender=entry.model, dispatch_uid=f"accessflow_mfa_save_{label}")
        post_delete.connect(
            _on_device_deleted, sender=entry.model, dispatch_uid=f"accessflow_mfa_del_{label}"
        )


def _user_models() -> list[type[Any]]:
    """Return the user model and its proxies: a signal's sender is the class that was used."""
    user_model = get_user_model()
    return [
        model
        for model in apps.get_models()
        if issubclass(model, user_model) and model._meta.concrete_model is user_model._meta.concrete_model
    ]


def _on_login(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    # A repeated log-in keeps the session's data; what it proved must not count.
    _end_session_verifications(request, user, "logged_in_again")
    session.forget_anchor(request)


def _on_logout(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        _end_session_verifications(request, user, "logged_out")


def _end_session_verifications(request: Any, user: Any, reason: str) -> None:
    binding = session.find_binding(request, user)
    if binding is not None:
        revoke_binding(user, binding, reason=reason, origin=origin_of(request, source=Source.WEB))


def _on_user_saved(sender: Any, instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    if not created and not raw and not instance.is_active:
        origin = Origin(source=Source.SYSTEM)
        revoke_user(instance, reason="deactivated", origin=origin)
        _requests().cancel_requests_of(instance, reason="deactivated", origin=origin)


def _before_user_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    # Their requests go with them: what was granted would stay for good.
    requests = _requests()
    requests.cancel_requests_of(instance, reason="deleted", origin=Origin(source=Source.SYSTEM))
    requests.withdraw_after_deletion(instance, using=write_alias())


def _requests() -> Any:
    """Return the verbs of access requests, imported when a user goes: not at the start of each process."""
    from drf_accessflow_mfa.services import requests  # noqa: PLC0415 - see above

    return requests


def _on_device_saved(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:
    if not created and not instance.confirmed:
        revoke_device(instance.user_id, id_of(instance), now=timezone.now(), using=write_alias())


def _on_device_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    if getattr(instance, "accessflow_mfa_removal_is_logged", False) or not instance.confirmed:
        return
    using, now = write_alias(), timezone.now()
    with transaction.atomic(using=using):
        device_id = id_of(instance)
        revoke_device(instance.user_id, device_id, now=now, using=using)
        audit.append(
            EventKind.DEVICE_REMOVED,
            Outcome.SUCCESS,
            now=now,
            origin=Origin(source=Source.SYSTEM),
            using=using,
            subject=instance.user,
            reason="removed outside of this package",
            device=device_id,
            method=as_user_device(instance).method.value,
        )
        signals.send_after_commit(
            signals.device_removed, sender=sender, using=using, user=instance.user, device=device_id
        )
