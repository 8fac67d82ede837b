"""Every kind of credential carries a verification, and carries it alone."""
