"""Step-up MFA for Django REST Framework, required by access flows in the database."""

__version__ = "0.1.0"
