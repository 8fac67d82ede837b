"""Create the example's users, flows and OAuth2 client; whatever exists already stays as it is."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand
from oauth2_provider.models import get_application_model

from drf_accessflow_mfa.domain.events import Origin, Source
from drf_accessflow_mfa.models import AccessFlow, GuardedRoute
from drf_accessflow_mfa.services.flows import Editor, create_flow
from drf_accessflow_mfa.services.routes import bind_route

GROUP_OF = {"rita": "requesters", "omar": "approvers"}

CLIENT_ID = "demo-client"

GUARDED_ROUTE = ("production-database", "knox-logoutall")
"""A view of another package, guarded without touching it: logging out all clients of a user."""

FLOWS: list[dict[str, Any]] = [
    {
        "slug": "production-database",
        "name": "Production database",
        "description": "Read and change what customers rely on.",
        "require_mfa": True,
    },
    {
        "slug": "customer-export",
        "name": "Customer export",
        "description": "Download personal data of customers.",
        "require_mfa": True,
        "mfa_max_age": timedelta(minutes=5),
        "requesters": ["requesters"],
        "approvers": ["approvers"],
        "approvals_required": 1,
        "require_mfa_to_approve": True,
        "justification_required": True,
        "max_duration": timedelta(hours=2),
        "max_extensions": 1,
    },
    {
        "slug": "staging-logs",
        "name": "Staging logs",
        "description": "Read the logs of the staging environment.",
        "require_mfa": False,
        "requesters": ["requesters"],
        "approvers": ["approvers"],
        "approvals_required": 0,
    },
]


class Command(BaseCommand):
    """Seed the example, as often as one likes."""

    help = __doc__

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        created = [
            *self._create_users(),
            *self._create_flows(),
            *self._create_client(),
            *self._guard_route(),
        ]
        if verbosity and created:
            self.stdout.write(f"Created {', '.join(created)}.")

    def _create_users(self) -> list[str]:
        created = []
        if not User.objects.filter(username="ada").exists():
            User.objects.create_superuser("ada", "ada@example.com", settings.DEMO_PASSWORD)
            created.append("ada")
        for username, group_name in GROUP_OF.items():
            group, _ = Group.objects.get_or_create(name=group_name)
            if not User.objects.filter(username=username).exists():
                user = User.objects.create_user(username, f"{username}@example.com", settings.DEMO_PASSWORD)
                user.groups.add(group)
                created.append(username)
        return created

    def _create_flows(self) -> list[str]:
        editor = Editor(caller=None, origin=Origin(source=Source.COMMAND))
        created = []
        for flow in FLOWS:
            if not AccessFlow.objects.filter(slug=flow["slug"]).exists():
                create_flow({**flow, **self._groups_of(flow)}, editor=editor)
                created.append(flow["slug"])
        return created

    def _guard_route(self) -> list[str]:
        flow, route = GUARDED_ROUTE
        if GuardedRoute.objects.filter(route=route).exists():
            return []
        bind_route(flow, route, editor=Editor(caller=None, origin=Origin(source=Source.COMMAND)))
        return [f"guard of {route}"]

    def _groups_of(self, flow: dict[str, Any]) -> dict[str, Any]:
        return {
            name: list(Group.objects.filter(name__in=flow[name]))
            for name in ("requesters", "approvers")
            if name in flow
        }

    def _create_client(self) -> list[str]:
        application = get_application_model()
        _, is_new = application.objects.get_or_create(
            client_id=CLIENT_ID,
            defaults={
                "name": "Demonstration",
                "client_type": application.CLIENT_PUBLIC,
                "client_secret": "",
                "authorization_grant_type": application.GRANT_PASSWORD,
            },
        )
        return [CLIENT_ID] if is_new else []
