"""django-two-factor-auth: ``OTPRequiredMixin`` over django-otp's middleware."""

from two_factor.views.mixins import OTPRequiredMixin

from benchmarks.site.guards.django_otp import MIDDLEWARE, verify
from benchmarks.site.subject import Plain, Subject


class Guarded(OTPRequiredMixin, Plain):  # type: ignore[misc]
    """A view with the mixin as its left-most base."""

    raise_anonymous = True
    raise_unverified = True


SUBJECTS = [
    Subject(
        key="two_factor",
        label="django-two-factor-auth: `OTPRequiredMixin`",
        view=Guarded,
        middleware=MIDDLEWARE,
        only="session",
        prepare=verify,
    )
]
