"""Every chip of Epoch AI's list is found by its own name and two short forms.

tests/data/epoch_chips.csv has the names, manufacturers and types of Epoch AI, "Data on Machine Learning Hardware"
(https://epoch.ai/data/machine-learning-hardware, CC BY 4.0), beside the vendor and class that Papergraph gives.
"""

import csv

import pytest
import spacy
from spacy.language import Language

from kg.extract.candidates import Reading, reading
from kg.lexicon import load
from tests.helpers import ROOT, paper

LINES = (ROOT / "tests" / "data" / "epoch_chips.csv").read_text("utf-8").splitlines()
CHIPS = list(csv.DictReader(line for line in LINES if not line.startswith("#")))


def test_all_are_there() -> None:
    assert len({chip["name"] for chip in CHIPS}) == 176
    assert all(len({chip["name"], chip["short"], chip["shorter"]}) == 3 for chip in CHIPS)


@pytest.fixture(scope="module")
def nlp() -> Language:
    """The lexicon's part of the pipeline alone."""
    terms = spacy.blank("en")
    terms.add_pipe("kg_terms")
    return terms


@pytest.mark.parametrize("chip", CHIPS, ids=lambda chip: chip["name"])
def test_chip(nlp: Language, chip: dict[str, str]) -> None:
    for name in (chip["name"], chip["short"], chip["shorter"]):
        entry = load().find(name, "Hardware")
        assert entry is not None, name
        doc = nlp.make_doc(f"All models were trained on a server with a {name} and 64 GB of memory.")
        doc._.reading = Reading(paper(doc.text), [])
        (found, *_) = [c for c in reading(nlp(doc)).candidates if c.type == "Hardware" and not c.optional]
        assert found.entry is not None
        for linked in (entry, found.entry):
            assert (load().inherited(linked, "vendor"), load().inherited(linked, "hardware_class")) == (
                chip["vendor"],
                chip["class"],
            ), name
