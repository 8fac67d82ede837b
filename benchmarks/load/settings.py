"""The example's settings; one plain view beside the guarded ones."""

from example_project.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.load.urls"
