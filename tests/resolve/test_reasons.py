"""Why a name is where it is, and why one name is several nodes: what `kg merges` prints."""

from dataclasses import replace

import pytest

from kg.lexicon import read_own
from kg.model import content_hash
from kg.resolve import KeptApart, Resolution, Say, Why
from kg.resolve.corrections import read_corrections
from kg.resolve.names import PaperNames
from kg.resolve.resolution import _exact, coined
from tests.resolve.test_resolution import one

ZQX = "Zibbo Quality Xerography"
PCA = "method/principal-component-analysis"


def resolved(*papers: PaperNames, say: str = "", own: str = "") -> Resolution:
    return Resolution(papers, Say(read_corrections(say, "say"), read_own(own, "own")))


def where(resolution: Resolution, paper: PaperNames) -> tuple[str, Why]:
    return resolution.node(paper.named[0], paper.id)


def placed(*papers: PaperNames, say: str = "", own: str = "") -> list[tuple[str, Why]]:
    resolution = resolved(*papers, say=say, own=own)
    return [where(resolution, paper) for paper in papers]


# --- by name, lexicon and definition


def test_a_name_of_its_own_and_one_of_the_lexicon() -> None:
    assert placed(one("a", "Zibbo")) == [("method/zibbo", Why("name"))]
    assert placed(one("a", "PCA", link=PCA), one("b", "PCA")) == [(PCA, Why("lexicon"))] * 2


def test_a_name_of_the_user_s_lexicon() -> None:
    own = "type,name\nMethod,Zibbo"
    assert (
        placed(one("a", "Zibbo"), one("b", "ZIBBO", link="method/zibbo"), own=own)
        == [("method/zibbo", Why("user", "lexicon.csv"))] * 2
    )


def test_a_known_short_form_spelled_out_as_something_else() -> None:
    says = "the paper spells it out as 'Partitioned Cross-Attention', which is not principal component analysis"
    found = placed(
        one("a", "PCA", long="Partitioned Cross-Attention", link=PCA),
        one("b", "PCA", long="principal components analysis", link=PCA),
    )
    assert found[0] == ("method/partitionedcrossattention", Why("definition", says))
    assert found[1] == (PCA, Why("lexicon"))


def test_what_it_is_spelled_out_as_may_be_known_and_has_the_type_of_its_last_word() -> None:
    known = one("a", "GNN", long="graph neural network", link=PCA)
    assert where(resolved(known), known) == (
        "method/gnn",
        Why(
            "definition", "the paper spells it out as 'graph neural network', which is not principal component analysis"
        ),
    )
    for long, node in (
        ("peak compute accuracy", "metric/peakcomputeaccuracy"),
        ("Partitioned Cross Attention", "method/partitionedcrossattention"),
    ):
        assert placed(one("a", "PCA", long=long, link=PCA))[0][0] == node
    soc = one("a", "SoC", "Hardware", long="state of charge", link="hardware/soc")
    says = "the paper spells it out as 'state of charge', which is not SoC"
    assert placed(soc) == [("method/stateofcharge", Why("definition", says))]
    squad = one("a", "SQuAD", "Dataset", long="Simple Quality Adder Dump", link="dataset/squad")
    assert placed(squad)[0][0] == "dataset/squad"  # the lexicon knows no long form, so nothing speaks against it


def test_spelled_out_as_something_that_the_lexicon_knows() -> None:
    found = placed(one("a", "PrCA", long="principal component analysis"))
    assert found == [(PCA, Why("abbreviation", "the paper spells it out as 'principal component analysis'"))]


def test_the_lexicon_knows_another_type() -> None:
    assert placed(one("a", "SQuAD", "Method")) == [
        ("dataset/squad", Why("type", "the lexicon knows the name as Dataset"))
    ]
    # but not where the paper proposes it, where it is hardware, or where it is written otherwise
    assert placed(one("a", "SQuAD", "Method", own=True)) == [("method/squad", Why("name"))]
    assert placed(one("a", "A100", "Method")) == [("method/a100", Why("name"))]
    assert placed(one("a", "SQUAD", "Method")) == [("method/squad", Why("name"))]
    assert placed(one("a", "ImageNet", "Method"))[0][0] == "dataset/imagenet"
    assert placed(one("a", "Imagenet", "Method"))[0][0] == "method/imagenet"


