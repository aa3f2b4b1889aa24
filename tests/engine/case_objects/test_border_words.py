"""Each contradiction at a border has words of its own, with the facts that it follows from."""

from __future__ import annotations

import pytest

from casework.engine.case_objects import border_words

COUNTRIES = {"CN": "China", "DE": "Germany"}


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("none", "By its kind no technology changes hands: purchase."),
        ("unknown", "The country of a party is not on record."),
        ("home", "By this agreement technology stays in one country: China."),
        ("export", "By this agreement technology leaves China: from China to FR."),
        ("import", "By this agreement technology comes into China: from China to FR."),
        ("abroad", "By this agreement technology goes from China to FR, and China is neither."),
    ],
)
def test_which_way_technology_goes_is_told_by_its_facts(way: str, told: str) -> None:
    giver, taker = (border_words.call("territories", code, COUNTRIES) for code in ("CN", "FR"))
    kind = border_words.call("kind", "purchase", {})
    assert [str(why) for why in border_words.say_way(way, kind, giver, taker)] == [told]


def test_classes_papers_kinds_and_the_gate_are_named() -> None:
    assert str(border_words.say_class(border_words.DUAL_USE)) == "The class that was recorded: dual use."
    assert str(border_words.say_class(border_words.RESTRICTED, of_exports=True)).endswith(
        "is one of exports: restricted."
    )
    assert "2026-03-21" in str(border_words.say_letter_ended("2026-03-21"))
    assert str(border_words.say_kinds("Licence", "Purchase")) == "Proposed: Licence. Signed: Purchase."
    assert "2026-03-11" in str(border_words.say_refused("2026-03-11"))
    told = {
        str(why)
        for why in (
            border_words.NO_CLASS_YET,
            border_words.NO_LETTER_YET,
            border_words.NO_LICENCE_YET,
            border_words.ENDED_PROHIBITED,
            border_words.ENDED_NOT_PERMITTED,
        )
    }
    assert len(told) == 5
    assert border_words.call("territories", None, COUNTRIES) == ""
