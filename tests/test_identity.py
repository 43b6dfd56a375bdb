"""After any sequence of build, replace and remove, a graph equals a fresh build of what remains: with homonyms, abbreviations of
one and of two meanings, types that papers disagree on, and corrections of the user."""

import shutil
import tempfile
from pathlib import Path

import pyoxigraph
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from tests.helpers import jsonl, nquads

# Each paper in two versions: the second says something else of the names that others share.
PAPERS = {
    "comet": ("We propose Zomet, a serving system for language models. Zomet runs on an A100 GPU.",
              "We compare with Zomet, a serving system. It runs on an A100 GPU."),
    "comet4": ("We propose ZOMET, a W4A4 framework. ZOMET runs on an H100 GPU.",
               "We propose ZOMET (Zonal Objective Metric Encoding Trainer), a framework. ZOMET runs on an H100 GPU."),
    "reader": ("Our method is faster than Zomet and than ZQXW on an A100 GPU.", "Our method is faster than ZQXW on ImageNet."),
    "long": ("We study the Zibbo Quality Xerox Work (ZQXW) method. ZQXW runs on an A100 GPU.",
             "We study the Zonal Quiet X Wave (ZQXW) method. ZQXW runs on an A100 GPU."),
    "again": ("We extend the zibbo quality xerox work (ZQXW) method to more GPUs.", "We extend ZQXW to more GPUs."),
    "bench": ("We introduce ZibBench, a benchmark of 400 tasks. GPT-4 solves half of ZibBench.",
              "We evaluate GPT-4 on ZibBench, and find that it solves half."),
    "user": ("ZibBench is a method that we compare with LoRA on an A100 GPU.", "We use ZibBench as a method on CPUs."),
    "pca": ("We propose Partitioned Cross-Attention (PCA). PCA is faster than principal component analysis.",
            "Principal component analysis (PCA) is used on a CPU."),
}  # fmt: skip
CORRECTIONS = [
    {"do": "alias", "name": "ZibBench", "of": "GPT-4", "type": "Method"},
    {"do": "reject", "name": "ImageNet"},
    {"do": "apart", "name": "Zomet", "paper": "reader", "type": "Method"},
]

step = st.one_of(
    st.tuples(st.just("build"), st.lists(st.tuples(st.sampled_from(sorted(PAPERS)), st.integers(0, 1)), min_size=1, max_size=5)),
    st.tuples(st.just("remove"), st.lists(st.sampled_from(sorted(PAPERS)), min_size=1, max_size=2)),
)  # fmt: skip


def rows(papers: dict[str, int]) -> list[dict[str, str]]:
    return [{"id": id, "title": f"On {id}", "abstract": PAPERS[id][version]} for id, version in papers.items()]


def quads(graph: Path) -> set[pyoxigraph.Quad]:
    with kg.open(graph) as opened:
        return set(opened.store.quads())


@settings(max_examples=12)
@given(steps=st.lists(step, min_size=2, max_size=5), corrected=st.booleans())
def test_a_graph_equals_a_fresh_build_of_what_remains(steps: list[tuple[str, list[object]]], corrected: bool) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        given_by_user = jsonl(folder / "c.jsonl", CORRECTIONS if corrected else [])
        held: dict[str, int] = {}
        for what, items in steps:
            if what == "build":
                now = dict(items)  # type: ignore[arg-type]
                held |= now
                kg.build([jsonl(folder / "in.jsonl", rows(now))], folder / "g", corrections=given_by_user)
            else:
                for id in {str(item) for item in items} & held.keys():
                    kg.remove(id, folder / "g")
                    del held[id]
        if not held:
            return
        kg.build(
            [jsonl(folder / "in.jsonl", rows(dict(reversed(held.items()))))],
            folder / "fresh",
            corrections=given_by_user,
        )
        # where a paper stood in its input is the only thing that differs
        one, other = (
            {q for q in quads(folder / name) if not q.predicate.value.endswith(("#input", "#inputRecord"))}
            for name in ("g", "fresh")
        )
        assert one == other
        exported = [nquads(folder / name, folder / "x.nq").splitlines() for name in ("g", "fresh")]
        plain = [[line for line in lines if b"#input" not in line] for lines in exported]
        assert plain[0] == plain[1]
    finally:
        shutil.rmtree(folder)


def test_merges_change_with_the_papers(tmp_path: Path) -> None:
    def node(held: dict[str, int], paper: str) -> set[str]:
        shutil.rmtree(tmp_path / "g", ignore_errors=True)
        kg.build([jsonl(tmp_path / "in.jsonl", rows(held))], tmp_path / "g")
        with kg.open(tmp_path / "g") as opened:
            found = opened.sparql("SELECT ?n { ?p pg:paperId ?id ; pg:mentions ?n . ?n a pg:Method }", id=paper).rows
        return {str(iri).rpartition("/")[2] for (iri,) in found}

    assert "zomet" in node({"comet": 0, "reader": 0}, "comet")
    both = node({"comet": 0, "comet4": 0, "reader": 0}, "comet")
    assert "zomet" not in both
    assert any(id.startswith("zomet-") for id in both)
    assert both & node({"comet": 0, "comet4": 0, "reader": 0}, "comet4") == set()
