"""Beside the form of an action stands, right by right, what the record tells and whether that is in order."""

from __future__ import annotations

from flask import Flask, render_template_string

from casework.web.shell.record_points import ShownPoint, ShownRight
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
    assert "<li>No right is pledged.</li>" in page
