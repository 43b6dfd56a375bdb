"""Methods × hardware as a heat map: one HTML file without scripts that loads nothing.

A cell says how many papers run the method on the hardware, and leads to what they state of it: role, number of devices,
figures, a paper and its sentence. Every text is taken as hostile: the template escapes it, and the policy allows no script.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from kg.errors import ExportError
from kg.settings import setting
from kg.views.document import environment

SHADES: Final = 4


def write_heatmap(rows: Sequence[Mapping[str, Any]], out: str | Path, *, title: str) -> tuple[int, int]:
    """Write the rows of the question `matrix` as a heat map; how many methods and pieces of hardware it shows.

    Raises:
        ExportError: the file cannot be written.
    """
    target = Path(out)
    new = target.with_name(target.name + ".new")
    methods, hardware, page = _page(rows, title)
    try:
        new.write_text(page, "utf-8")
        os.replace(new, target)
    except OSError as error:
        raise ExportError(f"{target} cannot be written: {error.strerror or error}.") from error
    return methods, hardware


def render(rows: Sequence[Mapping[str, Any]], *, title: str) -> str:
    """The page: methods down, hardware across, both by how many papers, of each at most as many as the settings say."""
    return _page(rows, title)[2]


def shade(value: float, most: float) -> int:
    """How dark a cell is, from 1 to `SHADES`.

    >>> shade(1, 9), shade(4, 9), shade(9, 9), shade(1, 1)
    (1, 2, 4, 1)
    """
    return 1 + round((SHADES - 1) * (value - 1) / max(1, most - 1))


def _page(rows: Sequence[Mapping[str, Any]], title: str) -> tuple[int, int, str]:
    methods = _most(rows, "id", setting("heatmap_methods"))
    named = {row["id"]: row["method"] for row in rows}  # two things of one name are two rows
    hardware = _most(rows, "hardware", setting("heatmap_hardware"))
    cells = {(row["id"], row["hardware"]): row for row in rows if row["id"] in methods and row["hardware"] in hardware}
    # Of what is left out on one side, nothing may remain on the other.
    methods = [name for name in methods if any((name, machine) in cells for machine in hardware)]
    hardware = [name for name in hardware if any((method, name) in cells for method in methods)]
    # Of methods with as many papers, those on the same hardware stand together.
    papers = {method: sum(row["papers"] for (name, _), row in cells.items() if name == method) for method in methods}
    on = {method: [at for at, name in enumerate(hardware) if (method, name) in cells] for method in methods}
    methods.sort(key=lambda method: (-papers[method], on[method]))
    top = max((row["papers"] for row in cells.values()), default=1)
    table = [
        (
            named[method],
            [_cell(cells.get((method, machine)), top, f"c{down}-{across}") for across, machine in enumerate(hardware)],
        )
        for down, method in enumerate(methods)
    ]
    left_out = len(rows) - len(cells)
    page = environment("kg.views").get_template("heatmap.html")
    text = page.render(title=title, hardware=hardware, table=table, left_out=left_out, pairs=len(cells))
    return len(methods), len(hardware), text


def _most(rows: Sequence[Mapping[str, Any]], side: str, most: int) -> list[str]:
    """The names on one side, those with the most papers first."""
    papers: Counter[str] = Counter()
    for row in rows:
        papers[row[side]] += int(row["papers"])
    return sorted(papers, key=lambda name: (-papers[name], name.casefold(), name))[:most]


def _cell(row: Mapping[str, Any] | None, top: float, id: str) -> Mapping[str, Any] | None:
    if row is None:
        return None
    return {
        **row,
        "papers": int(row["papers"]),
        "devices": row["devices"] and int(row["devices"]),
        "shade": shade(row["papers"], top),
        "id": id,
    }
