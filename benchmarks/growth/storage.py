"""How large tables and indexes are."""

from benchmarks.growth.installations import Installation

_SIZES = """
SELECT c.relname, '', pg_table_size(c.oid), c.reltuples::bigint
FROM pg_class c WHERE c.relkind = 'r' AND c.relname LIKE 'drf_accessflow_mfa_%%'
UNION ALL
SELECT c.relname, i.relname, pg_relation_size(i.oid), c.reltuples::bigint
FROM pg_class c JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relname LIKE 'drf_accessflow_mfa_%%'
ORDER BY 1, 2
"""
_SMALLEST_BYTES = 1 << 20


def storage_of(place: Installation) -> list[tuple[str, str, str, int, int]]:
    """Return size, table, index, bytes and rows of everything that has at least a megabyte."""
    with place.in_use() as connection, connection.cursor() as cursor:
        cursor.execute(_SIZES, [])
        found = cursor.fetchall()
    return [(place.size.name, *row) for row in found if row[2] >= _SMALLEST_BYTES]
