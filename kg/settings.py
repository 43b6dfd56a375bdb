"""Every limit and default, by name, each with the sentence that the docs print.

A setting is changed by the environment variable of its name in capitals with `PAPERGRAPH_` in front:
`PAPERGRAPH_MAX_RECORD_BYTES=2000000 kg build …`.
"""

import os
from dataclasses import dataclass
from typing import Final

from kg.errors import PapergraphError


@dataclass(frozen=True)
class Setting:
    """A named whole number with its default and one sentence on what it bounds."""

    name: str
    default: int
    says: str

    @property
    def variable(self) -> str:
        """The environment variable that overrides the default."""
        return "PAPERGRAPH_" + self.name.upper()

    def value(self) -> int:
        """The number in force.

        Raises:
            PapergraphError: the environment variable holds no positive whole number.
        """
        text = os.environ.get(self.variable)
        if text is None:
            return self.default
        if not text.strip().isdecimal() or int(text) < 1:
            raise PapergraphError(f"{self.variable} is {text!r}: set it to a whole number above 0, or unset it.")
        return int(text)


SETTINGS: Final = {
    setting.name: setting
    for setting in (
        Setting("max_record_bytes", 1_000_000, "A record (a JSON line, a paragraph) of more bytes is refused."),
        Setting("max_abstract_chars", 20_000, "An abstract of more characters is refused: it is no abstract."),
        Setting("max_title_chars", 1_000, "A title of more characters is refused."),
        Setting("sniff_bytes", 65_536, "So many bytes of an input are looked at to tell its kind."),
        Setting("bulk_quads", 50_000, "So many quads are given to the SPARQL store at a time."),
        Setting("shard_papers", 200, "With several workers, so many papers are handed to one at a time."),
        Setting("paper_seconds", 120, "With several workers, a paper whose extraction takes more seconds is given up."),
        Setting("view_nodes", 1_000, "A view draws at most so many nodes and says how many it left out."),
        Setting("heatmap_methods", 200, "A heat map shows at most so many methods, those with the most papers."),
        Setting(
            "heatmap_hardware", 60, "A heat map shows at most so many pieces of hardware, those with the most papers."
        ),
        Setting("neo4j_rows", 5_000, "So many nodes and relationships are written to Neo4j in a transaction."),
        Setting("query_rows", 100_000, "`kg ask`, `kg sparql` and `kg cypher` print at most so many rows."),
        Setting("query_seconds", 60, "A query that takes more seconds is stopped."),
        Setting(
            "query_megabytes", 2_048, "A query that needs more megabytes of memory, beside the open store, is stopped."
        ),
        Setting("query_processes", 2, "At most so many queries run at a time in one program; more wait."),
        Setting("query_answer_bytes", 200_000_000, "The answer to a query of more bytes (as JSON) is refused."),
        Setting("serve_seconds", 20, "`kg serve`: a query that takes more seconds is stopped."),
        Setting(
            "serve_megabytes", 1_024, "`kg serve`: a query whose process needs more megabytes of memory is stopped."
        ),
        Setting(
            "serve_rows",
            10_000,
            "`kg serve`: an answer of more rows is refused (SPARQL) or cut and says so (JSON, pages).",
        ),
        Setting("serve_answer_bytes", 20_000_000, "`kg serve`: the answer to a user's query of more bytes is refused."),
        Setting("serve_body_bytes", 1_000_000, "`kg serve`: a request body of more bytes is refused."),
        Setting(
            "serve_processes",
            2,
            "`kg serve`: at most so many queries of users run at a time, and beside them as many of pages.",
        ),
        Setting(
            "serve_waiting", 64, "`kg serve`: so many requests may wait for a process; more are turned away at once."
        ),
        Setting("serve_wait_seconds", 15, "`kg serve`: a request that waits longer for a process is turned away."),
    )
}


def setting(name: str) -> int:
    """The value of a setting.

    >>> setting("view_nodes")
    1000
    """
    return SETTINGS[name].value()
