"""The clients, against the running example."""
