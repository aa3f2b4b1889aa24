"""Rows of a form: things to do, and the same questions row by row, with a script and without."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from casework.errors import InvalidForm
from casework.web.shell.form_fields import within
from casework.web.shell.forms import (
    parse_form,
    wants_more,
)
from tests.web.shell.whole_form import (
    FULL,
    Every,
    checked,
    every,
    insist_accessible,
    page_of,
)

pytestmark = pytest.mark.usefixtures("form_request")


def test_rows_keep_their_order_and_empty_ones_are_left_out() -> None:
    typed = MultiDict(
        [
            ("f-items.10.what", "third"),
            ("f-items.10.by", "2026-01-03"),
            ("f-items.2.what", "second"),
            ("f-items.2.by", ""),
            ("f-items.0.what", "first"),
            ("f-items.0.by", "2026-01-01"),
            ("f-items.1.what", "  "),
            ("f-items.1.by", ""),
        ]
    )
    assert [row["what"] for row in parse_form(Every.rule(), typed)["items"]] == ["first", "second", "third"]


def test_more_rows_are_given_without_losing_any() -> None:
    rows = MultiDict([(f"f-items.{n}.{part}", f"{part} {n}") for n in range(3) for part in ("what", "by")])
    rows["_more"] = "items"
    assert wants_more(rows)
    shown = [one for one in every(submitted=rows).fields if one.name == "items"][0].rows
    assert [row.what for row in shown] == ["what 0", "what 1", "what 2", "", "", ""]


def typed_lines(*rows: dict[str, str]) -> MultiDict[str, str]:
    return MultiDict([(f"f-lines.{n}.f-{key}", value) for n, row in enumerate(rows) for key, value in row.items()])


def shown_lines(typed: MultiDict[str, str]) -> list[dict[str, str]]:
    rows = next(one for one in every(submitted=typed).fields if one.name == "lines").rows
    return [{cell.name: cell.value for cell in row.cells if cell.value} for row in rows]


def test_a_table_begins_with_one_row_to_write_in_and_empty_rows_are_left_out() -> None:
    assert [len(one.rows) for one in every().fields if one.name == "lines"] == [1]
    typed = typed_lines({"parameter": "Heat"}, {"parameter": " ", "price.currency": "CNY"}, {"value": "1,000"})
    assert parse_form(Every.rule(), typed)["lines"] == [{"parameter": "Heat"}, {"value": "1000"}]


def test_one_row_more_and_one_row_less_without_a_script() -> None:
    typed = typed_lines({"parameter": "A"}, {"parameter": "B"}, {"parameter": "C"})
    typed["_more"] = "lines"
    assert wants_more(typed)
    assert shown_lines(typed) == [{"parameter": "A"}, {"parameter": "B"}, {"parameter": "C"}, {}]
    del typed["_more"]
    typed["_less"] = "lines.1"
    assert wants_more(typed)
    assert shown_lines(typed) == [{"parameter": "A"}, {"parameter": "C"}]
    # The last one taken out leaves one to write in.
    alone = typed_lines({"parameter": "A"})
    alone["_less"] = "lines.0"
    assert shown_lines(alone) == [{}]


def test_a_fault_in_a_table_names_the_row_and_the_question() -> None:
    typed = typed_lines({"parameter": "Heat", "value": "3", "unit": "kwh"}, {"value": "x", "read_on": "2031-01-01"})
    with pytest.raises(InvalidForm) as refused:
        checked(parse_form(Every.rule(), typed))
    faults = {where: str(why) for where, why in refused.value.fields.items() if where.startswith("lines")}
    assert faults == {"lines.1.value": "write a number, such as 12.5"}
    typed["f-lines.1.f-value"] = "4"
    with pytest.raises(InvalidForm) as refused:
        checked(parse_form(Every.rule(), typed))
    faults = {where: str(why) for where, why in refused.value.fields.items() if where.startswith("lines")}
    assert faults == {
        "lines.1.parameter": "must be answered",
        "lines.1.unit": "must be answered",
        "lines.1.read_on": "must not lie in the future",
    }
    form = every(submitted=typed, faults=faults)
    assert [one.summary for one in form.faulty] == [
        "Figures, row 2: Enter “Parameter”.",
        "Figures, row 2: Choose an answer to “Unit”.",
        "Figures, row 2: Read on: must not lie in the future",
    ]
    page = page_of(form)
    insist_accessible(page)
    assert page.controls["f-parameter-lines.1."]["aria-invalid"] == "true"
    assert "aria-invalid" not in page.controls["f-parameter-lines.0."]


def test_a_table_of_several_forms_on_one_page_is_each_of_its_own() -> None:
    form = every(values=FULL).placed("second", within="p2.")
    page = page_of(form)
    insist_accessible(page)
    assert parse_form(Every.rule(), within(page.sent, "p2.")) == FULL


def test_too_many_rows_are_refused_and_not_read_without_end() -> None:
    sent = MultiDict([(f"f-items.{n}.{part}", "2026-01-01") for n in range(400) for part in ("what", "by")])
    data = parse_form(Every.rule(), sent)
    assert len(data["items"]) == 60
    with pytest.raises(InvalidForm) as refused:
        checked(data)
    assert "items" in refused.value.fields


def test_too_many_answers_in_rows_are_refused_and_not_read_without_end() -> None:
    data = parse_form(Every.rule(), typed_lines(*({"parameter": "A", "value": "1", "unit": "kwh"} for _ in range(400))))
    assert len(data["lines"]) == 60
    with pytest.raises(InvalidForm) as refused:
        checked(data)
    assert str(refused.value.fields["lines"]) == "must have at most 4 entries"
