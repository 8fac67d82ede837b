"""``make demo`` may run again and again."""

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from drf_accessflow_mfa.models import AccessFlow

pytestmark = pytest.mark.django_db


def test_the_seed_holds_the_promised_users_and_flows() -> None:
    call_command("seed_demo", verbosity=0)

    users = {user.username: [group.name for group in user.groups.all()] for user in User.objects.all()}
    flows = {flow.slug: (flow.require_mfa, flow.mfa_max_age) for flow in AccessFlow.objects.all()}
    assert users == {"ada": [], "rita": ["requesters"], "omar": ["approvers"]}
    assert User.objects.get(is_superuser=True).username == "ada"
    assert {slug: required for slug, (required, _) in flows.items()} == {
        "production-database": True,
        "customer-export": True,
        "staging-logs": False,
    }
    export_age = flows["customer-export"][1]
    assert export_age is not None
    assert export_age.total_seconds() == 300


def test_a_second_run_keeps_what_was_changed_since() -> None:
    call_command("seed_demo", verbosity=0)
    AccessFlow.objects.filter(slug="production-database").update(require_mfa=False)
    rita = User.objects.get(username="rita")
    rita.set_password("another one")
    rita.save()
    rita.groups.clear()

    call_command("seed_demo", verbosity=0)

    assert not AccessFlow.objects.get(slug="production-database").require_mfa
    rita.refresh_from_db()
    assert rita.check_password("another one")
    assert not rita.groups.exists()
