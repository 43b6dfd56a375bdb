"""Which names are one thing: small papers, each a few words, written as JSON Records."""

from typing import Any

import pytest

from kg.resolve import Resolution, Say, names_of
from kg.resolve.corrections import read_corrections
from kg.resolve.names import PaperNames


def paper(id: str, *entities: dict[str, Any], title: str = "") -> PaperNames:
    return names_of(
        {
            "id": id,
            "title": title or f"Title of {id}",
            "abstract": " ".join(entity.pop("text") for entity in entities),
            "entities": list(entities),
            "relations": [
                {"type": "proposes", "head": "paper", "tail": entity["id"], "confidence": 0.9}
                for entity in entities
                if entity.pop("own")
            ],
        }
    )


def one(
    id: str,
    name: str,
    type: str = "Method",
    *,
    long: str = "",
    own: bool = False,
    link: str | None = None,
    title: str = "",
) -> PaperNames:
    """A paper that names one thing, spelled out where `long` is given."""
    text = f"{long} ({name})" if long else name
    places = [(long, 0), (name, len(long) + 2)] if long else [(name, 0)]
    mentions = [{"field": "abstract", "start": at, "end": at + len(said), "text": said} for said, at in places]
    entity = {"id": "e1", "type": type, "name": name, "link": link, "mentions": mentions, "text": text, "own": own}
    return paper(id, entity, title=title)


def nodes(*papers: PaperNames, say: str = "") -> dict[str, str]:
    resolution = Resolution(papers, Say(read_corrections(say, "say")))
    reverse = Resolution(reversed(papers), Say(read_corrections(say, "say")))
    found = {p.id: resolution.node(p.named[0], p.id)[0] for p in papers}
    assert found == {p.id: reverse.node(p.named[0], p.id)[0] for p in papers}
    assert resolution.apart == reverse.apart
    return found


def test_a_short_form_joins_what_papers_spell_it_out_as() -> None:
    found = nodes(one("a", "ZQX", long="Zibbo Quality Xerography"), one("b", "ZQX", long="Zibbo quality xerographies"),
                  one("c", "ZQX"), one("d", "zibbo-quality xerography"))  # fmt: skip
    assert len(set(found.values())) == 1


def test_a_short_form_of_two_meanings_joins_neither() -> None:
    found = nodes(
        one("a", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "ZQXW", long="Zonal Quiet X Wave"), one("c", "ZQXW")
    )
    assert len(set(found.values())) == 3
    assert found["c"] == "method/zqxw"


def test_three_letters_need_two_papers() -> None:
    assert len(set(nodes(one("a", "ZQX", long="Zibbo Quality Xerography"), one("b", "ZQX")).values())) == 2
    assert len(set(nodes(one("a", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "ZQXW")).values())) == 1


def test_a_paper_that_spells_a_known_short_form_out_otherwise_means_something_else() -> None:
    pca = "method/principal-component-analysis"
    found = nodes(one("a", "PCA", long="Partitioned Cross-Attention", link=pca), one("b", "PCA", link=pca),
                  one("c", "PCA", long="principal components analysis", link=pca))  # fmt: skip
    assert found == {"a": "method/partitionedcrossattention", "b": pca, "c": pca}


def test_hardware_spelled_out_as_something_else_is_no_hardware() -> None:
    found = nodes(one("a", "SoC", "Hardware", long="state of charge", link="hardware/soc"))
    assert found["a"].startswith("method/")


def test_two_papers_that_propose_one_name_propose_two_things() -> None:
    found = nodes(one("a", "Zomet", own=True), one("b", "ZOMET", own=True), one("c", "Zomet"))
    assert len(set(found.values())) == 3
    assert found["c"] == "method/zomet"


def test_mentions_join_the_one_paper_that_proposes_the_name() -> None:
    assert len(set(nodes(one("a", "Zomet", own=True), one("b", "ZOMET"), one("c", "Zomet")).values())) == 1