def test_what_would_bear_the_id_of_an_entry_has_another() -> None:
    node = f"method/lora-{content_hash('other', 'method/lora', length=8)}"
    assert placed(one("a", "LoRa")) == [(node, Why("name"))]


# --- types


def test_a_name_of_two_types_goes_with_the_one_that_most_papers_give() -> None:
    most = [one(f"d{n}", "ZibBench", "Dataset") for n in range(2)]
    says = "most papers say Dataset (papers name it: 2 as Dataset, 1 as Method)"
    found = placed(*most, one("m", "ZibBench"))
    assert found == [
        ("dataset/zibbench", Why("name")),
        ("dataset/zibbench", Why("name")),
        ("dataset/zibbench", Why("type", says)),
    ]


def test_a_name_of_two_types_without_a_majority_is_two_nodes() -> None:
    says = "no type has most papers (3 as Dataset, 2 as Method)"
    resolution = resolved(
        *(one(f"d{n}", "ZibBench", "Dataset") for n in range(3)), one("m", "ZibBench"), one("n", "ZIBBENCH")
    )
    assert resolution.apart == [KeptApart("zibbench", ("dataset/zibbench", "method/zibbench"), Why("type", says))]
    says = "no type has most papers (1 as Dataset, 1 as Method)"  # of as many, by name
    assert resolved(one("a", "ZibBench"), one("b", "ZibBench", "Dataset")).apart[0].why.says == says


def test_the_paper_that_proposes_a_name_says_its_type() -> None:
    papers = [
        one("a", "ZibBench", "Dataset", own=True),
        *(one(f"m{n}", "ZibBench") for n in range(3)),
        one("t", "ZibBench", "Task"),
    ]
    says = "the paper that proposes it says Dataset (papers name it: 3 as Method, 1 as Dataset, 1 as Task)"
    assert placed(*papers) == [("dataset/zibbench", Why("name")), *([("dataset/zibbench", Why("type", says))] * 4)]


def test_papers_that_propose_one_of_each_type() -> None:
    papers = [
        one("a", "ZibBench", "Dataset", own=True),
        one("b", "ZibBench", own=True),
        *(one(f"d{n}", "ZibBench", "Dataset") for n in range(3)),
    ]
    resolution = resolved(*papers)
    says = "papers propose one of each type (4 as Dataset, 1 as Method)"
    assert resolution.apart == [KeptApart("zibbench", ("dataset/zibbench", "method/zibbench"), Why("type", says))]
    assert [where(resolution, paper)[0] for paper in papers[:3]] == [
        "dataset/zibbench",
        "method/zibbench",
        "dataset/zibbench",
    ]


def test_types_are_counted_of_coined_names_that_the_lexicon_does_not_link() -> None:
    papers = [one("a", "hybrid zib"), *(one(f"d{n}", "hybrid zib", "Dataset") for n in range(3))]
    assert placed(*papers)[0] == ("method/hybridzib", Why("name"))
    linked = [one("a", "PCA", "Dataset"), *(one(f"d{n}", "PCA", link=PCA) for n in range(3))]
    assert placed(*linked)[0][1].reason == "type"
    assert "lexicon knows" in placed(*linked)[0][1].says


# --- abbreviations


def test_papers_that_spell_a_name_out_alike_are_joined() -> None:
    papers = (
        one("a", "ZQXW", long="Zibbo Quality Xerox Work"),
        one("b", "ZQXW", long="Zibbo Quality Xerox Works"),
        one("c", "ZQXW"),
    )
    says = "ZQXW is short for 'Zibbo Quality Xerox Work'"
    # the shorter id stays
    assert placed(*papers) == [("method/zqxw", Why("abbreviation", says, ("a", "b")))] * 2 + [
        ("method/zqxw", Why("name"))
    ]


