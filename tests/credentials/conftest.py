"""A flagged flow, the example's OAuth2 client, and views for both."""

import pytest
from oauth2_provider.models import get_application_model

from tests.credentials.kinds import KINDS


@pytest.fixture(autouse=True)
def routes(settings):
    settings.ROOT_URLCONF = "tests.credentials.urls"


@pytest.fixture(autouse=True)
def demo_client(db, refunds):
    """The public client of the example."""
    application = get_application_model()
    return application.objects.create(
        client_id="demo-client",
        client_secret="",
        client_type=application.CLIENT_PUBLIC,
        authorization_grant_type=application.GRANT_PASSWORD,
    )


@pytest.fixture(params=KINDS)
def kind(request):
    """Each kind of credential in turn."""
    return KINDS[request.param]
