"""One paper of the sample through everything. After a wanted change: PAPERGRAPH_UPDATE_GOLDEN=1 pytest tests/test_golden.py"""

import json
import os
import re
from pathlib import Path

import pytest

import kg
from kg.extract import to_json
from kg.graph import paper_facts
from kg.graph.rdf import paper_lines

GOLDEN = Path(__file__).parent / "data" / "golden"
# Confidence may differ in its last digit between families of processors.
CONFIDENCE = re.compile(r'(?<="confidence": )[0-9.]+|(?<=ontology#confidence> ")[0-9.]+(?=")')
FINGERPRINT = re.compile(r'(?<="fingerprint": ")[0-9a-f]{16}|(?<=\+)[0-9a-f]{16}(?=")')


@pytest.fixture
def record(opened: kg.Graph) -> kg.Record:
    return next(r for r in opened.records() if r.title.startswith("Marrowbit"))


def compare(name: str, text: str) -> None:
    text = CONFIDENCE.sub("0.5", FINGERPRINT.sub("FINGERPRINT", text))
    file = GOLDEN / name
    if os.environ.get("PAPERGRAPH_UPDATE_GOLDEN") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.is_file(), f"{file} is missing: run with PAPERGRAPH_UPDATE_GOLDEN=1"
    assert text.splitlines() == file.read_text("utf-8").splitlines()


def test_record(record: kg.Record) -> None:
    compare("marrowbit.json", json.dumps(json.loads(to_json(record)), indent=1, ensure_ascii=False) + "\n")


def test_nquads(record: kg.Record) -> None:
    compare("marrowbit.nq", "".join(sorted(paper_lines(paper_facts(record)))))
