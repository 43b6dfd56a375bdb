"""The document itself, read without a browser."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from make_page import HOSTILE, make_page

from kg.views import network


class Reader(HTMLParser):
    """Collects tags, attributes and script texts as a browser would see them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)


@pytest.fixture(scope="module")
def hostile() -> dict[str, Any]:
    return make_page(60, 80, hostile=True)


def read(document: str) -> Reader:
    reader = Reader()
    reader.feed(document)
    return reader


def test_the_data_comes_back_as_it_went_in(hostile: dict[str, Any]) -> None:
    reader = read(network.render(hostile))
    assert reader.scripts[0][0]["type"] == "application/json"
    assert json.loads(reader.scripts[0][1]) == hostile


def test_hostile_text_opens_no_tag(hostile: dict[str, Any]) -> None:
    document = network.render(hostile)
    mild = network.render(make_page(60, 80))
    assert HOSTILE not in document
    assert "\u2028" not in document
    assert [t for t, _ in read(document).tags] == [t for t, _ in read(mild).tags]


def test_nothing_is_loaded_from_anywhere(hostile: dict[str, Any]) -> None:
    for tag, attrs in read(network.render(hostile)).tags:
        assert attrs.get("src") is None, tag
        assert attrs.get("href") in (None, "data:,"), tag
    assert "sourceMappingURL" not in network.render(hostile)


def test_the_policy_allows_these_scripts_only(hostile: dict[str, Any]) -> None:
    reader = read(network.render(hostile))
    policy = next(a["content"] for t, a in reader.tags if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split("style-src")[0]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for _, text in reader.scripts[1:]]
    assert re.findall(r"sha256-([^']+)", policy) == hashes


def test_the_scripts_never_build_html_or_code_from_strings() -> None:
    for name in (*network.SCRIPTS, "worker.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|new Function", network._asset(name)
        ), name


def test_a_lone_surrogate_can_still_be_written() -> None:
    page = make_page(30, 20)
    page["title"] = page["nodes"][0]["label"] = page["papers"][0]["title"] = "half \ud800"
    network.render(page).encode("utf-8")


def test_numbers_that_json_lacks_are_refused() -> None:
    page = make_page(30, 20)
    page["edges"][0]["facts"][0]["confidence"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        network.render(page)
