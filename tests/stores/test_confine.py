"""What the kernel refuses to the processes that queries run in, should a query's text get past all that reads it."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import ROOT

# The stores' own engines are asked here, with nothing before them that reads the query.
_CHILD = """
import json, os, sys
from pathlib import Path
from kg.stores.confine import confine
from kg.stores.kglite import KgliteStore
from kg.stores.oxigraph import OxigraphStore
import kg

graph, secret, url = sys.argv[1:]
version = confine([Path(graph), Path(kg.__file__).parent])
sparql, cypher = OxigraphStore(Path(graph))._store, KgliteStore(Path(graph))._graph
done = {"version": version, "quads": len(sparql), "nodes": cypher.cypher("MATCH (n) RETURN count(n) AS n")[0]["n"]}
tried = {
    "service": lambda: list(sparql.query(f"SELECT * {{ SERVICE <{url}> {{ ?a ?b ?c }} }}")),
    "load csv": lambda: [dict(row) for row in cypher.cypher(f"LOAD CSV FROM '{secret}' AS line RETURN line")],
    "read": lambda: Path(secret).read_text(),
    "list": lambda: os.listdir(Path(secret).parent),
    "write": lambda: Path(graph, "new").write_text("x"),
    "write over": lambda: Path(graph, "manifest.json").write_text("x"),
    "remove": lambda: Path(graph, "manifest.json").unlink(),
    "start": lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "true"], {}),
}
for name, attempt in tried.items():
    try:
        done[name] = repr(attempt())
    except Exception:
        done[name] = None
print(json.dumps(done))
"""


def test_nothing_but_the_graph_is_read_and_nobody_is_asked(graph: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("sesame\n", "ascii")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        ran = subprocess.run(
            [sys.executable, "-P", "-c", _CHILD, graph, secret, url], capture_output=True, text=True, cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT)}, check=True,
        )  # fmt: skip
        done = json.loads(ran.stdout)
        assert done.pop("quads") > 0
        assert done.pop("nodes") > 0
        version = done.pop("version")
        assert done.pop("write") is None  # no file grows, with Landlock or without
        if version < 4:
            pytest.skip("This kernel has no Landlock, or one that knows no network: Linux 6.7 has.")
        assert set(done.values()) == {None}
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()
    assert (graph / "manifest.json").stat().st_size > 0
