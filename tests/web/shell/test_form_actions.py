"""An action as a page shows it: what no field asks is said, for the record tells it."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string

from casework.definitions import load_library
from casework.web.shell.form_actions import Action

MACRO = '{% from "macros/actions.html" import worked_out with context %}{{ worked_out(action) }}'


def action(workflow: str, name: str) -> Action:
    edition = load_library().latest(workflow)
    assert edition is not None
    return Action("track", name, "main", edition, 1, True, (), False, (), (), {})


@pytest.mark.parametrize(
    ("name", "told"), [("eligible", "The fee of each right"), ("apply", "Each right lasts longer than the debt:")]
)
def test_what_the_record_tells_is_said_and_not_asked(app: Flask, name: str, told: str) -> None:
    with app.test_request_context():
        rules = action("pledge", name).worked_out
        assert [rule for rule in rules if rule.startswith(told)]
        page = render_template_string(MACRO, action=action("pledge", name))
    assert all(rule in page for rule in rules)


def test_where_no_rule_reads_the_record_nothing_is_said(app: Flask) -> None:
    with app.test_request_context():
        assert action("pledge", "dd_done").worked_out == ()
        assert render_template_string(MACRO, action=action("pledge", "dd_done")).strip() == ""
