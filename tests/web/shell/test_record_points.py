"""Beside the form of an action stands, right by right, what the record tells and whether that is in order."""

from __future__ import annotations

from flask import Flask, render_template_string

from casework import reasons
from casework.web.shell.i18n import say
from casework.web.shell.record_points import ShownPoint, ShownRight, days_as_read
from tests.web.shell.test_form_actions import action

MACRO = '{% from "macros/actions.html" import worked_out with context %}{{ worked_out(action, points) }}'


def shown(kind: str) -> ShownRight:
    point = ShownPoint(
        "The fee of each right that has fees is paid up to today.", "fee paid until 2020-01-01", kind, "so"
    )
    return ShownRight("CNIPA CN 1", "CNIPA register", (point,))


def test_a_right_that_something_speaks_against_stands_open(app: Flask) -> None:
    with app.test_request_context():
        points = [shown("danger"), shown("good")]
        page = render_template_string(MACRO, action=action("pledge", "eligible"), points=points)
    assert [one.against for one in points] == [1, 0]
    assert page.count('<details class="data" open>') == 1
    assert page.count('<details class="data">') == 1
    assert page.count("fee paid until 2020-01-01") == 2
    assert "1 point not in order" in page


def test_a_rule_that_the_table_tells_is_not_listed_again(app: Flask) -> None:
    with app.test_request_context():
        known = action("pledge", "eligible")
        page = render_template_string(MACRO, action=known, points=[shown("good")])
    assert page.count("The fee of each right that has fees") == 1
    # What speaks of no single right still stands below.
    assert "Your answers are held against the record as well:</p><ul><li>" in page.replace("\n", "")
    assert "<li>No right is pledged.</li>" in page


def test_a_day_is_told_as_pages_write_it(app: Flask) -> None:
    fee = reasons.rights.FEE_UNTIL(day="2020-01-01")
    with app.test_request_context():
        told = say(days_as_read(reasons.rights.OF(right="CNIPA CN 1", what=fee)))
    assert "Wed 1 Jan 2020" in told
    assert "2020-01-01" not in told
    # A number of the same length is no day.
    assert days_as_read("2020-01-011") == "2020-01-011"
