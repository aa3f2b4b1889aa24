"""What may be written of a report, and what was written last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.engine.figures.reports import WORDED
from casework.engine.state.events import RegisterEvent
from casework.errors import InvalidForm
from casework.operations.oversight.report_words import LONGEST, LONGEST_TITLE, check_words, longest, names, words_of


def test_a_title_a_conclusion_and_something_to_each_figure_are_written_in_both_languages() -> None:
    assert {"title", "title_zh", "conclusion", "conclusion_zh", "funnel", "funnel_zh"} <= {*names()}
    assert (longest("title_zh"), longest("funnel")) == (LONGEST_TITLE, LONGEST)


def test_what_is_empty_is_not_kept() -> None:
    assert check_words({"title": " Sites ", "conclusion": "  ", "funnel": None}) == {"title": "Sites"}


@pytest.mark.parametrize("given", [{"other": "x"}, {"title": "x" * 201}, {"funnel": 1}])
def test_nothing_else_is_written(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidForm):
        check_words(given)


def test_what_was_written_last_of_a_report_stands() -> None:
    def written(number: int, words: dict[str, str]) -> RegisterEvent:
        at, move = datetime(2026, 7, 1, tzinfo=UTC), {"number": number, "digest": "d"}
        effects: Any = {"report": move}
        return RegisterEvent("p", 1, at, WORDED, "lin", effects=effects, body={"words": words})

    told = [written(1, {"title": "a"}), written(2, {"title": "b"}), written(1, {"title": "c"})]
    assert words_of(told, 1) == {"title": "c"}
    assert words_of(told, 3) == {}
