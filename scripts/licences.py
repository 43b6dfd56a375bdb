"""Write `docs/licences.md`: the licence of each package that an install brings, as its own metadata declares it.

python scripts/licences.py            write the page, from the environment of `scripts/test`
python scripts/licences.py --check    say what is missing, stale or not allowed, and exit with 1 if anything is
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "licences.md"
EXTRAS: Final = ("neo4j", "pandas", "parquet", "serve", "ray", "bench", "dev")
NOT_BY_DEFAULT: Final = ("GPL", "LGPL", "AGPL", "SSPL")
# What packages write where an SPDX expression should stand. "BSD" alone does not say which of the BSD licences.
SPELLINGS: Final = {
    "3-Clause BSD License": "BSD-3-Clause", "Apache 2.0": "Apache-2.0", "Apache Software License": "Apache-2.0",
    "BSD License": "BSD", "GNU General Public License (GPL)": "GPL-2.0-or-later", "ISC License (ISCL)": "ISC",
    "MIT License": "MIT", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "W3C License": "W3C", "W3C-20150513": "W3C-20150513",
    "ISC license": "ISC", "ISC License": "ISC", "BSD": "BSD",
}  # fmt: skip
# Shared libraries that wheels carry in a folder of their own: the licences of the libraries, which metadata leaves out.
LIBRARIES: Final = {
    "libgfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libquadmath": "LGPL-2.1-or-later",
    "libscipy_openblas": "BSD-3-Clause",
    "libomp": "Apache-2.0 WITH LLVM-exception",
}

INTRODUCTION: Final = """\
# Licences

Made by `python scripts/licences.py` from the metadata of the installed packages; the tests run it with `--check`. The versions stand
in [locks/](../locks). A licence is given as an [SPDX](https://spdx.org/licenses/) expression where the package says which one it is.

## What Papergraph itself carries

| part | where | licence |
|---|---|---|
| Papergraph | `kg/`, `schemas/` | MIT |
| the trained model, derived from all-MiniLM-L6-v2 | `kg/extract/weights/`, in the wheel | Apache-2.0; what the training added is MIT |
| figures of hardware by Epoch AI, "Data on Machine Learning Hardware" | rows of `kg/lexicon/hardware.csv` that name it, in the wheel | CC-BY-4.0 |
| ids of Wikidata | a column of `kg/lexicon/hardware.csv`, in the wheel | CC0-1.0 |
| Oxigraph's WebAssembly build | `kg/views/oxigraph/`, in released wheels and in pages of `kg view --sparql` | MIT OR Apache-2.0 |
| vis-network | not in the wheel: comes with pyvis; inside each page of `kg view` | MIT OR Apache-2.0 |

`NOTICE` says what was changed.
"""
DEFAULT: Final = """\
## The default install

What `pip install papergraph` brings. No package is under the GPL, LGPL, AGPL or SSPL; a test fails when one is. Under the MPL-2.0,
whose terms hold for changes to its own files: {mpl}.

"""
SHARED: Final = """\

### Shared libraries inside wheels

The wheels of NumPy and SciPy for Linux carry, beside their own code, the libraries that OpenBLAS needs, as files of their own
that can be replaced. Papergraph neither ships nor links them. GCC's runtime exception lets libgfortran be used by programs under
any licence; libquadmath is the one part under the LGPL, and every installation of NumPy from such a wheel has it.

"""
EXTRA: Final = "\n## What the extra `{extra}` adds\n\n"
SAYS: Final = {
    "dev": "For the tests and checks only. igraph is under the GPL: nothing in `kg/` imports it, a test reads an export with it.\n\n",
}  # fmt: skip


def declared() -> tuple[list[str], dict[str, list[str]]]:
    """What pyproject.toml asks for: by default, and by extra, without what an extra takes from the others."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    return project["dependencies"], {
        name: [text for text in extras[name] if Requirement(text).name != project["name"]] for name in EXTRAS
    }


def closure(requirements: Iterable[str]) -> dict[str, Distribution]:
    """The packages that requirements bring, by normalised name, as far as they are installed here."""
    found: dict[str, Distribution] = {}
    todo = [Requirement(text) for text in requirements]
    seen: set[tuple[str, str]] = set()
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {extra for known, extra in seen if known == name}:
            seen.add((name, extra))
            try:
                found[name] = distribution(name)
            except PackageNotFoundError:  # of another platform or version of Python
                continue
            needed = map(Requirement, found[name].requires or ())
            todo += (one for one in needed if one.marker is None or one.marker.evaluate({"extra": extra}))
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """The licence that a package declares; empty where it declares none that we know."""
    about = {field: package.metadata.get_all(field) or [] for field in ("License-Expression", "License", "Classifier")}
    classifiers = [text.rpartition(" :: ")[2] for text in about["Classifier"] if text.startswith("License ::")]
    for text in (*about["License-Expression"], *about["License"], *classifiers):
        if text in SPELLINGS:
            return SPELLINGS[text]
        try:
            return canonicalize_license_expression(text)
        except InvalidLicenseExpression:
            continue
    return ""


def forbidden(expression: str) -> bool:
    """Whether every choice that a licence leaves holds a licence that the default install must not have."""
    names = "|".join(NOT_BY_DEFAULT)
    return all(re.search(rf"\b({names})\b", choice) for choice in expression.split(" OR "))


def libraries(packages: dict[str, Distribution]) -> Iterator[tuple[str, str]]:
    """(shared library, package) of the folders of shared libraries that wheels carry."""
    for name, package in packages.items():
        files = [file for file in package.files or () if file.parts[0].endswith(".libs")]
        yield from sorted({(re.split(r"\d*_?-", file.name)[0], name) for file in files})


def table(first: str, rows: Iterable[tuple[str, str]]) -> str:
    """A Markdown table of (name, licence)."""
    return "".join(f"| {name} | {said} |\n" for name, said in ((first, "licence"), ("---", "---"), *rows))


def page() -> tuple[str, list[str]]:
    """The page, and what is wrong with what is installed."""
    default, extras = declared()
    known = closure(default)
    said = {name: licence(package) for name, package in known.items()}
    wrong = [
        f"{name} is under {text}, which the default install must not have"
        for name, text in said.items()
        if forbidden(text)
    ]
    shared = sorted(set(libraries(known)))
    wrong += [
        f"{package} carries {name}, whose licence is not known: add it to LIBRARIES"
        for name, package in shared
        if name not in LIBRARIES
    ]
    mpl = ", ".join(name for name, text in said.items() if "MPL" in text)
    text = INTRODUCTION + DEFAULT.format(mpl=mpl) + table("package", said.items())
    text += SHARED + table(
        "library, of the package", ((f"{name}, of {package}", LIBRARIES.get(name, "")) for name, package in shared)
    )
    for extra, requirements in extras.items():
        more = {name: package for name, package in closure(requirements).items() if name not in known}
        known |= more
        rows = {name: licence(package) for name, package in more.items()}
        text += EXTRA.format(extra=extra) + SAYS.get(extra, "") + table("package", rows.items())
        said |= rows
    wrong += [
        f"{name} declares no licence that we know: add its spelling to SPELLINGS"
        for name, found in said.items()
        if not found
    ]
    return text, wrong


def main() -> None:
    """Write the page, or check it."""
    text, wrong = page()
    if "--check" in sys.argv[1:]:
        missing = set(text.splitlines()) - set(PAGE.read_text("utf-8").splitlines())
        wrong += [f"docs/licences.md lacks:  {line}" for line in sorted(missing)]
    else:
        PAGE.write_text(text, "utf-8")
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
