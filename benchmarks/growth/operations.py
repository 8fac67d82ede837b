"""What is measured, each as one HTTP request through the whole example project."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from benchmarks.growth import cursors
from benchmarks.growth.installations import Installation

API = "/api/mfa/"
Act = Callable[[Installation, int], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One request that somebody makes; ``act`` gets the number of the repetition too."""

    group: str
    name: str
    act: Act
    status: int = 200

    def run(self, installation: Installation, repetition: int) -> Any:
        """Make the request. Raises ``UnexpectedAnswer``."""
        answer = self.act(installation, repetition)
        if answer.status_code != self.status:
            raise UnexpectedAnswer(self, installation, answer)
        return answer


class UnexpectedAnswer(Exception):
    """An operation was answered otherwise than it must be: there is nothing to measure."""

    def __init__(self, operation: Operation, installation: Installation, answer: Any) -> None:
        super().__init__(
            f"{operation.group}, {operation.name}, {installation.size}: "
            f"{answer.status_code} instead of {operation.status}: {answer.content[:300]!r}"
        )


def operations() -> list[Operation]:
    """Return everything that is measured, in the order of the report."""
    return [*_guard(), *_status(), *_verify(), *_requests(), *_flows(), *_audit(), *_own_log()]


def _get(who: str, path: str, **filters: Any) -> Act:
    url = f"{path}?{urlencode(filters)}" if filters else path

    def act(installation: Installation, repetition: int) -> Any:
        return installation.people.named[who].client.get(url)

    return act


def _page(who: str, path: str, cursor: cursors.Find, **filters: Any) -> Act:
    """Return the request of a page deep in a list."""

    def act(installation: Installation, repetition: int) -> Any:
        query = urlencode({**filters, "cursor": cursor(installation)})
        return installation.people.named[who].client.get(f"{path}?{query}")

    return act


def _vault(who: str) -> Act:
    def act(installation: Installation, repetition: int) -> Any:
        flagged = f"flow-{installation.size.flows}"
        return installation.people.named[who].client.get(f"/api/vault/{flagged}/")

    return act


def _guard() -> list[Operation]:
    return [
        Operation(group="guard", name="flagged flow, verified", act=_vault("verified")),
        Operation(group="guard", name="flagged flow, verified, long history", act=_vault("long")),
        Operation(group="guard", name="flagged flow, refused", act=_vault("unverified"), status=401),
        Operation(
            group="guard", name="flow that asks for nothing", act=_get("verified", "/api/vault/flow-1/")
        ),
    ]


def _status() -> list[Operation]:
    return [
        Operation(group="status", name="verified", act=_get("verified", API + "status/")),
        Operation(group="status", name="long history", act=_get("long", API + "status/")),
        Operation(group="status", name="not enrolled", act=_get("newcomer", API + "status/")),
        Operation(
            group="verifications", name="live ones, long history", act=_get("long", API + "verifications/")
        ),
    ]


def _verify() -> list[Operation]:
    def act(installation: Installation, repetition: int) -> Any:
        return installation.people.verifiers[repetition].verify()

    return [Operation(group="verify", name="right code", act=act, status=201)]


def _requests() -> list[Operation]:
    path = API + "requests/"
    middle = cursors.middle_request
    return [
        Operation(group="requests", name="mine, none", act=_get("verified", path)),
        Operation(group="requests", name="mine, long history", act=_get("long", path)),
        Operation(group="requests", name="mine, long history, deep", act=_page("long", path, middle)),
        Operation(group="requests", name="mine, active", act=_get("long", path, status="active")),
        Operation(group="requests", name="to decide", act=_get("approver", path, scope="to_decide")),
        Operation(group="requests", name="all, viewer", act=_get("viewer", path, scope="all")),
        Operation(group="requests", name="all, viewer, deep", act=_page("viewer", path, middle, scope="all")),
        Operation(group="requests", name="all, approver", act=_get("approver", path, scope="all")),
        Operation(group="requests", name="all, somebody with none", act=_get("newcomer", path, scope="all")),
        *(
            Operation(
                group="requests",
                name=f"all, {status}",
                act=_get("viewer", path, scope="all", status=status),
            )
            for status in (
                "pending_approval",
                "approved",
                "active",
                "ended",
                "rejected",
                "expired",
                "revoked",
            )
        ),
        Operation(
            group="requests", name="all, one flow", act=_get("viewer", path, scope="all", flow="flow-2")
        ),
    ]


def _flows() -> list[Operation]:
    path = API + "flows/"
    return [
        Operation(group="flows", name="first page", act=_get("viewer", path)),
        Operation(group="flows", name="deep page", act=_page("viewer", path, cursors.middle_flow)),
        Operation(
            group="flows", name="requirement of one", act=_get("verified", path + "flow-2/requirement/")
        ),
    ]


def _audit() -> list[Operation]:
    filters: dict[str, dict[str, Any]] = {
        "all": {},
        "kind, common": {"kind": "mfa.challenged"},
        "kind, rare": {"kind": "keys.rotated"},
        "outcome, common": {"outcome": "denied"},
        "outcome, long ago": {"outcome": "failure"},
        "actor": {"actor": "user-1"},
        "subject": {"subject": "user-1"},
        "flow": {"flow": "flow-2"},
        "two months": {
            "since": (timezone.now() - timedelta(days=210)).isoformat(),
            "until": (timezone.now() - timedelta(days=150)).isoformat(),
        },
        "kind and outcome": {"kind": "mfa.failed", "outcome": "success"},
        "kind and subject": {"kind": "mfa.failed", "subject": "user-1"},
    }
    path = API + "audit-events/"
    found = []
    for name, wanted in filters.items():
        found.append(Operation(group="audit", name=name, act=_get("viewer", path, **wanted)))
        deep = _page("viewer", path, cursors.middle_event, **wanted)
        found.append(Operation(group="audit", name=f"{name}, deep", act=deep))
    back = _page("viewer", path, cursors.back_from_middle_event)
    return [*found, Operation(group="audit", name="all, deep, backwards", act=back)]


def _own_log() -> list[Operation]:
    path, pages = API + "audit-events/", "/account/security/log/"

    def deep_page(installation: Installation, repetition: int) -> Any:
        query = urlencode({"before": cursors.middle_of_own_log(installation)})
        return installation.people.browser.get(f"{pages}?{query}")

    def first_page(installation: Installation, repetition: int) -> Any:
        return installation.people.browser.get(pages)

    return [
        Operation(group="own log", name="API, first", act=_get("long", path)),
        Operation(group="own log", name="API, deep", act=_page("long", path, cursors.middle_event)),
        Operation(group="own log", name="API, one kind", act=_get("long", path, kind="mfa.failed")),
        Operation(group="own log", name="page, first", act=first_page),
        Operation(group="own log", name="page, deep", act=deep_page),
    ]
