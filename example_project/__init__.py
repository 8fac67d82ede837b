"""The whole product, running: settings, seed data, and guarded views."""
