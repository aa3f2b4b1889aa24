"""What a report tells anew of the months of the one before."""

from __future__ import annotations

from typing import Any

from flask import Flask

from casework.web.oversight.report_tables import outside_sections, say_anew
from tests.web.oversight.test_figure_tables import SAYER


def line(median: str | None, numerator: int = 7, **of: str) -> dict[str, Any]:
    now = {"numerator": numerator, "denominator": None, "median": median}
    return {
        "figure": "referrals",
        "of": {"month": "2026-07", **of},
        "then": {**now, "numerator": 5, "median": "90.0"},
        "now": now,
    }


def test_a_median_has_its_unit_and_what_is_told_as_before_is_left_out(app: Flask) -> None:
    lines = [line("516.0"), line("59.0", unit="working_days"), line("90.0", 5)]
    with app.test_request_context("/reports"):
        told = [now for _, _, now in say_anew(lines, {"referrals": "working_minutes"})]
    assert told == ["7 · median 8.6 working hours", "7 · median 59 working days"]


def test_what_is_told_of_parts_is_folded_by_what_they_are(app: Flask) -> None:
    rows = [
        {"of": of, "numerator": 4, "denominator": None, "percent": None}
        for of in (
            {"what": "sent"},
            {"what": "sent", "month": "2026-07"},
            {"what": "late"},
            {"what": "sent", "provider": "p"},
        )
    ]
    with app.test_request_context("/figures/outside"):
        (section,) = outside_sections({"figures": {"referrals": {"unit": None, "rows": rows}}}, SAYER)
    assert [(one.caption, one.folded, len(one.rows)) for one in section.tables] == [
        ("Referrals, on both clocks", False, 2),
        ("By month", True, 1),
        ("By provider", True, 1),
    ]
