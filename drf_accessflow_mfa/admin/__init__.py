"""The Django admin: flows with their toggle, access requests to revoke; everything else is for reading."""

from drf_accessflow_mfa.admin import flows, requests, rows

__all__ = ["flows", "requests", "rows"]
