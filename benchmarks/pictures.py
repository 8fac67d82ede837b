"""Draw a chart as SVG, legible on light and dark pages."""

import re
from html import escape

from benchmarks.results import Bar, Chart

WIDTH, LABELS, VALUES = 900, 400, 90
ROW, BAR, TOP, BOTTOM = 26, 14, 58, 16
LONGEST_LABEL = 62
STYLE = """
.card { fill: #ffffff; stroke: #d0d7de; }
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.unit { fill: #59636e; }
.ours { fill: #1a7f37; }
.other { fill: #8c959f; }
.spread, .baseline { stroke: #1f2328; }
.baseline { stroke-dasharray: 3 3; opacity: .6; }
@media (prefers-color-scheme: dark) {
  .card { fill: #0d1117; stroke: #3d444d; }
  text { fill: #f0f6fc; }
  .unit { fill: #9198a1; }
  .ours { fill: #3fb950; }
  .other { fill: #656c76; }
  .spread, .baseline { stroke: #f0f6fc; }
}
"""


def draw(chart: Chart) -> str:
    """Return the chart as an SVG document: a bar a row, a whisker where a value varies."""
    height = TOP + ROW * len(chart.bars) + BOTTOM
    longest = max([bar.high or bar.value for bar in chart.bars] + [chart.baseline or 0], default=1) or 1
    scale = (WIDTH - LABELS - VALUES) / longest
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-label="{escape(plain(chart.title))}">',
        f"<style>{STYLE}</style>",
        f'<rect class="card" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text class="title" x="16" y="26">{escape(plain(chart.title))}</text>',
        f'<text class="unit" x="16" y="46">{escape(chart.unit)}</text>',
    ]
    for number, bar in enumerate(chart.bars):
        parts += _bar(bar, y=TOP + ROW * number, scale=scale)
    if chart.baseline is not None:
        x = LABELS + chart.baseline * scale
        parts.append(f'<path class="baseline" d="M{x:.1f} {TOP - 4}V{height - BOTTOM}"/>')
    return "\n".join([*parts, "</svg>", ""])


def plain(text: str) -> str:
    """Return Markdown without its marks."""
    return re.sub(r"[*`]", "", text)


def _bar(bar: Bar, *, y: float, scale: float) -> list[str]:
    label, middle = plain(bar.label), y + ROW / 2
    if len(label) > LONGEST_LABEL:
        label = label[: LONGEST_LABEL - 1] + "…"
    kind = "ours" if label.startswith("ours") else "other"
    end = LABELS + max(bar.value * scale, 1)
    parts = [
        f'<text x="{LABELS - 10}" y="{middle + 4.5}" text-anchor="end">{escape(label)}</text>',
        f'<rect class="{kind}" x="{LABELS}" y="{middle - BAR / 2}" width="{end - LABELS:.1f}" '
        f'height="{BAR}" rx="2"/>',
    ]
    if bar.low is not None and bar.high is not None:
        low, end = LABELS + bar.low * scale, max(end, LABELS + bar.high * scale)
        right = LABELS + bar.high * scale
        parts.append(f'<path class="spread" d="M{low:.1f} {middle}H{right:.1f}"/>')
    parts.append(f'<text x="{end + 8:.1f}" y="{middle + 4.5}">{_number(bar.value)}</text>')
    return parts


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value >= 10 else f"{value:.2f}"
