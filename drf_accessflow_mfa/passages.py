"""Note which requests a verification let through: a log line at once, a row if the setting says so."""

import logging
from typing import Any

from drf_accessflow_mfa.conf import mfa_settings
from drf_accessflow_mfa.credentials import Caller
from drf_accessflow_mfa.services.passages import Passage, access_log, is_line_kept, log_passage
from drf_accessflow_mfa.services.require import Passed

PASSAGES_ATTRIBUTE = "_accessflow_mfa_passages"


def are_passages_noted() -> bool:
    """Tell whether the access log or the setting asks which verification let a request through."""
    return mfa_settings.record_access or (access_log.isEnabledFor(logging.INFO) and is_line_kept())


def note_passage(http_request: Any, caller: Caller, passed: Passed) -> None:
    """Note a passage for each verification, once a request however often the guard was asked.

    For those who have asked ``are_passages_noted`` before: where nobody notes
    passages, the verifications are not told.
    """
    if not passed.verifications:
        return
    flows_of: dict[int, tuple[str, ...]] = {}
    for flow, verification in passed.verifications.items():
        # By its number: the hash of a UUID costs a call.
        flows_of[verification.int] = (*flows_of.get(verification.int, ()), flow)
    noted = http_request.__dict__.setdefault(PASSAGES_ATTRIBUTE, {})
    for number, flows in flows_of.items():
        if (number, flows) in noted:
            continue
        noted[number, flows] = passage = Passage(
            user=caller.user,
            verification=passed.verifications[flows[0]],
            flows=flows,
            credential=caller.credential,
            method=http_request.method or "",
            path=http_request.path,
        )
        log_passage(passage)
