"""The lock files hold what pyproject.toml asks for, by hash; and what is installed is under the licences that docs/licences.md lists."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = {"default": (), "neo4j": ("neo4j",), "dev": ("dev",)}
OURS = "papergraph (pyproject.toml)"


def asked(extras: tuple[str, ...]) -> list[Requirement]:
    """What pyproject.toml asks for, with what its extras take from one another."""
    project = PROJECT["project"]
    found = [Requirement(text) for text in project["dependencies"]]
    todo = list(extras)
    while todo:
        for requirement in map(Requirement, project["optional-dependencies"][todo.pop()]):
            if requirement.name == project["name"]:
                todo += requirement.extras
            else:
                found.append(requirement)
    return found


def pins(lock: str) -> dict[str, list[tuple[str, list[str], list[str]]]]:
    """By package: its versions (several where they differ by version of Python), their hashes, and what asks for it."""
    text = (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")
    found: dict[str, list[tuple[str, list[str], list[str]]]] = {}
    for name, version, body in re.findall(r"^([a-z0-9._-]+)==(\S+)(.*\n(?: .*\n)*)", text, re.MULTILINE):
        askers = re.findall(r"# +(?:via )?(\S.*)", body)
        found.setdefault(name, []).append((version, re.findall(r"--hash=sha256:[0-9a-f]{64}", body), askers))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_pyproject_asks_for(lock: str) -> None:
    pinned, requirements = pins(lock), asked(LOCKS[lock])
    stale = "locks/ and pyproject.toml disagree: run  scripts/lock"
    for requirement in requirements:
        versions = [version for version, _, _ in pinned.get(canonicalize_name(requirement.name), ())]
        assert versions, f"{requirement.name} is not locked. {stale}"
        assert all(requirement.specifier.contains(version) for version in versions), (
            f"{requirement}: {versions}. {stale}"
        )
    told = {name for name, found in pinned.items() for _, _, askers in found if OURS in askers}
    assert told == {canonicalize_name(requirement.name) for requirement in requirements}, stale


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_each_package_and_no_address(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 50
    assert [name for name, versions in found.items() if not all(hashes for _, hashes, _ in versions)] == []
    assert "://" not in (ROOT / "locks" / f"{lock}.txt").read_text("utf-8")


def test_what_builds_papergraph_is_locked_too() -> None:
    needed = [Requirement(text) for text in PROJECT["build-system"]["requires"]]
    for lock in LOCKS:
        assert all(requirement.specifier.contains(pins(lock)[requirement.name][0][0]) for requirement in needed)


def test_the_locks_agree_with_each_other() -> None:
    def versions(lock: str) -> dict[str, list[str]]:
        return {name: [version for version, _, _ in found] for name, found in pins(lock).items()}

    everything = versions("dev")
    for lock in LOCKS:
        assert versions(lock).items() <= everything.items()


def licences(*folders: Path) -> subprocess.CompletedProcess[str]:
    """Check the licences, with packages of some folders before those that are installed."""
    path = os.pathsep.join(map(str, (*folders, ROOT)))
    command = [sys.executable, "scripts/licences.py", "--check"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)  # fmt: skip


def package(folder: Path, *about: str, name: str = "pyvis", record: str = "") -> Path:
    """An installed package, as far as its metadata goes."""
    where = folder / f"{name}-9.9.dist-info"
    where.mkdir()
    (where / "METADATA").write_text(
        "\n".join(("Metadata-Version: 2.4", f"Name: {name}", "Version: 9.9", *about, "")), "utf-8"
    )
    (where / "RECORD").write_text(record, "utf-8")
    return folder


def test_licences_are_allowed_and_listed() -> None:
    ran = licences()
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    "about",
    [
        "License-Expression: GPL-3.0-or-later",
        "License: MIT AND LGPL-2.1-only",
        "License-Expression: AGPL-3.0-only OR SSPL-1.0",
    ],
)
def test_a_package_under_the_gpl_is_named(tmp_path: Path, about: str) -> None:
    ran = licences(package(tmp_path, about))
    assert ran.returncode == 1
    assert f"pyvis is under {about.partition(': ')[2]}, which the default install must not have" in ran.stderr


def test_a_choice_that_is_free_will_do(tmp_path: Path) -> None:
    ran = licences(package(tmp_path, "License-Expression: GPL-2.0-only OR MIT"))
    assert "must not have" not in ran.stderr
    assert "docs/licences.md lacks:  | pyvis | GPL-2.0-only OR MIT |" in ran.stderr


def test_a_licence_that_is_not_known_is_asked_for(tmp_path: Path) -> None:
    ran = licences(package(tmp_path, "License: do as you like", "Classifier: License :: OSI Approved"))
    assert ran.returncode == 1
    assert "pyvis declares no licence that we know" in ran.stderr


def test_a_new_dependency_is_asked_about(tmp_path: Path) -> None:
    package(
        tmp_path, "License: BSD", "Requires-Dist: zibbo; python_version > '3'", "Requires-Dist: ray; extra == 'more'"
    )
    package(tmp_path, "Classifier: License :: OSI Approved :: MIT License", name="zibbo", record="zibbo.libs/libzib-12ab.so,,\n")  # fmt: skip
    ran = licences(tmp_path)
    assert "docs/licences.md lacks:  | zibbo | MIT |" in ran.stderr
    assert "zibbo carries libzib, whose licence is not known" in ran.stderr
    assert "| ray |" not in ran.stderr


def test_each_package_that_the_page_lists_is_locked() -> None:
    page = (ROOT / "docs" / "licences.md").read_text("utf-8").partition("## The default install")[2]
    listed = set(re.findall(r"^\| ([a-z0-9][a-z0-9-]*) \|", page, re.MULTILINE)) - {"package"}
    assert len(listed) > 100
    assert listed - pins("dev").keys() == set()
