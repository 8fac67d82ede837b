"""What drf-spectacular is told of our views and of everybody's guards.

Imported by the app where drf-spectacular is installed; importing it registers
the extensions, so that a project configures nothing.
"""

from drf_accessflow_mfa.openapi import api_views, guards, serializers

__all__ = ["api_views", "guards", "serializers"]
