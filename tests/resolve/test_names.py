"""What is read of the names of one Record, in its plain JSON form."""

from typing import Any

import pytest

from kg.resolve.names import Named, names_of

TITLE = "ZQX: Zibbo Quality Xerography"


def named(text: str, *mentions: str, name: str = "", link: str | None = None, **more: Any) -> Named:
    """The entity whose mentions stand in an abstract, or in the title where the abstract has no such words, in this order."""
    places, at = [], 0
    for said in mentions:
        if said in text[at:]:
            start = at = text.index(said, at)
            at += len(said)
            places.append({"field": "abstract", "start": start, "end": at, "text": said})
        else:
            start = TITLE.index(said)
            places.append({"field": "title", "start": start, "end": start + len(said), "text": said})
    entity = {"id": "e1", "type": "Method", "name": name or mentions[0], "link": link, "mentions": places[::-1]}
    found = names_of(
        {"id": "p", "title": TITLE, "abstract": text, "entities": [entity], "relations": more.get("relations", [])}
    )
    (one,) = found.named
    return one


LONG = "Zibbo Quality Xerography"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (f"{LONG} (ZQX)", "ZQX"),
        (f"{LONG}(ZQX", "ZQX"),
        (f"{LONG} [ “ZQX", "ZQX"),
        (f"ZQX ({LONG})", "ZQX"),
        (f"{LONG} ('ZQX')", "ZQX"),
    ],
)
def test_a_paper_spells_out_what_stands_in_brackets(text: str, short: str) -> None:
    assert named(text, *sorted((short, LONG), key=text.index)).spelled == ((short, LONG),)


@pytest.mark.parametrize("between", [" or ", ", ", " ", " (see ", ""])
def test_names_without_brackets_between_them_are_not_spelled_out(between: str) -> None:
    assert named(f"{LONG}{between}ZQX", LONG, "ZQX").spelled == ()


def test_one_name_in_brackets_after_the_other_of_another_field_is_not_spelled_out() -> None:
    assert named(f"Here (ZQX) is {'x' * 60}", "Zibbo Quality Xerography", "ZQX").spelled == ()


def test_letters_must_fit_the_words() -> None:
    assert named("Zibbo Quality Work (ZQX)", "Zibbo Quality Work", "ZQX").spelled == ()
    assert named("The Zibbo Quality Xerography (ZQX)", "The Zibbo Quality Xerography", "ZQX").spelled == ()
    assert named("ZQX (ABC)", "ZQX", "ABC").spelled == ()


def test_a_mention_that_holds_both_is_read_as_both() -> None:
    found = named(f"{LONG} (ZQXs) it is.", f"{LONG} (ZQXs)")
    assert (found.spelled, found.name) == ((("ZQX", LONG),), "ZQXs")
    assert named(f"{LONG} (ZQX it is.", f"{LONG} (ZQX").name == "ZQX"
    assert named(f"{LONG} (ZQX) it is.", f"{LONG} (ZQX)", link="method/x").name == f"{LONG} (ZQX)"
    assert named("Zibbo Work (ZQX) it is.", "Zibbo Work (ZQX)").name == "Zibbo Work (ZQX)"
    assert named("Zibbo Work (ZQX) it is.", "Zibbo Work (ZQX)").spelled == ()
    assert named(f"{LONG} (ZQX) and ZQX", f"{LONG} (ZQX)", "ZQX", name="ZQX").spelled == (("ZQX", LONG),)


@pytest.mark.parametrize(
    ("short", "plain", "long"),
    [("ZQXs", "ZQX", LONG), ("ZQs", "ZQ", "Zibbo Qualities"), ("Zqs", "Zqs", "Zibbo Quality Studies"), ("ZQXS", "ZQXS", "Zibbo Quality Xerox Studies"),
     ("Zs", "Zs", "Zibbo Studies"), ("XZqs", "XZqs", "Xerox Zibbo Quality Studies")],
)  # fmt: skip
def test_a_plural_after_capitals_is_taken_off(short: str, plain: str, long: str) -> None:
    assert named(f"{long} ({short})", long, short).spelled == ((plain, long),)


def test_a_paper_may_spell_a_name_out_twice() -> None:
    other = "Zonal Quiet X-rays"
    found = named(f"{LONG} (ZQX), then {other} (ZQX), {LONG} (ZQX)", LONG, "ZQX", other, "ZQX", LONG, "ZQX")
    assert found.spelled == (("ZQX", LONG), ("ZQX", other))
    assert found.long == LONG  # the first by its folded form
    assert named("ZQX", "ZQX").long is None
    # of names that fold to one, always the same
    two = [f"{LONG} (ZQX) {LONG.upper()} (ZQX)", f"{LONG.upper()} (ZQX) {LONG} (ZQX)"]
    assert [named(text, text[:24], "ZQX", text[31:55], "ZQX").long for text in two] == [LONG.upper()] * 2


def test_mentions_of_title_and_abstract_are_read_each_in_its_text() -> None:
    found = named(f"ZQX is {LONG} (ZQX)", "ZQX", LONG, "ZQX")
    assert found.spelled == (("ZQX", LONG),)
    assert found.surfaces == ("ZQX", LONG)


def test_a_mention_inside_another_hides_nothing() -> None:
    text = f"{LONG} (ZQX)"
    places = [(0, 24), (0, 5), (26, 29)]
    mentions = [{"field": "abstract", "start": a, "end": b, "text": text[a:b]} for a, b in places]
    entity = {"id": "e1", "type": "Method", "name": "ZQX", "link": None, "mentions": mentions}
    found = names_of({"id": "p", "title": "", "abstract": text, "entities": [entity], "relations": []})
    assert found.named[0].spelled == (("ZQX", LONG),)
    inside = [{"field": "abstract", "start": 0, "end": len(text), "text": text}, mentions[2]]
    found = names_of(
        {"id": "p", "title": "", "abstract": text, "entities": [{**entity, "mentions": inside}], "relations": []}
    )
    assert found.named[0].spelled == (("ZQX", LONG),)


@pytest.mark.parametrize(
    ("relation", "proposed"),
    [({}, True), ({"confidence": 0.51}, True), ({"confidence": 0.49}, False), ({"type": "uses"}, False), ({"head": "e2"}, False),
     ({"tail": "e2"}, False)],
)  # fmt: skip
def test_what_a_paper_proposes(relation: dict[str, Any], proposed: bool) -> None:
    stated = {"type": "proposes", "head": "paper", "tail": "e1", "confidence": 0.5} | relation
    assert named("ZQX", "ZQX", relations=[stated]).proposed is proposed


def test_the_rest_is_as_in_the_record() -> None:
    found = named("We use ZQXs and ZQX.", "ZQXs", "ZQX", name="Zqx", link="method/zqx")
    assert found == Named("e1", "Method", "Zqx", "method/zqx", False, ("ZQX", "ZQXs"), ())
    whole = names_of({"id": "p", "title": "A  Study!", "abstract": "", "entities": [], "relations": []})
    assert (whole.id, whole.title, whole.named) == ("p", "a study", ())
