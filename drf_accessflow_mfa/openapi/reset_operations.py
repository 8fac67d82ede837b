"""The operations by which administrators reset the second factor of others."""

from drf_spectacular.utils import OpenApiParameter

from drf_accessflow_mfa.api import resets
from drf_accessflow_mfa.openapi.describe import CHALLENGE, Operations, operation

_TAG = "Resets"
_USER = OpenApiParameter("user_id", str, OpenApiParameter.PATH, description="The primary key of the user.")
_RESET = OpenApiParameter(
    "reset_id", int, OpenApiParameter.PATH, description="The id of the reset that awaits confirmation."
)
_NO_RESET = "No such reset awaits confirmation."

RESET_OPERATIONS: Operations = {
    resets.UserResetView: {
        "post": operation(
            "reset_user",
            "Reset the second factor of a user",
            tag=_TAG,
            request=resets.NewResetSerializer,
            parameters=[_USER],
            answers={
                200: resets.ResetSerializer,
                202: resets.PendingResetSerializer,
                401: CHALLENGE,
                404: "There is no such user.",
                409: "A reset of this user awaits confirmation already (`reset_pending`).",
            },
        ),
    },
    resets.ResetsView: {
        "get": operation(
            "list_resets",
            "List resets that await a second administrator",
            tag=_TAG,
            answers={200: resets.PendingResetSerializer(many=True)},
        ),
    },
    resets.ResetView: {
        "delete": operation(
            "cancel_reset",
            "Take a reset back",
            tag=_TAG,
            parameters=[_RESET],
            answers={204: None, 404: _NO_RESET},
        ),
    },
    resets.ResetConfirmationView: {
        "post": operation(
            "confirm_reset",
            "Confirm a reset that another administrator asked for",
            tag=_TAG,
            parameters=[_RESET],
            answers={200: resets.ResetSerializer, 401: CHALLENGE, 404: _NO_RESET},
        ),
    },
}
