"""Access requests: the verbs of people, and those of time.

``open_request``, ``decide_request``, ``cancel_request``, ``revoke_request`` and
``extend_request`` each run in a transaction of their own that first locks one
row, so that of two acts at once each sees what the other has done. The status
of a request follows from its times: ``close_requests`` only writes down what
has ended.
"""

from drf_accessflow_mfa.services.requests.closing import close_requests
from drf_accessflow_mfa.services.requests.deciding import decide_request
from drf_accessflow_mfa.services.requests.ending import cancel_request, cancel_requests_of, revoke_request
from drf_accessflow_mfa.services.requests.extending import extend_request
from drf_accessflow_mfa.services.requests.gone import withdraw_after_deletion
from drf_accessflow_mfa.services.requests.grants import retry_grants, settle_grant
from drf_accessflow_mfa.services.requests.opening import open_request
from drf_accessflow_mfa.services.requests.proof import CodeGuess
from drf_accessflow_mfa.services.requests.reading import Scope, find_request, list_requests

__all__ = [
    "CodeGuess",
    "Scope",
    "cancel_request",
    "cancel_requests_of",
    "close_requests",
    "decide_request",
    "extend_request",
    "find_request",
    "list_requests",
    "open_request",
    "retry_grants",
    "revoke_request",
    "settle_grant",
    "withdraw_after_deletion",
]
