"""The measured project for a WSGI server, with the middleware of one way to verify."""

import os

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from benchmarks.site.ways import find_way  # noqa: E402

with override_settings(MIDDLEWARE=[*settings.BASE_MIDDLEWARE, *find_way(os.environ["BENCH_WAY"]).middleware]):
    application = WSGIHandler()
