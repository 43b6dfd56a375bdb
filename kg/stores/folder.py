"""The folder of a derived store: made beside the old one and swapped in by rename, with the digest of what it was made from."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kg.errors import GraphError
from kg.stores.base import Language

DIGEST: Final = "records.digest"
FOLDERS: Final[dict[Language, str]] = {"sparql": "sparql", "cypher": "cypher"}
"""Where the embedded store of a language stands in a graph folder."""


@contextmanager
def swapped_in(graph_folder: Path, name: str, digest: str) -> Iterator[Path]:
    """A new folder to fill; at the end it takes the place of `name`. Where filling it fails, the old one stays.

    Raises:
        GraphError: the folder cannot be written.
    """
    new, old, target = (graph_folder / part for part in (f"{name}.new", f"{name}.old", name))
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        yield new
        (new / DIGEST).write_text(digest, "ascii")
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            os.rename(target, old)
        os.rename(new, target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise GraphError(
            f"The store {graph_folder / name} cannot be written ({error}). The one that was there, and all that was "
            f"extracted, is kept: mend the cause and run  kg build --out {graph_folder}."
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)  # what was not swapped in only takes room


def digest_of(graph_folder: Path, name: str) -> str | None:
    """The digest of the log that the store was derived from; None where there is no store."""
    file = graph_folder / name / DIGEST
    return file.read_text("ascii") if file.is_file() else None


def check_folder(graph_folder: Path, language: Language, digest: str | None) -> None:
    """See that there is a store, derived from the log with this digest.

    Raises:
        GraphError: there is none, or it is of another log.
    """
    found, name = digest_of(graph_folder, FOLDERS[language]), {"sparql": "SPARQL", "cypher": "Cypher"}[language]
    if found is None:
        raise GraphError(f"{graph_folder} has no {name} store: run  kg build --out {graph_folder}.")
    if digest is not None and found != digest:
        raise GraphError(
            f"The {name} store of {graph_folder} is older than its log: run  kg build --out {graph_folder}."
        )
