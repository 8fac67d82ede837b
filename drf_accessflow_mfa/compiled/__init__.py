"""ORM queries that are compiled once: the cost of a query is its compilation, ten times what running it is.

A query is written with the ORM, with a ``Parameter`` in each place for a value,
and compiled once for each database.
"""
