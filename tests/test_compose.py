"""docker-compose.yml: sound by the Compose specification, pinned, and without a password of its own."""

import re
import subprocess
import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from scripts.neo4j_server import version
from tests.helpers import ROOT

FILE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text("utf-8"))["services"]
    return found


def test_it_follows_the_specification() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_neo4j_is_the_version_that_the_tests_run(services: dict[str, Any]) -> None:
    assert services["neo4j"]["image"] == f"neo4j:{version()}-community"
    assert services["neo4j"]["healthcheck"]["test"]
    assert any(volume.endswith(":/data") for volume in services["neo4j"]["volumes"])
    assert services["papergraph"]["depends_on"]["neo4j"]["condition"] == "service_healthy"


def test_the_password_must_be_given_and_ports_stay_on_this_machine(services: dict[str, Any]) -> None:
    given = re.findall(r"\$\{NEO4J_PASSWORD(.*?)\}", FILE.read_text("utf-8"))
    assert given
    assert all(rest.startswith(":?") for rest in given)
    assert all(port.startswith("127.0.0.1:") for port in services["neo4j"]["ports"])


def test_the_image_is_made_of_files_that_are_there() -> None:
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY "):
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name
                assert f"!{name}" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
