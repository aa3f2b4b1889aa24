"""Of each word of a record it is told in which fields it stands: where there is one alone by what was counted, else by looking."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.said_fields import fields_saying
from casework.matching.terms import counts_of, language_of, terms_of

WORDS = ["heat", "pumps", "pump", "the", "热泵", "热水", "Wärme", "der", "und", "mit", "kiln"]
SAID = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


def fields_of(titles: dict[str, str], bodies: dict[str, str]) -> dict[str, list[str]]:
    return fields_saying(titles, bodies, counts_of(" ".join(titles.values()), " ".join(bodies.values())))


def test_each_field_says_its_own_words_in_one_form() -> None:
    titles = {"title": "Heat pump", "title_zh": "热泵"}
    bodies = {"problem": "Heats are lost.", "description": "Pumps of steel"}
    found = fields_of(titles, bodies)
    assert (found["title"], found["title_zh"]) == (["heat", "pump"], ["热泵"])
    assert (found["problem"], found["description"]) == (["heat", "lost"], ["pump", "steel"])


def test_what_is_not_asked_for_is_not_told() -> None:
    assert fields_saying({"title": "Heat pump"}, {"problem": "Heat"}, {"heat": [1, 1]}) == {
        "title": ["heat"],
        "problem": ["heat"],
    }
    assert fields_saying({"title": "Heat pump"}, {"problem": "Heat"}, {}) == {}


def test_words_are_cut_by_the_language_of_the_whole_record() -> None:
    bodies = {"problem": "Die Pumpen", "advantage": "Wärme aus dem Abwasser und der Luft"}
    (stem,) = terms_of("Pumpen", "german")
    assert stem in fields_of({"title": "Wärme"}, bodies)["problem"]


@given(st.lists(SAID, min_size=1, max_size=2), st.lists(SAID, min_size=1, max_size=4))
def test_together_the_fields_say_all_that_was_counted_and_nothing_else(titles: list[str], bodies: list[str]) -> None:
    said = [{f"{place}{n}": text for n, text in enumerate(texts)} for place, texts in (("t", titles), ("b", bodies))]
    counts = counts_of(" ".join(titles), " ".join(bodies))
    found = fields_saying(said[0], said[1], counts)
    language = language_of(" ".join([*titles, *bodies]))
    for name, text in {**said[0], **said[1]}.items():
        assert found.get(name, []) == sorted(set(terms_of(text, language)))
    for place, kind in enumerate("tb"):
        told = {term for name, terms in found.items() if name.startswith(kind) for term in terms}
        assert told == {term for term, count in counts.items() if count[place]}
