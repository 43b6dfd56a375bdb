from contextlib import suppress

import pytest

import kg
from kg.errors import QueryError
from kg.lexicon import fold
from kg.queries import ask as ask_store
from kg.queries import questions
from kg.stores import Answer

NEEDED = {"hardware": "GPU", "method": "Quillstream", "to": "A100"}
HOSTILE = [
    '") } #',
    "'",
    '"""',
    "\\",
    "\\u0022",
    "?x } UNION { ?s ?p ?o",
    "{}",
    "\x00",
    "‮",
    "\n",
    "%s",
    "<a>",
    "x" * 10_000,
    "日本",
]


def required(name: str) -> dict[str, str]:
    return {p.name: NEEDED[p.name] for p in questions()[name].parameters if p.required}


def ask(opened: kg.Graph, question: str, **parameters: str) -> Answer:
    """As `opened.ask`, which cannot be given a parameter called `name`."""
    return ask_store(opened.store, question, parameters)


def titles(opened: kg.Graph, **parameters: str) -> str:
    return " ".join(map(str, opened.ask("methods-on-hardware", **parameters).column("paper")))


def test_ten_questions() -> None:
    assert len(questions()) >= 10


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_answers_with_typed_columns(opened: kg.Graph, name: str) -> None:
    asked, answer = questions()[name], opened.ask(name, **required(name))
    assert answer.rows
    assert answer.columns == tuple(asked.columns)
    for row in answer.rows:
        for cell, kind in zip(row, asked.columns.values(), strict=True):
            wanted = {"text": str, "number": int | float, "boolean": bool, "relation": str}[kind]
            assert cell is None or isinstance(cell, wanted)
    assert len(set(answer.rows)) == len(answer.rows)
    assert opened.ask(name, **required(name)).rows == answer.rows


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_is_told(name: str) -> None:
    asked = questions()[name]
    assert asked.says.endswith(".")
    assert asked.example.startswith(f"kg ask {name}")
    assert {key.lstrip("-") for key in asked.order} <= set(asked.columns)
    assert all(parameter.says for parameter in asked.parameters)


@pytest.mark.parametrize("name", sorted(questions()))
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_data(opened: kg.Graph, name: str, value: str) -> None:
    for parameter in questions()[name].parameters:
        given = required(name) | {parameter.name: value}
        if parameter.kind == "number" or parameter.choices:
            with pytest.raises(QueryError, match=r"number|one of"):
                ask(opened, name, **given)
        elif fold(value) or parameter.kind == "text":
            assert ask(opened, name, **given).rows == []
        else:
            with suppress(QueryError):
                ask(opened, name, **given)


@pytest.mark.parametrize("value", ["'", "{}", "-"])
def test_a_name_of_signs_alone_is_no_wildcard(opened: kg.Graph, value: str) -> None:
    with suppress(QueryError):
        assert ask(opened, "results", metric=value).rows == []


def test_parameter_called_name(opened: kg.Graph) -> None:
    assert opened.ask("comparisons", name="vLLM").rows


@pytest.mark.parametrize(
    ("hardware", "papers"),
    [
        ("Ascend", ["Cindermoe"]), ("Ascend 910B", ["Cindermoe"]), ("NPU", ["Cindermoe"]), ("Huawei", ["Cindermoe"]),
        ("TPU", ["Token Weaving"]), ("TPU v4", ["Token Weaving"]),
        ("GPU", ["Quillstream", "Sliding Gradient", "Marrowbit", "Barolith", "Tilewarden", "Coherent Memory", "Mérope"]),
        ("NVIDIA", ["Quillstream", "Sliding Gradient", "Marrowbit", "Coherent Memory", "Fennecdet"]),
        ("GH200", ["Coherent Memory"]), ("A100", ["Sliding Gradient", "R^2Serve"]), ("H100", ["Quillstream", "Tilewarden"]),
        ("AMD", ["Barolith", "Tilewarden"]), ("MI300X", ["Tilewarden"]), ("FPGA", ["Ferrolode", "Stratix 10"]),
        ("Raspberry Pi 4", ["Wicketfed"]), ("Loihi 2", ["Flickerwing"]), ("IPU", ["Molecular Graphs"]), ("Groq", ["Metronova"]),
        ("Trainium", ["AWS Silicon"]), ("Cerebras CS-2", ["Lacunafold"]), ("Xeon", ["Loamstep"]), ("NVIDIA Hopper", ["Quillstream"]),
        ("Jetson", ["Fennecdet"]),
        ("Hopper", ["Quillstream"]), ("CS-2", ["Lacunafold"]),
    ],
)  # fmt: skip
def test_papers_on_hardware_at_every_level(opened: kg.Graph, hardware: str, papers: list[str]) -> None:
    found = titles(opened, hardware=hardware)
    assert [paper for paper in papers if paper not in found] == []


def test_the_plastic_runs_nothing(opened: kg.Graph) -> None:
    assert "Layer Adhesion" not in titles(opened, hardware="TPU")


def test_papers_without_hardware(opened: kg.Graph) -> None:
    without = " ".join(map(str, opened.ask("papers-without-hardware").column("paper")))
    assert [t for t in ("Distilling Gracefully", "Growing Program Repairs", "Audit") if t not in without] == []


@pytest.mark.parametrize(
    "spellings", [("a100", "A-100", "A 100", "A100s", "nvidia a100"), ("tpu v4", "TPUv4"), ("gpu", "GPUs", "Gpu")]
)
def test_parameters_in_any_spelling(opened: kg.Graph, spellings: tuple[str, ...]) -> None:
    answers = [opened.ask("methods-on-hardware", hardware=spelling).rows for spelling in spellings]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


