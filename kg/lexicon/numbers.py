"""Numbers written as words, in `numbers.csv`: of devices ("two A100s"), of a ratio ("twice", "three times")."""

from typing import Literal

from kg.lexicon.loader import rows


def number_words(of: Literal["devices", "ratio"]) -> dict[str, int]:
    """The words and their values.

    >>> number_words("devices")["dual"], number_words("ratio")["twice"]
    (2, 2)
    """
    return {row["word"]: int(row["value"]) for row in rows("numbers.csv") if of in row["of"].split()}
