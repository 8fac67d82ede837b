"""The example's settings, with statements that PostgreSQL prepares: values are bound in the server."""

from example_project.settings import *  # noqa: F403
from example_project.settings import DATABASES

DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 1}
