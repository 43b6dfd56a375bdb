import hashlib
import json
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from kg.extract import extract, to_json
from kg.extract.encoder import RELATIONS, ROLES, TYPES, Words, load_encoder, pooling
from kg.extract.model_files import WEIGHTS
from tests.helpers import paper

TEXT = "We propose Zibbo-Net , which runs on an A100 GPU and reaches 41.3 % on COCO ."


def words(text: str, title: str = "A Plain Study") -> Words:
    texts, starts, at = [], [], 0
    for word in (*title.split(), *text.split()):
        texts.append(word)
        starts.append(at)
        at += len(word) + 1
    ends = tuple(start + len(word) for start, word in zip(starts, texts, strict=True))
    return Words(tuple(texts), tuple(starts), ends, len(title.split()))


def test_shapes() -> None:
    read = words(TEXT)
    size = len(read.texts)
    encoding = load_encoder().encode(read)
    assert encoding.words.shape[0] == size
    assert encoding.spans.shape == encoding.any_spans.shape == (size, encoding.spans.shape[1], len(TYPES))
    assert encoding.paper.shape == encoding.words.shape[1:]
    beliefs = load_encoder().score(read, encoding, [("Method", [(5, 5)]), ("Hardware", [(11, 12)])], [(15, 15)])
    assert beliefs.entity.shape == (2, len(TYPES))
    assert beliefs.relation.shape == (3, 3, len(RELATIONS))
    assert beliefs.result.shape == (1,)
    assert beliefs.link.shape == (1, 3, len(ROLES))
    assert np.allclose(beliefs.link.sum(1), 1, atol=1e-5)


def test_probabilities() -> None:
    encoding = load_encoder().encode(words(TEXT))
    for spans in (encoding.spans, encoding.any_spans):
        assert np.all((spans >= 0) & (spans <= 1))
        assert all(not spans[-width:, width].any() for width in range(1, spans.shape[1]))
    assert encoding.spans_of((0, 50), 0) == 0


def test_no_entities_and_no_figures() -> None:
    read = words(TEXT)
    beliefs = load_encoder().score(read, load_encoder().encode(read), [], [])
    assert (len(beliefs.entity), len(beliefs.result)) == (0, 0)


def test_two_runs_are_one() -> None:
    first, second = (load_encoder().encode(words(TEXT)) for _ in range(2))
    assert np.array_equal(first.spans, second.spans)
    assert np.array_equal(first.words, second.words)


def test_text_over_the_limit() -> None:
    read = words(" ".join([TEXT] * 60))
    encoding = load_encoder().encode(read)
    assert encoding.spans.shape[0] == len(read.texts)
    assert np.isfinite(encoding.words).all()
    record = extract(
        paper(f"We propose Zibbo-Net. {'It is a study of things that matter. ' * 120}It runs on an A100 GPU.")
    )
    assert {"Zibbo-Net", "NVIDIA A100"} <= {entity.name for entity in record.entities}


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("", "We propose Zibbo-Net."), ("Zibbo-Net", ""), ("A", "☃ 𝔘𝔫𝔦 \u200b\ufeff"), ("T", "[PAD] [CLS] [SEP] [UNK]"),
        ("T", "x" * 3000), ("T", "\x00\x01 \ud7ff \uffff"), ("T", "词 嵌入 を 学習"), ("1", "2"), ("T", "a\u0301" * 50),
    ],
)  # fmt: skip
def test_odd_text(title: str, abstract: str) -> None:
    found = extract(paper(abstract, title))
    assert to_json(found) == to_json(extract(paper(abstract, title)))


def test_pooling_averages_subwords() -> None:
    assert np.allclose(pooling([[-1, 0, 0, 1, -1]], [3])[0], [[0, 0.5, 0.5, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 0]])


def test_weights_are_those_of_the_card() -> None:
    folder = files("kg.extract").joinpath("weights")
    assert all(folder.joinpath(name).is_file() for name in WEIGHTS)
    config = json.loads(folder.joinpath("config.json").read_text("utf-8"))
    for name, digest in config["files"].items():
        assert hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() == digest


def test_no_torch() -> None:
    code = (
        "import sys; from kg.extract.encoder import load_encoder; load_encoder(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'onnx')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