def test_long_forms_that_fold_otherwise_are_joined_with_the_papers_that_say_so() -> None:
    longs = [
        "Zibbo Quality Xerox Work",
        "Zibbo Quality Xeroxing Work",
        "Zibbo Qualities Xerox Work",
        "Zibbo Quality Xerox Working",
    ]
    papers = [one(id, "ZQXW", long=long) for id, long in zip("dcba", longs, strict=True)]
    why = Why("abbreviation", "ZQXW is short for 'Zibbo Qualities Xerox Work'", ("a", "b", "c"))
    found = placed(*papers, one("e", "ZQXW"))
    assert {node for node, _ in found} == {"method/zqxw"}
    assert [said for _, said in found][1:4:2] == [why, why]
    assert found[4][1] == Why("name")
    assert resolved(*papers).apart == []


def test_a_short_form_of_two_meanings_is_marked() -> None:
    papers = (one("c", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "ZQXW", long="Zonal Quiet X Wave"), one("d", "ZQXW"),
              one("a", "ZQXW", long="Zibbo Quality Xerox Work"))  # fmt: skip
    resolution = resolved(*papers)
    says = "ZQXW is short for 'Zibbo Quality Xerox Work' (2 papers) or 'Zonal Quiet X Wave' (1 paper)"
    nodes = ("method/zibboqualityxeroxwork", "method/zonalquietxwave")
    assert resolution.apart == [KeptApart("ZQXW", nodes, Why("abbreviation", says, ("a", "b")))]
    assert where(resolution, papers[2]) == ("method/zqxw", Why("name"))


def test_a_short_form_of_the_lexicon_that_papers_spell_out_otherwise_is_marked() -> None:
    resolution = resolved(
        one("a", "PCA", long="Partitioned Cross-Attention", link=PCA),
        one("b", "PCA", long="principal components analysis", link=PCA),
    )
    says = "PCA is short for 'Partitioned Cross-Attention' (1 paper) or 'principal components analysis' (1 paper)"
    assert resolution.apart == [
        KeptApart("PCA", ("method/partitionedcrossattention", PCA), Why("abbreviation", says, ("a", "b")))
    ]
    resolution = resolved(one("a", "PCA", long="Partitioned Cross-Attention", link=PCA))
    says = "PCA is short for 'Partitioned Cross-Attention' (1 paper) or 'principal component analysis' (the lexicon)"
    assert resolution.apart == [
        KeptApart("PCA", ("method/partitionedcrossattention",), Why("abbreviation", says, ("a",)))
    ]


def test_the_spelling_of_a_short_form_is_the_first_of_all() -> None:
    papers = (
        one("a", "zQXW", long="Zibbo Quality Xerox Work"),
        one("b", "ZQXW", long="Zibbo Quality Xerox Work"),
        one("c", "ZQXW"),
    )
    assert placed(*papers)[0][1].says == "ZQXW is short for 'Zibbo Quality Xerox Work'"
    assert placed(*reversed(papers))[1][1].says == "ZQXW is short for 'Zibbo Quality Xerox Work'"


def test_three_letters_and_digits_count_as_letters() -> None:
    def joined(short: str, long: str, papers: int) -> bool:
        given = [one(f"a{n}", short, long=long) for n in range(papers)]
        found = placed(*given, one("z", short))
        return found[0][0] == found[-1][0]

    assert [joined("ZQX", ZQX, n) for n in (1, 2)] == [False, True]
    assert [joined("Z-X", "Zibbo Xerography", n) for n in (1, 2)] == [False, True]
    assert joined("ZQX4", "Zibbo Quality Xerography for 4 bits", 1)


def test_a_bare_short_form_that_the_lexicon_knows_stays_there() -> None:
    papers = [one(id, "GANX", long="Generic Adversary Nodes Xerox") for id in "ab"]
    assert placed(*papers, one("c", "GAN"))[-1] == ("method/gan", Why("lexicon"))
    spelled = [
        one(id, "BERT", long="Bidirectional Encoder Representations from Transformers", link="method/bert")
        for id in "ab"
    ]
    assert {node for node, _ in placed(*spelled, one("c", "BERT"))} == {"method/bert"}


