"""Why a date is what it is, in words: each way to count has its own sentence, in both languages."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.analysis.deadline_explanation import EVERY_DAY, MOVED, PAUSE, WAITING
from casework.engine.deadlines.calendars import HOLIDAY, MAKE_UP, WEEKEND, WORKING
from casework.engine.definition.editions import Edition
from casework.operations.core.i18n import Speech
from casework.operations.deadlines.views import ClockExplained, ClockLine
from casework.operations.deadlines.words import KINDS, say_days_of, say_kind, say_rule, say_used

ENGLISH, CHINESE = Speech(chinese=False), Speech(chinese=True)
#: Ten in the morning of a Monday in Beijing.
MONDAY, TUESDAY, FRIDAY = "2026-03-02T02:00:00.000000Z", "2026-03-03T02:00:00.000000Z", "2026-03-06T09:00:00.000000Z"
ZONE = "Asia/Shanghai"
COUNT = "That day itself does not count; the last day counts until the end of work."
OURS = "No law sets this limit; it is the programme's own."
TOP = f"{COUNT} {OURS}"


def line(
    kind: str = WORKING, start: str = MONDAY, until: str = FRIDAY, name: dict[str, str] | None = None
) -> ClockLine:
    return ClockLine(from_=start, until=until, kind=kind, name=name, because=None, minutes=60, days=1)


def explained(rule: dict[str, Any], *lines: ClockLine) -> ClockExplained:
    """A clock of which no more is said than its rule and its lines."""
    nothing = dict.fromkeys(field.name for field in fields(ClockExplained))
    return ClockExplained(**(nothing | {"rule": rule, "zone": ZONE, "lines": list(lines)}))  # type: ignore[arg-type]  # the rest is not read


@dataclass(frozen=True)
class Progress:
    """How much is used."""

    unit: str | None
    used_days: int
    given_days: int | None


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"n": 1, "unit": "wd"}, f"1 working day after Mon 2 Mar 2026. {TOP}"),
        ({"n": 10, "unit": "wd"}, f"10 working days after Mon 2 Mar 2026. {TOP}"),
        ({"n": 1, "unit": "cd"}, f"1 calendar day after Mon 2 Mar 2026. {TOP}"),
        ({"n": 10, "unit": "cd"}, f"10 calendar days after Mon 2 Mar 2026. {TOP}"),
        ({"n": 1, "unit": "mo"}, f"1 month after Mon 2 Mar 2026. {TOP}"),
        ({"n": 3, "unit": "mo"}, f"3 months after Mon 2 Mar 2026. {TOP}"),
        ({"n": 3, "unit": "wd", "day": "2026-03-06"}, f"3 working days after Fri 6 Mar 2026. {TOP}"),
        ({"n": -1, "unit": "cd", "day": "2026-03-06"}, f"1 day before Fri 6 Mar 2026. {OURS}"),
        ({"n": -3, "unit": "cd", "day": "2026-03-06"}, f"3 days before Fri 6 Mar 2026. {OURS}"),
        (
            {"n": 0, "unit": "cd", "day": "2026-03-06"},
            "A form set the day: Fri 6 Mar 2026, until the end of the working day.",
        ),
        ({}, "The time left when the clock was paused."),
    ],
)
def test_each_way_to_count_is_said_as_it_is(rule: dict[str, Any], says: str) -> None:
    explanation = explained(rule, line(WAITING, "2026-03-01T02:00:00.000000Z", MONDAY), line())
    assert say_rule(explanation, ENGLISH) == says
    assert "working" not in say_rule(explanation, CHINESE)


def _agreement() -> Edition:
    return next(one for one in load_library().editions.values() if one.workflow == "agreement")


def test_a_limit_of_law_is_called_by_its_article_and_says_that_it_moved() -> None:
    rule = {"n": 60, "unit": "cd", "day": "2026-07-31", "law": "contract_registration"}
    given = replace(explained(rule, line()), edition=_agreement().fingerprint, moved_from="2026-09-29T09:00:00.000000Z")
    law = "Measures on Registering Technology Import and Export Contracts (Order 3 of 2009) Art. 6"
    moved = "Moved off the holiday: nobody works on Tue 29 Sep 2026, so it ends on the next working day."
    assert say_rule(given, ENGLISH) == f"60 calendar days after Fri 31 Jul 2026. {COUNT} {moved} A limit of law: {law}."
    assert say_rule(replace(given, moved_from=None), ENGLISH).endswith(f"{COUNT} A limit of law: {law}.")
    assert "技术进出口合同登记管理办法" in say_rule(given, CHINESE)
    assert "Order" not in say_rule(given, CHINESE)


def test_a_holiday_off_which_a_limit_moved_is_named() -> None:
    moved = line(MOVED, name={"en": "National Day", "zh": "国庆节"})
    assert say_kind(moved, ENGLISH) == "moved off the holiday: National Day"
    assert "国庆节" in say_kind(moved, CHINESE)


def test_the_day_is_that_of_the_place() -> None:
    late = line(start="2026-03-02T16:30:00.000000Z")
    assert "after Tue 3 Mar 2026." in say_rule(explained({"n": 2, "unit": "wd"}, late), ENGLISH)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (line(), "Mon 2 Mar 2026 – Fri 6 Mar 2026"),
        (line(until="2026-03-02T09:00:00.000000Z"), "Mon 2 Mar 2026 10:00 – 17:00"),
        # What ends at midnight ends with the day before.
        (line(until="2026-03-02T16:00:00.000000Z"), "Mon 2 Mar 2026 10:00 – 00:00"),
        # A whole day has no hours.
        (line(start="2026-03-01T16:00:00.000000Z", until="2026-03-02T16:00:00.000000Z"), "Mon 2 Mar 2026"),
        (line(PAUSE, until=TUESDAY), "Mon 2 Mar 2026 10:00 – Tue 3 Mar 2026 10:00"),
        (line(PAUSE, until="2026-03-02T03:30:00.000000Z"), "Mon 2 Mar 2026 10:00 – 11:30"),
    ],
)
def test_days_are_named_and_hours_where_they_matter(line: ClockLine, says: str) -> None:
    assert say_days_of(line, ZONE, ENGLISH) == says


@pytest.mark.parametrize("kind", [WORKING, MAKE_UP, WEEKEND, HOLIDAY, PAUSE, WAITING, EVERY_DAY, MOVED])
def test_each_kind_of_time_has_its_words(kind: str) -> None:
    assert say_kind(line(kind), ENGLISH) == KINDS[kind]
    assert say_kind(line(kind), CHINESE) != KINDS[kind]


def test_a_holiday_is_called_by_its_name_as_far_as_there_is_one() -> None:
    both = line(HOLIDAY, name={"en": "Labour Day", "zh": "劳动节"})
    assert (say_kind(both, ENGLISH), say_kind(both, CHINESE)) == ("Labour Day", "劳动节")
    assert say_kind(line(MAKE_UP, name={"zh": "劳动节"}), ENGLISH) == "劳动节"
    # Nothing else is called so.
    assert say_kind(replace(both, kind=WEEKEND), ENGLISH) == "weekend"


@pytest.mark.parametrize(
    ("unit", "given", "says"),
    [
        ("wd", 1, "2 of 1 working day used"),
        ("wd", 5, "2 of 5 working days used"),
        ("cd", 1, "2 of 1 day used"),
        ("cd", 5, "2 of 5 days used"),
        (None, 5, ""),
        ("wd", None, ""),
    ],
)
def test_how_much_is_used_is_said_in_its_unit(unit: str | None, given: int | None, says: str) -> None:
    assert say_used(Progress(unit, 2, given), ENGLISH) == says
