"""What the tests of every endpoint know is what there is."""

import pytest
from django.urls import resolve

from drf_accessflow_mfa.api.urls import urlpatterns
from tests.api.routes import EVERY, NEEDS_NO_BODY, WITH_BODY, root, url_of


def test_every_endpoint_is_known_to_the_tests_with_its_methods():
    served = {
        route.name: {method for method in route.callback.cls().allowed_methods if method != "OPTIONS"}
        for route in urlpatterns
    }

    assert {name: methods for name, (_, methods) in EVERY.items()} == served
    assert {name for name, _ in WITH_BODY} >= NEEDS_NO_BODY


@pytest.mark.django_db
@pytest.mark.parametrize("name", EVERY)
def test_a_url_of_the_tests_leads_to_the_endpoint_of_its_name(clock, name):
    root()

    assert resolve(url_of(name)).url_name == name