def test_abbreviations_of_two_types_are_joined_within_each() -> None:
    papers = [one("a", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "ZQXW", "Task", long="Zibbo Quality Xeroxing Work"),
              one("c", "ZQXW", "Task"), one("d", "ZQXW")]  # fmt: skip
    found = [node for node, _ in placed(*papers)]
    assert found[0] == found[3]
    assert found[1] == found[2]
    assert [node.partition("/")[0] for node in found] == ["method", "task", "task", "method"]


def test_papers_agree_what_an_entry_without_a_long_name_is_short_for() -> None:
    squad = "dataset/squad"

    def nodes(*longs: str) -> list[str]:
        papers = [one(f"p{n}", "SQuAD", "Dataset", long=long, link=squad) for n, long in enumerate(longs)]
        return [node for node, _ in placed(*papers)]

    right, wrong = "Stanford Question Answering Dataset", "Simple Quality Adder Dump"
    assert nodes(right, right, wrong) == [squad, squad, "dataset/simplequalityadderdump"]
    assert nodes(right, wrong) == [squad, squad]
    assert nodes(right, right, wrong, wrong) == [squad] * 4
    assert nodes(right, right, right, wrong, wrong)[2:] == [squad, *["dataset/simplequalityadderdump"] * 2]
    assert nodes(right) == [squad]


# --- proposals


def test_papers_that_propose_one_name_are_told_apart() -> None:
    papers = one("b", "ZOMET", own=True), one("a", "Zomet", own=True), one("c", "Zomet")
    resolution = resolved(*papers)
    nodes = [f"method/zomet-{content_hash('proposed', id, length=8)}" for id in "ba"]
    says = "2 papers each propose their own; papers that only mention the name may mean any"
    assert resolution.apart == [KeptApart("Zomet", ("method/zomet", *sorted(nodes)), Why("proposed", says, ("a", "b")))]
    own = "another paper proposes something of that name"
    assert where(resolution, papers[0]) == (nodes[0], Why("proposed", own, ("b",)))
    assert where(resolution, papers[1]) == (nodes[1], Why("proposed", own, ("a",)))
    assert where(resolution, papers[2]) == ("method/zomet", Why("name"))


def test_works_of_several_papers_have_one_node_each() -> None:
    titles = {"a": "One", "b": "one!", "c": "Two", "d": "Two", "e": "Three", "f": "Four", "g": "ONE"}
    papers = {id: one(id, "Zomet", own=True, title=title) for id, title in titles.items()}
    resolution = resolved(*papers.values())
    found = {id: where(resolution, paper) for id, paper in papers.items()}
    assert found["a"][0] == found["b"][0] == found["g"][0] == f"method/zomet-{content_hash('proposed', 'a', length=8)}"
    assert found["c"][0] == found["d"][0]
    assert len({node for node, _ in found.values()}) == 4
    assert found["b"][1].papers == ("a", "b", "g")
    assert resolution.apart[0].why.papers == ("a", "c", "e")
    assert len(resolution.apart[0].nodes) == 5


def test_proposals_that_spell_the_name_out_alike_are_one() -> None:
    long = "Zonal Metric Encoding Trainer"
    papers = one("a", "ZOMET", long=long, own=True), one("b", "ZOMET", long=long + "s", own=True)
    assert len({node for node, _ in placed(*papers)}) == 1
    assert resolved(*papers).apart == []


def test_an_entry_of_the_lexicon_is_not_parted() -> None:
    papers = [one(id, "PCA", own=True, link=PCA) for id in "ab"]
    assert [node for node, _ in placed(*papers)] == [PCA, PCA]


# --- the user


