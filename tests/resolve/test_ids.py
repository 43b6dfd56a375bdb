"""Ids as they are: graphs that people keep hold them, and links into a graph name them. A change here breaks those."""

import pytest

from kg.graph.statements import graph_iri, node_iri, paper_iri
from kg.lexicon import fold, node_id, singular, slug
from kg.model import content_hash, paper_id, title_key

A70, A80 = "a" * 70, "a" * 80


@pytest.mark.parametrize(
    ("word", "one"),
    [("ties", "tie"), ("cities", "city"), ("gas", "gas"), ("cats", "cat"), ("bus", "bus"), ("axis", "axis"), ("boss", "boss"),
     ("gpus", "gpu"), ("mcus", "mcu"), ("hoppergpus", "hoppergpu"), ("opus", "opus"), ("corpus", "corpus"), ("campus", "campus"),
     ("focus", "focus"), ("latencies", "latency"), ("net", "net"), ("s", "s"), ("", "")],
)  # fmt: skip
def test_singular(word: str, one: str) -> None:
    assert singular(word) == one


@pytest.mark.parametrize(
    ("name", "folded"),
    [("TPU-v4", "tpuv4"), ("TPUv4s", "tpuv4"), ("YOLOv8s", "yolov8s"), ("L40S", "l40s"), ("L40S ", "l40s"), ("L40s", "l40"),
     ("CNNS", "cnns"), ("GPT-3.5", "gpt3.5"), ("v1.", "v1"), (".5 a. b", "5ab"), ("Phi-3 5B", "phi3-5b"), ("1, 2", "1-2"),
     ("A_B", "ab"), ("Mélange", "melange"), ("ﬁne", "fine"), ("Ａ100", "a100"), ("8✕7", "8x7"), ("8×7", "8x7"), ("Straße", "strasse"),
     ("α", "alpha"), ("ω", "omega"), ("Σ-net", "sigmanet"), (r"$\pi_0$", "pi0"), (r"x\textbf{Y}", "xy"), ("C++", "c++"), ("C#", "c#"),
     ("日本", "日本"), ("Øst", "øst"), ("", "")],
)  # fmt: skip
def test_fold(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("key", "part"),
    [("moelens", "moelens"), ("phi3-5b", "phi3-5b"), ("gpt3.5", "gpt3.5"), (A80, A80), (A80 + "a", f"{A70}a-f9f4dda7"), ("c++", "c-241b1690"),
     ("+", "40e12170"), ("", "af5570f5"), (".", "2d9e4667"), ("-a-", "a-06851e52"), (A70 + "-----" + "b" * 10, f"{A70}-44bd1b6b")],
)  # fmt: skip
def test_slug(key: str, part: str) -> None:
    assert slug(key) == part


def test_node_id() -> None:
    assert node_id("Method", "MoE Lens") == "method/moelen"
    assert node_id("Dataset", "C++") == "dataset/c-241b1690"


def test_content_hash() -> None:
    assert content_hash() == "e3b0c44298fc1c14"
    assert content_hash("a", "b") == "3c9d591045bc8876"
    assert content_hash("a", "b", length=4) == "3c9d"
    assert content_hash("\ud800") == "ea72bd22c42f70ed"  # JSON may hold half a surrogate pair
    assert content_hash("é" * 300) != content_hash("é" * 300 + "e")


def test_paper_id() -> None:
    assert paper_id("A Study: of GPUs!", "x") == paper_id("a study of gpus", "y") == "title:26480e52243caf60"
    assert paper_id("!!", "Some text.") == "title:fdf901852ec1ecd9"  # no word in the title: by the abstract
    assert title_key("  A_Study:  of\nGPUs! ﬁ") == "a study of gpus fi"


def test_iris() -> None:
    base = "https://w3id.org/papergraph/"
    assert paper_iri("a/b c:d.e-f_g~é") == f"{base}paper/a%2Fb%20c:d.e-f_g~%C3%A9"
    assert graph_iri("a/b c:d.e-f_g~é") == f"{base}graph/a%2Fb%20c:d.e-f_g~%C3%A9"
    assert node_iri("method/a b:c.d-e_f~é") == f"{base}method/a%20b:c.d-e_f~%C3%A9"
