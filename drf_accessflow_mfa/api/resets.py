"""``users/{id}/reset/`` and ``resets/``: administrators reset the second factor of others."""

from rest_framework import serializers, status

from drf_accessflow_mfa.api.base import MFAView, Request, Response
from drf_accessflow_mfa.api.fields import UTCDateTimeField
from drf_accessflow_mfa.api.serializers import Shape
from drf_accessflow_mfa.models import PendingReset
from drf_accessflow_mfa.services import reset
from drf_accessflow_mfa.services.factor_removal import LONGEST_REASON
from drf_accessflow_mfa.services.flows import Editor

MOST_SHOWN = 200


class NewResetSerializer(Shape):
    """Why somebody's second factor shall be reset."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class ResetSerializer(Shape):
    """What a reset took away."""

    user = serializers.CharField(source="user.get_username", read_only=True)
    devices = serializers.ListField(child=serializers.CharField(), read_only=True)
    verifications = serializers.IntegerField(
        read_only=True, min_value=0, help_text="How many verifications have ended."
    )


class PendingResetSerializer(Shape):
    """A reset that awaits a second administrator."""

    id = serializers.IntegerField(read_only=True)
    user = serializers.CharField(source="subject.get_username", read_only=True)
    requested_by = serializers.CharField(source="requested_by.get_username", read_only=True)
    reason = serializers.CharField(read_only=True)
    requested_at = UTCDateTimeField(read_only=True)
    expires_at = UTCDateTimeField(read_only=True)


class AdministratorView(MFAView):
    """What the views of resets share: those who may reset nobody see nothing."""

    @property
    def editor(self) -> Editor:
        """Return who acts."""
        return Editor(caller=self.caller, origin=self.origin)

    def check_permissions(self, request: Request) -> None:
        """Refuse everybody without the permission, whatever they ask about or send."""
        super().check_permissions(request)
        reset.may_reset(self.editor)


class UserResetView(AdministratorView):
    """The second factor of one user."""

    def post(self, request: Request, user_id: str) -> Response:
        """Reset it, or ask a second administrator to confirm."""
        shape = NewResetSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        outcome = reset.reset_factors(
            reset.find_user(user_id), reason=shape.validated_data["reason"], editor=self.editor
        )
        if isinstance(outcome, PendingReset):
            return Response(PendingResetSerializer(outcome).data, status=status.HTTP_202_ACCEPTED)
        return Response(ResetSerializer(outcome).data)


class ResetsView(AdministratorView):
    """The resets that await a second administrator."""

    def get(self, request: Request) -> Response:
        """Return them, oldest first."""
        return Response(PendingResetSerializer(reset.pending_resets()[:MOST_SHOWN], many=True).data)


class ResetView(AdministratorView):
    """One reset that awaits a second administrator."""

    def delete(self, request: Request, reset_id: int) -> Response:
        """Take it back."""
        reset.cancel_reset(reset_id, editor=self.editor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ResetConfirmationView(AdministratorView):
    """The second administrator's word."""

    def post(self, request: Request, reset_id: int) -> Response:
        """Reset what the first one asked for."""
        return Response(ResetSerializer(reset.confirm_reset(reset_id, editor=self.editor)).data)