def test_an_alias_of_the_user() -> None:
    say = '{"do": "alias", "name": "CM384", "of": "CloudMatrixen", "type": "Method"}'
    says = 'corrections.jsonl, line 2: {"do": "alias", "name": "CM384", "of": "CloudMatrixen", "type": "Method"}'
    assert placed(one("a", "CM384"), one("b", "CloudMatrixen"), say="\n" + say) == [
        ("method/cloudmatrixen", Why("user", says)), ("method/cloudmatrixen", Why("name")),
    ]  # fmt: skip


def test_an_alias_joins_two_entries_of_the_lexicon_and_goes_where_the_user_says() -> None:
    say = '{"do": "alias", "name": "BERT", "of": "LSTM", "type": "Method"}'
    assert [
        node for node, _ in placed(one("a", "BERT", link="method/bert"), one("b", "LSTM", link="method/lstm"), say=say)
    ] == ["method/lstm"] * 2
    say = '{"do": "alias", "name": "BERT", "of": "Zib", "type": "Method"}'
    assert [node for node, _ in placed(one("a", "BERT", link="method/bert"), one("b", "Zib"), say=say)] == [
        "method/zib"
    ] * 2


def test_an_alias_joins_what_papers_propose_apart() -> None:
    say = '{"do": "alias", "name": "Zomet", "of": "Zomet", "type": "Method"}'
    papers = one("a", "Zomet", own=True), one("b", "Zomet", own=True)
    assert {node for node, _ in placed(*papers, say=say)} == {"method/zomet"}
    assert resolved(*papers, say=say).apart == []


def test_two_names_that_the_user_keeps_apart() -> None:
    papers = one("a", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "Zibbo Quality Xerox Work"), one("c", "ZQXW")
    say = '{"do": "apart", "type": "Method", "names": ["ZQXW", "Zibbo Quality Xerox Work"]}'
    why = Why("user", "corrections.jsonl, line 1: " + say)
    resolution = resolved(*papers, say=say)
    assert [where(resolution, paper) for paper in papers] == [
        ("method/zqxw", why),
        ("method/zibboqualityxeroxwork", why),
        ("method/zqxw", why),
    ]
    assert resolution.apart == [
        KeptApart("ZQXW / Zibbo Quality Xerox Work", ("method/zqxw", "method/zibboqualityxeroxwork"), why)
    ]


def test_two_spellings_of_one_name_kept_apart() -> None:
    say = '{"do": "apart", "type": "Method", "names": ["Zolo", "ZOLO"]}'
    papers = one("a", "Zolo"), one("b", "ZOLO"), one("c", "zolo")
    nodes = [f"method/zolo-{content_hash('apart', name, length=8)}" for name in ("Zolo", "ZOLO")]
    why = Why("user", "corrections.jsonl, line 1: " + say)
    resolution = resolved(*papers, say=say)
    assert [where(resolution, paper) for paper in papers] == [
        (nodes[0], why),
        (nodes[1], why),
        ("method/zolo", Why("name")),
    ]
    assert resolution.apart == [KeptApart("Zolo / ZOLO", tuple(nodes), why)]


def test_names_of_the_lexicon_kept_apart_keep_its_ids() -> None:
    say = '{"do": "apart", "names": ["BERT", "Zib"], "type": "Method"}'
    resolution = resolved(one("a", "BERT"), one("b", "Zib"), say=say)
    assert resolution.apart[0].nodes == ("method/bert", "method/zib")
    say = '{"do": "apart", "names": ["PCA", "principal component analysis"], "type": "Method"}'
    assert resolved(say=say).apart[0].nodes == ("method/pca", PCA)


def test_an_alias_of_a_name_that_is_kept_apart() -> None:
    apart = '{"do": "apart", "names": ["Zolo", "ZOLO"], "type": "Method"}'
    alias = '{"do": "alias", "name": "Other", "of": "ZOLO", "type": "Method"}'
    node = f"method/zolo-{content_hash('apart', 'ZOLO', length=8)}"
    assert placed(one("a", "Other"), say=f"{alias}\n{apart}")[0][0] == node


