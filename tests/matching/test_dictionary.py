"""The dictionary: the longest word that is known, officers' words before all others, and nothing lost of what is said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.dictionary import LONGEST, Dictionary, Glossary, cc_cedict, segmented, to_chinese, to_english
from casework.matching.terms import words_of

SMALL = Dictionary([
    (("热", "熱"), "to warm up/heat"),
    (("泵",), "pump (loanword)"),
    (("热水", "熱水"), "hot water"),
    (("水泵",), "water pump/CL:臺|台[tai2]"),
    (("储能", "儲能"), "energy storage"),
])  # fmt: skip
GLOSSARY = Glossary("7", {"热泵": ["heat pump"]})
NONE = Glossary()


def test_the_longest_word_is_taken_at_each_place() -> None:
    assert list(segmented("热水泵", SMALL, {})) == ["热水", "泵"]
    assert list(segmented("热泵储能", SMALL, GLOSSARY.english)) == ["热泵", "储能"]


def test_a_glossary_goes_before_the_dictionary_and_says_its_version() -> None:
    (found,) = to_english("热泵", SMALL, GLOSSARY)
    assert (found.said, found.meant, found.source, set(found.terms)) == (
        "热泵",
        "heat pump",
        "glossary 7",
        {"heat", "pump"},
    )
    without = list(to_english("热泵", SMALL, NONE))
    assert [one.source for one in without] == ["dictionary", "dictionary"]


def test_traditional_letters_mean_the_same() -> None:
    assert [one.terms for one in to_english("熱水", SMALL, NONE)] == [
        one.terms for one in to_english("热水", SMALL, NONE)
    ]


def test_what_is_said_about_a_word_is_no_meaning_of_it() -> None:
    assert SMALL.meanings("水泵") == ["water pump"]
    assert SMALL.meanings("泵") == ["pump"]


def test_english_words_are_found_in_chinese_the_longest_first() -> None:
    asked = list(words_of("Hot water pumps with energy storage"))
    found = list(to_chinese(asked, SMALL, NONE))
    assert [(one.said, one.meant) for one in found] == [
        ("hot water", "热水"),
        ("energy storage", "储能"),
    ], "a letter alone, as 泵, is no term of a text that has others beside it"
    assert [one.meant for one in to_chinese(list(words_of("Water pumps")), SMALL, NONE)] == ["水泵"]
    (pump,) = to_chinese(list(words_of("heat pumps")), SMALL, GLOSSARY)
    assert (pump.terms, pump.source) == (("热泵",), "glossary 7")


@given(st.text(alphabet="热泵储能水电熱、a ", max_size=60))
def test_nothing_of_a_stretch_is_lost(said: str) -> None:
    run = said.replace("、", "").replace(" ", "").replace("a", "") or "水"
    words = list(segmented(run, SMALL, GLOSSARY.english))
    assert "".join(words) == run
    assert all(len(word) <= LONGEST for word in words)
    assert list(to_english(said, SMALL, GLOSSARY)) == list(to_english(said, SMALL, GLOSSARY))


def test_a_glossary_is_turned_round_once() -> None:
    glossary = Glossary("8", {"Ｅ热泵": ["heat pump", "one heat pump"], "储能": ["energy storage"]})
    assert glossary.by_word == {"e热泵": ["heat pump", "one heat pump"], "储能": ["energy storage"]}
    # What tells little is asked for by nobody who has a need, and may be typed by whoever searches.
    assert glossary.by_meaning == {("heat", "pump"): ["e热泵", "e热泵"], ("energi", "storag"): ["储能"]}
    assert set(glossary.by_terms) == {("heat", "pump"), ("one", "heat", "pump"), ("energi", "storag")}
    assert glossary.by_meaning is glossary.by_meaning
    assert glossary == Glossary("8", {"Ｅ热泵": ["heat pump", "one heat pump"], "储能": ["energy storage"]})


def test_cc_cedict_knows_both_ways() -> None:
    dictionary = cc_cedict()
    assert [one.meant for one in to_english("发电", dictionary, NONE)] == ["to generate electricity"]
    assert "sewag" in {term for one in to_english("污水", dictionary, NONE) for term in one.terms}
