"""Small static plots as SVG text: bars, columns over time, a heat map. No script, no network; the same data, the same bytes.

Colours and type come from the style sheet of the page around them (`base.css`, `document.css`), by class name.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup, escape

from kg.views.heatmap import shade

_ROW: Final = 24
_LABEL: Final = 148
_CHARACTERS: Final = 20
_COLUMN: Final = 44


def bars(rows: Sequence[tuple[str, int]], *, of: str, says: str, width: int = 344) -> Markup:
    """Horizontal bars, one a row, each with its number, in the colour of the type `of`. `says` tells the plot to who cannot see it."""
    most = max((value for _, value in rows), default=1)
    room = width - _LABEL - 44
    parts = []
    for number, (label, value) in enumerate(rows):
        y = number * _ROW
        length = max(2.0, room * value / most)
        parts.append(
            _label(label, y)
            + f'<rect class="bar of-{of}" x="{_LABEL}" y="{y + 5}" width="{length:.1f}" height="14" rx="2"/>'
            + _text(f"{value:,}", _LABEL + length + 6, y + 16, "number")
        )
    return _svg(width, len(rows) * _ROW, says, parts)


def columns(
    rows: Sequence[tuple[str, Sequence[int]]], periods: Sequence[str], *, of: tuple[str, Sequence[int]], says: str
) -> Markup:
    """A row of columns for each label, one a period, all on one scale; the total stands at the end of the row.

    `of` are numbers that the rows are to be seen against: they stand above, without columns.
    """
    most = max((value for _, values in rows for value in values), default=1) or 1
    height, top, end = 36, 26, _LABEL + _COLUMN * len(periods)

    def middle(at: int) -> float:
        return _LABEL + at * _COLUMN + _COLUMN / 2

    parts = [
        _label(of[0], 0),
        *(_text(f"{value:,}", middle(at), 16, "number middle") for at, value in enumerate(of[1])),
    ]
    parts.append(_text(f"{sum(of[1]):,}", end + 8, 16, "number"))
    for number, (label, values) in enumerate(rows):
        base = top + (number + 1) * height
        parts.append(
            f'<line class="rule" x1="{_LABEL}" x2="{end}" y1="{base}" y2="{base}"/>' + _label(label, base - 17)
        )
        for at, value in enumerate(values):
            if value:
                high = max(2.0, 21 * value / most)
                parts.append(
                    f"<g><title>{escape(label)}, {escape(periods[at])}: {value:,}</title>"
                    f'<rect class="bar of-hardware" x="{middle(at) - 15}" y="{base - high:.1f}" width="30" height="{high:.1f}" rx="1.5"/>'
                    + _text(f"{value:,}", middle(at), base - high - 3, "number middle")
                    + "</g>"
                )
        parts.append(_text(f"{sum(values):,}", end + 8, base - 2, "number strong"))
    foot = top + len(rows) * height + 15
    parts += [_text(period, middle(at), foot, "number middle") for at, period in enumerate(periods)]
    return _svg(end + 48, foot + 6, says, parts)


def heat_map(
    rows: Sequence[str], across: Sequence[str], cells: Mapping[tuple[str, str], int], *, says: str, cell: int = 38
) -> Markup:
    """Rows by columns; a cell is darker the greater its number, which stands in it."""
    most = max(cells.values(), default=1)
    left, top = 176, 24 + 5 * max((min(20, len(name)) for name in across), default=0)
    parts = []
    for at, name in enumerate(across):
        x, y = left + at * cell + cell / 2 + 4, top - 8
        parts.append(
            f'<text class="label" transform="rotate(-45 {x:.0f} {y})" x="{x:.0f}" y="{y}">{_short(name, 20)}'
            f"<title>{escape(name)}</title></text>"
        )
    for number, name in enumerate(rows):
        y = top + number * 26
        parts.append(_label(name, y + 1, width=left, characters=27))
        for at, other in enumerate(across):
            value, x = cells.get((name, other), 0), left + at * cell
            level = shade(value, most) if value else 0
            title = f"<title>{escape(name)} on {escape(other)}: {value:,}</title>"
            parts.append(
                f'<g class="heat-{level}">{title if value else ""}<rect class="cell" x="{x + 1}" y="{y + 1}" width="{cell - 2}" height="24" rx="3"/>'
                + (_text(f"{value:,}", x + cell / 2, y + 17, "of-cell middle") if value else "")
                + "</g>"
            )
    return _svg(left + len(across) * cell + 60, top + len(rows) * 26 + 4, says, parts)


def _svg(width: int, height: int, says: str, parts: Sequence[str]) -> Markup:
    return Markup(
        f'<svg class="chart" role="img" aria-label="{escape(says)}" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )


def _label(text: str, y: float, *, width: int = _LABEL, characters: int = _CHARACTERS) -> str:
    shown = _short(text, characters)
    title = f"<title>{escape(text)}</title>" if shown != escape(text) else ""
    return f'<text class="label end" x="{width - 8}" y="{y + 16}">{shown}{title}</text>'


def _text(text: str, x: float, y: float, classes: str) -> str:
    return f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _short(text: str, most: int) -> Markup:
    return escape(text if len(text) <= most else text[: most - 1].rstrip() + "…")