def test_what_the_user_keeps_apart_no_alias_joins() -> None:
    apart = '{"do": "apart", "names": ["Zolo", "Zibo"], "type": "Method"}'
    alias = '{"do": "alias", "name": "Zolo", "of": "Zibo", "type": "Method"}'
    assert [node for node, _ in placed(one("a", "Zolo"), one("b", "Zibo"), say=f"{apart}\n{alias}")] == [
        "method/zolo",
        "method/zibo",
    ]


def test_a_name_that_means_something_else_in_one_paper() -> None:
    say = '{"do": "apart", "type": "Method", "name": "ZOLO", "paper": "b"}'
    node = f"method/zolo-{content_hash('apart', 'b', length=8)}"
    found = placed(one("a", "Zolo"), one("b", "Zolo"), one("c", "Zolo"), say=say)
    assert found == [
        ("method/zolo", Why("name")),
        (node, Why("user", "corrections.jsonl, line 1: " + say)),
        ("method/zolo", Why("name")),
    ]


def test_what_corrections_did_is_kept_for_who_asks() -> None:
    done = {1: {"p"}}
    assert Resolution(done=done).done is done
    assert Resolution().done == {}


def test_an_alias_of_a_name_of_the_lexicon_in_any_case_and_of_a_vague_one() -> None:
    for name, node in (("bert", "method/bert"), ("deep learning", "method/deep-learning")):
        say = f'{{"do": "alias", "name": "Zib", "of": "{name}", "type": "Method"}}'
        assert placed(one("a", "Zib"), say=say)[0][0] == node


def test_a_long_name_of_two_words_says_what_an_entry_means() -> None:
    rl = "method/reinforcement-learning"
    found = placed(one("a", "RL", long="Rapid Lookup", link=rl), one("b", "RL", long="reinforcement learning", link=rl))
    assert [node for node, _ in found] == ["method/rapidlookup", rl]


def test_papers_without_a_title_are_works_of_their_own() -> None:
    found = placed(one("a", "Zomet", own=True, title="?!"), one("b", "Zomet", own=True, title="?!"))
    assert len({node for node, _ in found}) == 2


@pytest.mark.parametrize(
    ("name", "surface", "same"),
    [("BERTs", "BERT", True), ("BERT", "BERTs", True), ("SWE bench", "SWE-bench", True), ("SWE-bench", "SWE bench", True),
     ("bert", "BERT", False), ("sBERT", "BERT", False), ("BERT", "sBERT", False), ("BERTX", "BERT", False), ("BERT", "BERTX", False),
     ("BERTS", "BERT", False), ("BERT", "BERTS", False)],
)  # fmt: skip
def test_a_name_is_written_as_the_lexicon_writes_it(name: str, surface: str, same: bool) -> None:
    assert _exact(name, surface) is same


def test_a_name_that_needs_its_surroundings_or_could_be_a_word_keeps_its_type() -> None:
    assert placed(one("a", "KD", "Dataset"))[0][0] == "dataset/kd"
    assert placed(one("a", "Cora", "Method"))[0][0] == "method/cora"


def test_papers_that_spell_out_a_short_form_of_the_lexicon_take_no_other_name_along() -> None:
    papers = [one(id, "PCA", long="principal component analysis") for id in "ab"]
    assert [node for node, _ in placed(*papers, one("c", "pca"))] == [PCA, PCA, "method/pca"]


@pytest.mark.parametrize(
    ("name", "made_up"),
    [("MoE-Lens", True), ("Comet", True), (" Comet ", True), ("GPT 4", True), ("hybrid model", False), ("Hybrid Models", False),
     ("Fine-Tuning", False), ("input/Output", False), ("comet", False)],
)  # fmt: skip
def test_a_coined_name(name: str, made_up: bool) -> None:
    assert coined(name) is made_up


def test_a_home_that_others_were_joined_to_keeps_its_own_reason() -> None:
    longs = ["Zibbo Quality Xerox Work", "Zibbo Quality Xeroxing Work"]
    found = placed(*(one(id, "ZQXW", long=long) for id, long in zip("ab", longs, strict=True)))
    assert [node for node, _ in found] == ["method/zqxw"] * 2
    assert found[0][1] == Why("abbreviation", "the paper spells it out as 'Zibbo Quality Xerox Work'")


