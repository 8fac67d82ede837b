"""End verifications when something in a user's life ends them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone

from drf_accessflow_mfa import audit, signals
from drf_accessflow_mfa.credentials import session
from drf_accessflow_mfa.credentials.origin import origin_of
from drf_accessflow_mfa.devices.counted import counted_as
from drf_accessflow_mfa.devices.registry import device_models
from drf_accessflow_mfa.domain.events import EventKind, Origin, Outcome, Source
from drf_accessflow_mfa.models.database import write_alias
from drf_accessflow_mfa.services import credential_life
from drf_accessflow_mfa.services.revoke import revoke_binding, revoke_device, revoke_user
from drf_accessflow_mfa.services.watching import watch


def connect() -> None:
    """Watch log-ins, log-outs, tokens, deactivated users and devices changed by others."""
    credential_life.connect()
    user_logged_in.connect(_on_login, dispatch_uid="accessflow_mfa_login")
    user_logged_out.connect(_on_logout, dispatch_uid="accessflow_mfa_logout")
    watch(post_save, get_user_model(), _on_user_saved, with_children=True)
    watch(pre_delete, get_user_model(), _before_user_deleted)
    for entry in device_models():
        # A row that counts as a child may be saved as its parent.
        for model in (entry.model, *entry.model._meta.get_parent_list()):
            watch(post_save, model, _on_device_saved, with_children=True)
        watch(post_delete, entry.model, _on_device_deleted)


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
        user, origin = _as_user(instance), Origin(source=Source.SYSTEM)
        revoke_user(user, reason="deactivated", origin=origin)
        _requests().cancel_requests_of(user, reason="deactivated", origin=origin)


def _as_user(instance: Any) -> Any:
    """Return a child of the user model as the user that it is: its own key may be another."""
    user_model: Any = get_user_model()
    if instance._meta.concrete_model is user_model._meta.concrete_model:
        return instance
    names = [field.attname for field in user_model._meta.concrete_fields]
    return user_model.from_db(instance._state.db, names, [getattr(instance, name) for name in names])


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
        using, now = write_alias(), timezone.now()
        for _, device_id in counted_as(instance, using=using):
            revoke_device(instance.user_id, device_id, now=now, using=using)


def _on_device_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    if getattr(instance, "accessflow_mfa_removal_is_logged", False) or not instance.confirmed:
        return
    using, now = write_alias(), timezone.now()
    counted = counted_as(instance, using=using)
    if not counted:
        return
    with transaction.atomic(using=using):
        for _, device_id in counted:
            revoke_device(instance.user_id, device_id, now=now, using=using)
        entry, device_id = counted[0]
        audit.append(
            EventKind.DEVICE_REMOVED,
            Outcome.SUCCESS,
            now=now,
            origin=Origin(source=Source.SYSTEM),
            using=using,
            subject=instance.user,
            reason="removed outside of this package",
            device=device_id,
            method=entry.method.value,
        )
        signals.send_after_commit(
            signals.device_removed, sender=sender, using=using, user=instance.user, device=device_id
        )
