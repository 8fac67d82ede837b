"""The rules of step-up MFA, with nothing but the standard library."""
