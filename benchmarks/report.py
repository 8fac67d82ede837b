"""Render what the parts measured: ``docs/benchmarks.md``, and a picture of each chart beside it."""

import re
from collections.abc import Sequence

from benchmarks.environments import ROOT
from benchmarks.pictures import draw, plain
from benchmarks.results import Cell, Part, Table

DOCUMENT = ROOT.parent / "docs" / "benchmarks.md"
PICTURES = DOCUMENT.with_suffix("")
INTRODUCTION = """# Benchmarks

`make bench` builds the environments, measures everything side by side in one run, and writes this page.
`make bench ARGS='guard --quick'` does a part of it. Times depend on the machine; ratios hardly do; SQL
statements, Python calls and instructions are counted and do not vary.
"""


def write_report(parts: Sequence[Part], *, machine: Sequence[str], gaps: Sequence[str]) -> None:
    """Write the page and its pictures; ``gaps`` says what could not be measured, or not well."""
    lines = [INTRODUCTION, *(f"- {fact}" for fact in machine)]
    if gaps:
        lines += ["", "To know about this run:", "", *(f"- {gap}" for gap in gaps)]
    PICTURES.mkdir(parents=True, exist_ok=True)
    wanted = set()
    for part in parts:
        lines += ["", f"## {part.title}", "", *(f"- {note}" for note in part.notes)]
        drawn = _draw_charts(part)
        wanted |= {name for name, _ in drawn}
        lines += ["", *(f"![{title}]({PICTURES.name}/{name})\n" for name, title in drawn)]
        for table in part.tables:
            lines += ["", f"### {table.title}", "", *_markdown(table, part)]
    for picture in PICTURES.glob("*.svg"):
        if picture.name not in wanted:
            picture.unlink()
    DOCUMENT.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _draw_charts(part: Part) -> list[tuple[str, str]]:
    """Write the pictures of a part and return their names and titles."""
    drawn = []
    for chart in part.charts:
        slug = _slug(chart.title)
        name = f"{slug if slug.startswith(part.part) else f'{part.part}-{slug}'}.svg"
        (PICTURES / name).write_text(draw(chart), encoding="utf-8")
        drawn.append((name, plain(chart.title)))
    return drawn


def _slug(title: str) -> str:
    # Without the last number of a version: a picture keeps its name over patch releases.
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"(\d+\.\d+)\.\d+", r"\1", title.lower())).strip("-")


def _markdown(table: Table, part: Part) -> list[str]:
    if any("\n" in str(cell) for row in table.rows for cell in row):
        return [f"{len(table.rows)} texts of several lines each, in `build/bench/{part.part}.json`."]
    numbers = [
        bool(table.rows) and all(isinstance(row[column], int | float) for row in table.rows)
        for column in range(len(table.columns))
    ]
    rule = ["---:" if number else "---" for number in numbers]
    return [_line(table.columns), _line(rule), *(_line(row) for row in table.rows)]


def _line(cells: Sequence[Cell]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.4g}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return cell.replace("|", "\\|")