def test_versions_of_one_paper_propose_one_thing() -> None:
    found = nodes(
        one("a", "Zomet", own=True, title="Zomet: A System"), one("b", "Zomet", own=True, title="ZOMET: a system.")
    )
    assert len(set(found.values())) == 1


def test_an_ordinary_phrase_is_not_parted() -> None:
    assert len(set(nodes(one("a", "hybrid model", own=True), one("b", "hybrid models", own=True)).values())) == 1


def test_a_name_is_of_the_type_that_its_paper_gives_it() -> None:
    found = nodes(
        one("a", "ZibBench", "Dataset", own=True), one("b", "ZibBench", "Method"), one("c", "ZibBench", "Method")
    )
    assert set(found.values()) == {"dataset/zibbench"}


def test_a_name_is_else_of_the_type_of_most_papers() -> None:
    most = [one(f"d{n}", "ZibBench", "Dataset") for n in range(4)]
    assert set(nodes(*most, one("m", "ZibBench", "Method")).values()) == {"dataset/zibbench"}
    assert len(set(nodes(*most, one("m", "ZibBench"), one("n", "ZibBench"), one("o", "ZibBench")).values())) == 2


def test_the_lexicon_knows_the_type() -> None:
    assert nodes(one("a", "SQuAD", "Method")) == {"a": "dataset/squad"}


def test_what_bears_the_id_of_an_entry_is_not_the_entry() -> None:
    assert nodes(one("a", "LoRa"))["a"] not in ("method/lora", "method/LoRa")


@pytest.mark.parametrize(
    ("name", "other"),
    [("LLaMA-2-70B", "LLaMA-3-8B"), ("GPT-4", "GPT-4o"), ("YOLOv8s", "YOLOv8"), ("SWE-bench", "SWE-bench Verified"),
     ("PointNet", "PointNet++"), ("RRT", "RRT*"), ("tau-bench", "τ²-bench"), ("PixArt-α", "PixArt-Σ"),
     ("linear discriminant analysis", "latent Dirichlet allocation"), ("MMMU", "MMMU-Pro")],
)  # fmt: skip
def test_versions_and_variants_stay_apart(name: str, other: str) -> None:
    for type in ("Method", "Dataset"):
        assert len(set(nodes(one("a", name, type), one("b", other, type)).values())) == 2


@pytest.mark.parametrize(
    ("name", "other"),
    [("GPT-4", "GPT4"), ("LLaMA-2-70B", "Llama 2 70B"), ("β-VAE", r"$\beta$-VAE"), ("Mixtral 8x7B", "Mixtral-8×7B"),
     ("π0", r"$\pi_0$"), ("SQuAD 2.0", "SQuAD2.0"), ("τ-bench", "tau-bench")],
)  # fmt: skip
def test_spellings_are_one(name: str, other: str) -> None:
    assert len(set(nodes(one("a", name), one("b", other)).values())) == 1


def test_the_user_joins_and_parts() -> None:
    alias = '{"do": "alias", "name": "CM384", "of": "CloudMatrixen", "type": "Method"}'
    assert set(nodes(one("a", "CM384"), one("b", "CloudMatrixen"), say=alias).values()) == {"method/cloudmatrixen"}
    join = '{"do": "alias", "name": "Zomet", "of": "Zomet", "type": "Method"}'
    assert len(set(nodes(one("a", "Zomet", own=True), one("b", "Zomet", own=True), say=join).values())) == 1
    papers = one("a", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "zibbo quality xerox work")
    assert len(set(nodes(*papers).values())) == 1
    part = '{"do": "apart", "names": ["ZQXW", "Zibbo Quality Xerox Work"], "type": "Method"}'
    assert len(set(nodes(*papers, say=part).values())) == 2
    spelled = '{"do": "apart", "names": ["Zolo", "ZOLO"], "type": "Method"}'
    assert len(set(nodes(one("a", "Zolo"), one("b", "ZOLO"), say=spelled).values())) == 2
    here = '{"do": "apart", "name": "Zolo", "paper": "b", "type": "Method"}'
    assert len(set(nodes(one("a", "Zolo"), one("b", "Zolo"), one("c", "Zolo"), say=here).values())) == 2
