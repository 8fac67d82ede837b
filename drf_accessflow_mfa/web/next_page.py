"""Where a page leads to when it is done."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

PARAMETER = "next"
_LONGEST = 2000


def next_page(request: HttpRequest) -> str:
    """Return the page that the request wants to go to next, or ``""``.

    Only pages of this very host count, and over TLS only such: a link to our
    verify page must never lead to somebody else's site.
    """
    wanted = request.POST.get(PARAMETER) or request.GET.get(PARAMETER) or ""
    is_safe = len(wanted) <= _LONGEST and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_safe else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageForm:
    """A form that leads to a page: by GET, the fields become its query."""

    action: str
    fields: list[tuple[str, str]]


def page_as_form(address: str) -> PageForm | None:
    """Return the form that leads to an address, whose own query a browser would drop."""
    if not address:
        return None
    parts = urlsplit(address)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    return PageForm(action=parts._replace(query="").geturl(), fields=fields)