def test_every_vendor_of_the_graph_is_found_by_its_name(opened: kg.Graph) -> None:
    used = opened.sparql("SELECT DISTINCT ?v { ?s rdf:predicate pg:runsOn ; rdf:object ?h . ?h pg:vendor ?v }").column(
        "v"
    )
    assert used
    assert [v for v in used if not opened.ask("methods-on-hardware", hardware=v).rows] == []


def test_role_narrows(opened: kg.Graph) -> None:
    trained = opened.ask("methods-on-hardware", hardware="GPU", role="trained")
    assert set(trained.column("role")) == {"trained"}
    assert len(trained.rows) < len(opened.ask("methods-on-hardware", hardware="GPU").rows)


def test_results_by_metric_and_value(opened: kg.Graph) -> None:
    answer = opened.ask("results", metric="accuracy", unit="%", min="90")
    assert answer.rows
    assert all(isinstance(high, float) and high >= 90 for high in answer.column("high"))


def test_speedups_are_the_highest_first(opened: kg.Graph) -> None:
    high = opened.ask("speedups", hardware="GPU").column("high")
    assert list(high) == sorted(high, reverse=True)  # type: ignore[type-var]


def test_hardware_of_a_method(opened: kg.Graph) -> None:
    answer = opened.ask("hardware-of-method", method="pelagrad")
    assert "NVIDIA A100" in answer.column("hardware")
    assert 64 in answer.column("devices")


@pytest.mark.parametrize("hardware", ["NVIDIA", "GPU", "Ampere", "A100"])
def test_every_answer_at_every_level(opened: kg.Graph, hardware: str) -> None:
    pelagrad = opened.ask("hardware-of-method", method="Pelagrad", hardware=hardware).dicts()
    assert [(row["hardware"], row["devices"], row["role"]) for row in pelagrad] == [("NVIDIA A100", 64, "trained")]
    matrix = [row for row in opened.ask("matrix", hardware=hardware).dicts() if row["method"] == "Pelagrad"]
    assert [(row["hardware"], row["papers"], row["devices"], row["roles"]) for row in matrix] == [
        ("NVIDIA A100", 1, 64, "trained")
    ]
    assert matrix[0]["sentence"] == pelagrad[0]["sentence"]
    ratios = [row for row in opened.ask("speedups", hardware=hardware).dicts() if row["method"] == "Pelagrad"]
    assert {(row["role"], row["devices"]) for row in ratios} == {("trained", 64)}
    assert "Pelagrad" in opened.ask("methods-on-hardware", hardware=hardware).column("method")


def test_matrix_by_level(opened: kg.Graph) -> None:
    def columns(by: str) -> set[object]:
        return set(opened.ask("matrix", by=by).column("hardware"))

    assert {"GPU", "NPU", "FPGA"} <= columns("class")
    assert {"NVIDIA", "AMD", "Huawei"} <= columns("vendor")
    assert {"NVIDIA Ampere", "NVIDIA Hopper"} <= columns("architecture")
    assert "GPU" not in columns("product")


def test_coverage_adds_up(opened: kg.Graph) -> None:
    papers = len(opened)
    without = len(opened.ask("papers-without-hardware").rows)
    rows = {row["group"]: row for row in opened.ask("coverage").dicts()}
    assert (rows["(no hardware stated)"]["papers"], rows["(no hardware stated)"]["of"]) == (without, papers)
    assert rows["(no hardware stated)"]["share"] == pytest.approx(without / papers, abs=0.001)
    on_gpus = "SELECT DISTINCT ?p { ?s rdf:predicate pg:runsOn ; pg:paper ?p ; rdf:object/pg:hardwareClass 'GPU' }"
    assert rows["GPU"]["papers"] == len(opened.sparql(on_gpus).rows)
    runs = {record.id for record in opened.records() if any(r.type == "runs_on" for r in record.relations)}
    dated = [record.id for record in opened.records() if record.paper.date]
    years = opened.ask("coverage", by="year").dicts()
    assert sum(row["of"] for row in years) == len(dated)  # type: ignore[misc]
    assert sum(row["papers"] for row in years) == len(runs & set(dated))  # type: ignore[misc]


def test_coverage_of_one_vendor_says_nothing_of_papers_without_hardware(opened: kg.Graph) -> None:
    groups = opened.ask("coverage", by="product", hardware="Huawei").column("group")
    assert any("Ascend" in str(group) for group in groups)
    assert all("stated" not in str(group) and "NVIDIA" not in str(group) for group in groups)


def test_comparisons_of_a_system_that_is_a_baseline_elsewhere(opened: kg.Graph) -> None:
    found = ask(opened, "comparisons", name="Quillstream")
    assert any("Replay and Reroute" in str(paper) for paper in found.column("paper"))


def test_evidence_gives_the_sentence_and_where_it_stands(opened: kg.Graph) -> None:
    answer = opened.ask("evidence", to="A100", **{"from": "Pelagrad"})
    (row,) = [row for row in answer.dicts() if row["predicate"] == "runs_on"][:1]
    record = next(r for r in opened.records() if r.title == row["paper"])
    assert record.abstract[row["start"] : row["end"]] == row["sentence"]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("methods-on-hardwear", {}, "methods-on-hardware"), ("zzzz", {}, "--list"), ("methods-on-hardware", {}, "--hardware"),
        ("methods-on-hardware", {"hardware": ""}, "--hardware"), ("matrix", {"x": "1"}, "no parameter --x"),
        ("results", {"min": "much"}, "number"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(opened: kg.Graph, name: str, parameters: dict[str, str], words: str) -> None:
    with pytest.raises(QueryError, match=words):
        opened.ask(name, **parameters)
