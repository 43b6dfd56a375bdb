"""The attacks by the library and by the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.queries import questions
from tests.attacks.corpus import ALIVE, ATTACKS, HOSTILE, Attack, Reply, Watch, by_command, check, every_attack, filled
from tests.conftest import Ran

Cli = Callable[..., Ran]


@every_attack
def test_library(attack: Attack, graph: Path, watch: Watch, limits: None) -> None:
    query, parameters = watch.filled(attack.query), watch.filled(attack.parameters)
    with kg.open(graph) as opened:
        ask = opened.sparql if attack.language == "sparql" else opened.cypher
        try:
            rows = ask(query, **parameters).rows
            reply = Reply("answered", repr(rows), rows[0][0] if rows and rows[0] else None)
        except kg.LimitError as error:
            reply = Reply("limit", str(error))
        except kg.QueryError as error:
            reply = Reply("refused", str(error))
        check(filled(attack, watch), reply, watch, graph)
        ask = opened.sparql if attack.language == "sparql" else opened.cypher
        assert ask(ALIVE[attack.language]).rows in ([(True,)], [(1,)])


@pytest.mark.parametrize(
    "attack",
    [
        attack
        for attack in ATTACKS
        if (attack.answer != "limit" or attack.name in ("product", "text-doubled")) and attack.name != "parameter-list"
    ],  # the command takes each parameter of SPARQL as a text
    ids=lambda attack: f"{attack.language}-{attack.name}",
)
def test_command(attack: Attack, graph: Path, watch: Watch, limits: None, cli: Cli) -> None:
    check(filled(attack, watch), by_command(cli, attack, watch, None, "-g", graph), watch, graph)


@pytest.mark.parametrize("language", ["sparql", "cypher"])
@pytest.mark.parametrize("value", HOSTILE)
def test_parameters_of_questions(value: str, language: str, graph: Path, watch: Watch, cli: Cli) -> None:
    for question in questions().values():
        given = {p.name: watch.filled(value) for p in question.parameters if p.kind != "number"}
        options = [part for name, text in given.items() for part in (f"--{name}", text)]
        ran = cli("ask", question.name, *options, "-g", graph, "-f", "json", "--lang", language)
        assert ran.code in (0, 1)
        assert "Traceback" not in ran.text
        assert ran.code == 1 or not given or json.loads(ran.out) == []
    assert watch.asked == 0
