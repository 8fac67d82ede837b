"""Loads an access token's family together with the token, in one SQL statement.

::

    OAUTH2_PROVIDER = {
        "OAUTH2_VALIDATOR_CLASS": "drf_accessflow_mfa.credentials.oauth2_validator.FamilyValidator",
    }

Without it everything works, and each request costs one statement more. Needs
django-oauth-toolkit.
"""

from hashlib import sha256
from typing import Any

from oauth2_provider.models import get_access_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator

from drf_accessflow_mfa.credentials.oauth2 import refresh_token_accessor


class FamilyValidator(OAuth2Validator):  # type: ignore[misc] # the toolkit has no types
    """The toolkit's own; a validator of yours inherits from it."""

    def _load_access_token(self, token: str) -> Any:
        return (
            get_access_token_model()
            .objects.select_related("application", "user", refresh_token_accessor())
            .filter(token_checksum=sha256(token.encode()).hexdigest())
            .first()
        )
