"""What the database does for each statement of an operation: ``EXPLAIN (ANALYZE, BUFFERS)``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from benchmarks.growth.installations import Installation
from benchmarks.growth.operations import Operation

MOST_ROWS = 10_000
"""A plan that reads, drops or sorts more rows than this for one page is not bounded by the page.

Below it the database is right to read a small table whole, or to pass over
rows of another status: some milliseconds.
"""
_NOT_EXPLAINED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET ", "SHOW ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement with its parameters."""

    sql: str
    parameters: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the database ran a statement."""

    statement: Statement
    nodes: tuple[str, ...]
    buffers: int
    """Pages of 8 KB that were read, from memory or disk."""
    milliseconds: float
    nodes_read: tuple[tuple[str, int], ...]
    """What was done, and to how many rows."""
    text: str

    @property
    def offences(self) -> list[str]:
        """Return what is not bounded by the page."""
        found = [f"{node} of {rows} rows" for node, rows in self.nodes_read if rows > MOST_ROWS]
        sql = self.statement.sql
        return [
            *found,
            *(["skips by offset"] if " OFFSET " in sql else []),
            *(["counts events"] if "COUNT(" in sql and "auditevent" in sql else []),
        ]


def statements_of(operation: Operation, place: Installation, repetition: int) -> list[Statement]:
    """Run an operation once and return the statements that it sends."""
    sent: list[Statement] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_NOT_EXPLAINED):
            sent.append(Statement(sql=sql, parameters=parameters))
        return execute(sql, parameters, many, context)

    with place.in_use() as connection, connection.execute_wrapper(note):
        operation.run(place, repetition)
    return sent


def explain(statement: Statement, place: Installation) -> Plan:
    """Run a statement again under ``EXPLAIN``, and undo it."""
    # An INSERT was done already; run again, it would break a constraint.
    analyze = "" if statement.sql.startswith("INSERT") else "ANALYZE, BUFFERS, "
    with place.in_use() as connection, transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({analyze}FORMAT JSON) {statement.sql}", statement.parameters)
        (found,) = cursor.fetchone()[0]
        cursor.execute(f"EXPLAIN ({analyze}COSTS OFF) {statement.sql}", statement.parameters)
        text = "\n".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)
    root = found["Plan"]
    nodes = list(_walk(root))
    return Plan(
        statement=statement,
        nodes=tuple(_described(node) for node in nodes if _says_something(node)),
        buffers=root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0),
        milliseconds=found.get("Execution Time", 0.0),
        nodes_read=tuple((node["Node Type"], _rows(node) + _dropped(node)) for node in nodes),
        text=text,
    )


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _walk(child)


def _says_something(node: dict[str, Any]) -> bool:
    return "Relation Name" in node or "Index Name" in node or node["Node Type"] in {"Sort", "Aggregate"}


def _described(node: dict[str, Any]) -> str:
    place = node.get("Index Name") or node.get("Relation Name") or ""
    dropped = _dropped(node)
    words = [node["Node Type"], place, str(_rows(node)), f"(-{dropped})" if dropped else ""]
    return " ".join(filter(None, words))


def _rows(node: dict[str, Any]) -> int:
    return int(node.get("Actual Rows", 0) * node.get("Actual Loops", 1))


def _dropped(node: dict[str, Any]) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int(removed * node.get("Actual Loops", 1))
