"""Find the grant handler of a flow, and call it."""

import logging
from datetime import datetime
from typing import Any

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.domain.grants import Duty
from drf_accessflow_mfa.models import AccessFlow, AccessRequest
from drf_accessflow_mfa.services.requests.grant_outcomes import with_times

logger = logging.getLogger("drf_accessflow_mfa.grants")

ANY_FLOW = "*"


class NoGrantHandler(LookupError):
    """The flow demands a grant, and no handler is configured for it."""


def is_granted_by_handler(flow: AccessFlow) -> bool:
    """Tell whether a handler is concerned with the flow, or would have to be."""
    return flow.grant_required or _find_handler(flow.slug) is not None


def perform(duty: Duty, row: AccessRequest, *, now: datetime) -> Exception | None:
    """Call the handler with a copy of the row, and return what it raised."""
    handler = _find_handler(row.flow.slug)
    try:
        if handler is None:
            raise NoGrantHandler(row.flow.slug)
        act = handler.grant if duty is Duty.GRANT else handler.withdraw
        act(with_times(row, now=now))
    except Exception as error:  # whatever a handler raises is its failure, not ours
        logger.exception("grant handler failed: %s request=%s", duty, row.pk)
        return error
    return None


def _find_handler(slug: str) -> Any:
    handlers = mfa_settings.grant_handlers
    return handlers.get(slug, handlers.get(ANY_FLOW))
