import csv
import gzip
import io
import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.model import Record
from kg.queries import questions
from tests.conftest import Ran

COMMANDS = [
    "build",
    "extract",
    "sources",
    "ask",
    "hardware",
    "sparql",
    "view",
    "stats",
    "report",
    "serve",
    "export",
    "remove",
    "validate",
    "evaluate",
]
Cli = Callable[..., Ran]


def test_help_names_every_command(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.code == 0
    assert [command for command in COMMANDS if command not in ran.out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example(cli: Cli, command: str) -> None:
    ran = cli(command, "--help")
    assert ran.code == 0
    assert f"kg {command}" in ran.out.replace("Usage: kg", "")


def test_version(cli: Cli) -> None:
    assert kg.__version__ in cli("--version").out


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_build_from_standard_input(cli: Cli, sample: Path, tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    head = sample.read_bytes().split(b"Marrowbit: Fitting")[0]
    ran = cli("build", "-", "--out", tmp_path / "g", stdin=pack(head))
    assert (ran.code, "2 papers" in ran.out) == (0, True)


def test_extract_to_standard_output(cli: Cli, sample: Path) -> None:
    ran = cli("extract", sample)
    assert ran.code == 0
    records = [Record.model_validate_json(line) for line in ran.out.splitlines()]
    assert len(records) == 32
    assert "32 records" in ran.err


def test_sources(cli: Cli) -> None:
    out = cli("sources").out
    assert all(name in out for name in ("daily-papers", "jsonl", "text"))


def test_ask_in_three_formats(cli: Cli, graph: Path) -> None:
    asked = ("ask", "methods-on-hardware", "--hardware", "A100", "-g", graph)
    rows = json.loads(cli(*asked, "--format", "json").out)
    table = list(csv.DictReader(io.StringIO(cli(*asked, "--format", "csv").out)))
    printed = cli(*asked)
    assert len(rows) == len(table) > 0
    assert [row["method"] for row in rows] == [row["method"] for row in table]
    assert all((row["role"] or "") == line["role"] for row, line in zip(rows, table, strict=True))
    assert "Pelagrad" in printed.out
    assert f"{len(rows)} rows" in printed.err


def test_ask_lists_every_question(cli: Cli) -> None:
    out = cli("ask", "--list").out
    assert [name for name in questions() if name not in out] == []


def test_ask_takes_equals_signs(cli: Cli, graph: Path) -> None:
    one = cli("ask", "speedups", "--hardware=A100", "-g", graph, "-f", "csv")
    assert one.out == cli("ask", "speedups", "--hardware", "A100", "-g", graph, "-f", "csv").out


@pytest.mark.parametrize("name", sorted(questions()))
def test_the_example_of_every_question_runs(cli: Cli, graph: Path, name: str) -> None:
    words = [str(graph) if word == "my-graph" else word for word in shlex.split(questions()[name].example)[1:]]
    ran = cli(*words)
    assert ran.code == 0, ran.text


def test_sparql(cli: Cli, graph: Path, tmp_path: Path) -> None:
    query = "SELECT (COUNT(?p) AS ?n) { ?p a schema:ScholarlyArticle }"
    (tmp_path / "q.rq").write_text(query, "utf-8")
    for ran in (
        cli("sparql", query, "-g", graph, "-f", "json"),
        cli("sparql", f"@{tmp_path / 'q.rq'}", "-g", graph, "-f", "json"),
        cli("sparql", "-", "-g", graph, "-f", "json", stdin=query.encode()),
    ):
        assert json.loads(ran.out) == [{"n": 32}]


def test_sparql_parameter(cli: Cli, graph: Path) -> None:
    ran = cli(
        "sparql",
        "SELECT ?t { ?p schema:name ?t FILTER(CONTAINS(?t, ?part)) }",
        "-p",
        "part=Marrowbit",
        "-g",
        graph,
        "-f",
        "csv",
    )
    assert ran.out.splitlines()[1:] == ["Marrowbit: Fitting 70B Language Models into a Single Consumer Graphics Card"]


def test_stats(cli: Cli, graph: Path) -> None:
    found = json.loads(cli("stats", "-g", graph, "-f", "json").out)
    assert (found["papers"], found["last_build"]["first"]) == (32, True)
    counts = dict(csv.reader(io.StringIO(cli("stats", "-g", graph, "-f", "csv").out)))
    assert int(counts["nodes:Hardware"]) == found["nodes"]["Hardware"]
    assert "Hardware" in cli("stats", "-g", graph).out


def test_export_and_remove(cli: Cli, sample: Path, tmp_path: Path) -> None:
    head = sample.read_bytes().split(b"Marrowbit: Fitting")[0]
    cli("build", "-", "--out", tmp_path / "g", stdin=head)
    assert cli("export", "nquads", "-g", tmp_path / "g", "-o", tmp_path / "x.nq").code == 0
    assert b"Quillstream" in (tmp_path / "x.nq").read_bytes()
    with kg.open(tmp_path / "g") as opened:
        id = next(r.id for r in opened.records() if r.title.startswith("Quillstream"))
    assert cli("remove", id, "-g", tmp_path / "g").code == 0
    assert "1" in cli("stats", "-g", tmp_path / "g", "-f", "csv").out
    assert cli("remove", id, "-g", tmp_path / "g").code == 1


def test_validate_says_sound_and_stale(cli: Cli, sample: Path, tmp_path: Path) -> None:
    cli("build", "-", "--out", tmp_path / "g", stdin=sample.read_bytes().split(b"Marrowbit: Fitting")[0])
    ran = cli("validate", "-g", tmp_path / "g")
    assert (ran.code, "sound" in ran.out) == (0, True)
    (tmp_path / "g" / "sparql" / "records.digest").write_text("0" * 32, "ascii")
    ran = cli("validate", "-g", tmp_path / "g")
    assert (ran.code, "kg build" in ran.out) == (4, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask", "methods-on-hardwear", "-g", "{g}"), "methods-on-hardware"),
        (("ask", "methods-on-hardware", "-g", "{g}"), "--hardware"),
        (("ask", "methods-on-hardware", "stray", "-g", "{g}"), "stray"),
        (("ask", "methods-on-hardware", "-g", "{g}", "--hardware"), "--hardware needs a value"),
        (("ask", "matrix", "-g", "{none}"), "kg build"),
        (("sparql", "SELEKT", "-g", "{g}"), "does not parse"),
        (("sparql", "@{none}", "-g", "{g}"), "cannot be read"),
        (("sparql", "ASK {{}}", "-p", "x", "-g", "{g}"), "name=value"),
        (("stats", "-g", "{none}"), "kg build"),
        (("export", "docx", "-g", "{g}"), "graphml"),
        (("export", "nquads", "-g", "{g}", "-o", "{none}/x"), "cannot be written"),
        (("remove", "x", "-g", "{none}"), "kg build"),
        (("validate", "-g", "{none}"), "kg build"),
        (("evaluate", "{none}", "{none}"), "cannot be read"),
        (("build", "{none}", "--out", "{none}", "--source", "xml"), "jsonl"),
    ],
)
def test_errors_are_sentences(cli: Cli, graph: Path, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    ran = cli(*(argument.format(g=graph, none=tmp_path / "none") for argument in arguments))
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.text


@pytest.mark.parametrize(
    "arguments", [("build",), ("nonsense",), ("ask", "matrix", "--format", "xml"), ("view", "--nodes", "0")]
)
def test_wrong_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments).code == 2


def test_explain(cli: Cli, sample: Path) -> None:
    records = [Record.model_validate_json(line) for line in cli("extract", sample).out.splitlines()]
    record = next(r for r in records if r.title.startswith("Marrowbit"))
    told = cli("extract", sample, "--explain", record.id).out
    assert all(f"+ {entity.type}  {entity.name}" in told for entity in record.entities)
    facts = json.loads(cli("extract", sample, "--explain", record.id, "--format", "json").out)["facts"]
    assert sum(fact["kept"] for fact in facts) == len((*record.entities, *record.relations, *record.results))
    missing = cli("extract", sample, "--explain", "no-such-id")
    assert missing.code == 1
    assert "no-such-id" in missing.err


def test_min_confidence(cli: Cli, sample: Path, tmp_path: Path) -> None:
    def records(*arguments: str) -> list[Record]:
        return [Record.model_validate_json(line) for line in cli("extract", sample, *arguments).out.splitlines()]

    every, sure = records(), records("--min-confidence", "0.9")
    for whole, part in zip(every, sure, strict=True):
        facts = [*part.entities, *part.relations, *part.results]
        assert all(fact.confidence >= 0.9 for fact in facts)
        assert {e.name for e in part.entities} == {e.name for e in whole.entities if e.confidence >= 0.9}
        assert part.extractor.fingerprint != whole.extractor.fingerprint
    graph = tmp_path / "g"
    assert cli("build", sample, "--out", graph, "--min-confidence", "0.9").code == 0
    with kg.open(graph) as opened:
        assert sorted(map(repr, opened.records())) == sorted(map(repr, sure))
    again = cli("build", sample, "--out", graph, "--min-confidence", "0.9").out
    assert "extracted 0" in again
    assert "extracted 0" not in cli("build", sample, "--out", graph).out
    assert cli("extract", sample, "--min-confidence", "2").code == 2


def test_hardware_without_a_graph(cli: Cli) -> None:
    found = json.loads(cli("hardware", "a100", "--format", "json").out)
    assert {"id", "name", "vendor", "class", "family", "broader", "aliases", "papers"} <= found.keys()
    assert (found["id"], found["name"], found["vendor"], found["class"]) == (
        "hardware/nvidia-a100",
        "NVIDIA A100",
        "NVIDIA",
        "GPU",
    )
    assert (found["family"], found["papers"], found["memory_gb"], found["year"]) == ("NVIDIA Ampere", [], 40, 2020)
    assert "Epoch AI" in found["source"]
    (row,) = csv.DictReader(io.StringIO(cli("hardware", "A-100", "-f", "csv").out))
    assert (row["id"], row["papers"]) == ("hardware/nvidia-a100", "")
    assert "NVIDIA Ampere" in cli("hardware", "A100").out


@pytest.mark.parametrize("level", ["A100", "Ampere", "GPU"])
def test_hardware_with_a_graph_at_every_level(cli: Cli, graph: Path, level: str) -> None:
    found = json.loads(cli("hardware", level, "-g", graph, "-f", "json").out)
    assert any(use["method"] == "Pelagrad" and use["devices"] == 64 and use["sentence"] for use in found["papers"])


def test_hardware_that_is_not_known(cli: Cli) -> None:
    ran = cli("hardware", "A1000X")
    assert (ran.code, "A100" in ran.err, "nearest" in ran.err) == (1, True, True)
    assert "is a vendor" in cli("hardware", "nvidia").err
    guessed = json.loads(cli("hardware", "Xeon Gold 6999", "-f", "json").out)
    assert (guessed["id"], guessed["vendor"], guessed["class"], guessed["guessed"]) == (None, "Intel", "CPU", True)


def test_hardware_with_the_papers_that_use_it_as_a_table(graph: Path, cli: Callable[..., Ran]) -> None:
    found = json.loads(cli("hardware", "GPU", "-g", graph, "-f", "json").out)
    shown = cli("hardware", "GPU", "-g", graph).out
    assert found["papers"]
    for run in found["papers"]:
        assert any(run["method"] in line and run["hardware"] in line for line in shown.splitlines())
    assert "hardware/gpu" in shown
