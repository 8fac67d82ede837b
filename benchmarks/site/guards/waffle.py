"""django-waffle, a neighbour: a view behind a flag that is on for everyone."""

from waffle.mixins import WaffleFlagMixin
from waffle.models import Flag

from benchmarks.site.account import Account
from benchmarks.site.subject import Plain, Subject


class Flagged(WaffleFlagMixin, Plain):  # type: ignore[misc]
    """A view with the mixin."""

    waffle_flag = "benchmark"


def switch_on(account: Account) -> None:
    """Turn the flag on."""
    Flag.objects.get_or_create(name="benchmark", defaults={"everyone": True})


SUBJECTS = [
    Subject(
        key="waffle",
        label="django-waffle: `WaffleFlagMixin` (in-process cache; no MFA)",
        view=Flagged,
        middleware=("waffle.middleware.WaffleMiddleware",),
        prepare=switch_on,
    )
]
