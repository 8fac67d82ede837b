"""What each guard adds to a request."""
