"""What a graph holds and what its last build did: read from the manifest and from `build.json`, which a build leaves."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from kg.errors import GraphError

MANIFEST: Final = "manifest.json"
LAST_BUILD: Final = "build.json"
TOP: Final = 8
"""So many hardware are named in a summary."""
_NEW: Final = 12


@dataclass(frozen=True)
class LastBuild:
    """What the last build did. `added` and `gone` count papers; `change` is by how much other counts went up or down."""

    first: bool
    read: int
    extracted: int
    unchanged: int
    added: int
    gone: int
    change: Mapping[str, int] = field(default_factory=dict)
    hardware: Sequence[str] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Overview:
    """What a graph holds. `hardware` are names with how many papers name each, the most first."""

    papers: int
    without_hardware: int
    first_date: str | None
    last_date: str | None
    nodes: Mapping[str, int]
    statements: Mapping[str, int]
    results: int
    quads: int
    hardware: Sequence[tuple[str, int]]
    warnings: Sequence[str]
    last_build: LastBuild | None

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON takes it."""
        return asdict(self)


def overview(folder: Path) -> Overview:
    """The overview of a graph folder.

    Raises:
        GraphError: there is no graph, or it has no manifest.
    """
    if not (folder / "records.sqlite").is_file():
        raise GraphError(f"{folder} holds no graph: make one with  kg build INPUT --out {folder}")
    manifest = _read(folder / MANIFEST)
    if "counts" not in manifest:
        raise GraphError(f"{folder} has no manifest: run  kg build --out {folder}.")
    counts: dict[str, int] = manifest["counts"]
    first, last = manifest.get("dates") or (None, None)
    build = _read(folder / LAST_BUILD)
    return Overview(
        papers=counts.get("papers", 0), without_hardware=counts.get("papers_without_hardware", 0),
        first_date=first, last_date=last,
        nodes=_under(counts, "nodes:"), statements=_under(counts, "statements:"),
        results=counts.get("results", 0), quads=counts.get("quads", 0),
        hardware=[(item["name"], item["papers"]) for item in manifest.get("hardware", [])],
        warnings=_standing(counts),
        last_build=LastBuild(**build) if build else None,
    )  # fmt: skip


def _under(counts: Mapping[str, int], prefix: str) -> dict[str, int]:
    found = {name.removeprefix(prefix): count for name, count in counts.items() if name.startswith(prefix)}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _standing(counts: Mapping[str, int]) -> list[str]:
    """What a reader of the graph should know, whatever the last build did."""
    said = []
    if undated := counts.get("papers_without_date", 0):
        said.append(f"{_some(undated, 'paper')} without a date: plots over time leave them out")
    if guessed := counts.get("papers_date_inferred", 0):
        said.append(
            f"{_some(guessed, 'paper')} with an inferred year: the source gives day and month only (--as-of sets it)"
        )
    if silent := counts.get("papers_without_entities", 0):
        said.append(f"{_some(silent, 'paper')} in which nothing was found")
    return said


def note_build(
    folder: Path, before: Mapping[str, Any], after: Mapping[str, Any], *,
    read: int, extracted: int, unchanged: int, removed: int, skipped: int, twice: int, failed: Sequence[str],
) -> None:  # fmt: skip
    """Write `build.json`: what a build did, between the manifest before it (empty for a first one) and the one after."""
    old, new = before.get("counts", {}), after.get("counts", {})
    known = {item["id"] for item in before.get("hardware", [])}
    named = after.get("hardware", []) if "hardware" in before else []
    hardware = [item["name"] for item in named if item["id"] not in known]
    names = sorted(name for name in old.keys() | new.keys() if name.startswith("nodes:") or name == "results")
    change = {name.removeprefix("nodes:"): new.get(name, 0) - old.get(name, 0) for name in names}
    warnings = [*(f"an input could not be read: {message}" for message in failed)]
    if skipped:
        warnings.append(f"{_some(skipped, 'record')} skipped: they could not be used")
    if twice:
        warnings.append(f"{_some(twice, 'paper')} given twice: the better version is kept")
    done = LastBuild(
        first=not old, read=read, extracted=extracted, unchanged=unchanged, gone=removed,
        added=max(0, new.get("papers", 0) - old.get("papers", 0) + removed),
        change={name: count for name, count in change.items() if count}, hardware=hardware[:_NEW], warnings=warnings,
    )  # fmt: skip
    file = folder / LAST_BUILD
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps(asdict(done), indent=2, ensure_ascii=False) + "\n", "utf-8")
    os.replace(fresh, file)


def _some(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
