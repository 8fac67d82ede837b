"""The rules, as tables, without a database."""
