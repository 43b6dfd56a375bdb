"""The trained model's files: those that ship with Papergraph, or those of a folder of one's own."""

import os
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from kg.errors import PapergraphError

WEIGHTS: Final = ("confidence.json", "config.json", "heads.onnx", "model.onnx", "tokenizer.json")
VARIABLE: Final = "PAPERGRAPH_WEIGHTS"


def weights() -> Traversable:
    """The folder that holds `WEIGHTS`: the one that PAPERGRAPH_WEIGHTS names (a model trained by scripts/train), else the package's.

    Raises:
        PapergraphError: a file is missing from the folder that the variable names.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return files("kg.extract").joinpath("weights")
    missing = [name for name in WEIGHTS if not (Path(named) / name).is_file()]
    if missing:
        raise PapergraphError(
            f"{VARIABLE} names {named!r}, but {', '.join(missing)} is not there: "
            "give a folder that scripts/train/export.py wrote, or unset it."
        )
    return Path(named)
