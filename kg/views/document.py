"""Pages to read that are one file: their frame, `document.html`, and their style. No script runs, nothing is loaded."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def environment(package: str, *, autoescape: bool = True) -> Environment:
    """The templates of a package; they may extend `document.html`."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("kg.views")]),
        autoescape=autoescape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["count"] = lambda number: f"{number:,}"
    made.globals["style"] = style(("base.css", "document.css"))
    return made


@cache
def style(names: Iterable[str]) -> Markup:
    """Style sheets of ours as the content of one style element."""
    return Markup("\n".join((files("kg.views") / "static" / name).read_text("utf-8") for name in names))
