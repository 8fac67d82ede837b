"""Every guard that is measured, each as its own documentation says; one module a package."""

from importlib import import_module

from django.conf import settings

from benchmarks.site.subject import Subject

MODULES = ("plain", "ours", "django_otp", *settings.AVAILABLE)


def subjects() -> list[Subject]:
    """Return what this environment and the credential at hand allow to measure, the plain view first."""
    found = []
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        found.extend(subject for subject in module.SUBJECTS if subject.only in {None, settings.CREDENTIAL})
    return found