def test_a_known_short_form_that_is_not_linked_and_spelled_out_as_something_else() -> None:
    says = "the paper spells it out as 'Partitioned Cross-Attention'"
    found = placed(one("a", "PCA", long="Partitioned Cross-Attention"))
    assert found == [("method/partitionedcrossattention", Why("abbreviation", says))]


def test_hardware_spelled_out_as_a_known_method_is_that_method() -> None:
    assert placed(one("a", "GNN", "Hardware", long="graph neural network", link="hardware/soc"))[0][0] == "method/gnn"


def test_what_is_kept_apart_is_told_in_order() -> None:
    papers = [one("a", "ZibBench"), one("b", "ZibBench", "Dataset")]
    say = '{"do": "apart", "names": ["Abc", "ABC"], "type": "Method"}'
    assert [kept.name for kept in resolved(*papers, say=say).apart] == ["Abc / ABC", "zibbench"]


def test_each_name_of_two_types_is_settled_by_itself() -> None:
    papers = [one("a", "Abcet"), one("b", "OpenBench"), one("c", "OpenBench", "Dataset"), one("d", "ZibBench"), one("e", "ZibBench"),
              one("f", "ZibBench", "Dataset")]  # fmt: skip
    resolution = resolved(*papers)
    assert [kept.name for kept in resolution.apart] == ["openbench"]
    assert where(resolution, papers[-1])[0] == "method/zibbench"


def test_each_name_that_papers_propose_is_parted_by_itself() -> None:
    papers = [one("a", "Abcet", own=True), one("b", "Zomet", own=True), one("c", "ZOMET", own=True)]
    assert [kept.name for kept in resolved(*papers).apart] == ["Zomet"]


def test_a_paper_that_proposes_two_things_and_the_name_that_the_first_paper_writes() -> None:
    def proposing(id: str, title: str, *names: str) -> PaperNames:
        one_by_one = [one(id, name, own=True, title=title).named[0] for name in names]
        return PaperNames(id, title, tuple(replace(named, id=f"e{n}") for n, named in enumerate(one_by_one, start=1)))

    papers = [proposing("b", "a title", "ZOMET", "Abcet"), proposing("a", "the title", "Zomet", "OpenX")]
    (kept,) = resolved(*papers).apart
    assert (kept.name, kept.why.papers) == ("Zomet", ("a", "b"))


def test_the_first_spelling_of_a_short_form_whatever_the_order() -> None:
    papers = one("a", "ZQXW", long="Zibbo Quality Xerox Work"), one("b", "zQXW", long="Zibbo Quality Xerox Work")
    assert placed(*papers)[0][1].says == "ZQXW is short for 'Zibbo Quality Xerox Work'"


def test_what_papers_spell_out_an_entry_as_is_one_meaning() -> None:
    longs = "Stanford Question Answering Dataset", "Simple Quality Adder Dump"
    papers = [one(f"p{n}", "SQuAD", "Dataset", long=long, link="dataset/squad") for n, long in enumerate(longs)]
    assert resolved(*papers).apart == []
    # a short form of two entries, the method and the task
    gemm = [one(id, "GEMM", long="General Efficient Matrix Multiplication") for id in "ab"]
    assert len({node for node, _ in placed(*gemm)}) == 1


def test_a_long_name_with_brackets_says_nothing_and_one_that_begins_with_an_x_does() -> None:
    own = 'type,name,aliases\nMethod,ZQXW,"Zibbo Work Xerography (v1)"\nMethod,XYA,Xerox Yard Apparatus'
    found = placed(
        one("a", "ZQXW", long="Zonal Quiet X Wave", link="method/zqxw"),
        one("b", "XYA", long="Xerox Yard Apparatus", link="method/xya"),
        own=own,
    )
    assert [node for node, _ in found] == ["method/zqxw", "method/xya"]
