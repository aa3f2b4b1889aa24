"""A paper “on file” is a file: where a step rests on one its form asks for it, and takes no tick in its place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.definition.form_values import build_model, check
from casework.errors import InvalidForm

TODAY = date(2026, 11, 30)
DAY, PAPER = "2026-11-27", ["0d9ff9a2-5a35-4a24-8f4b-0a2a4f6cf1f4"]
SKIPPED = {"reason": "risk_accepted", "note": "Both plants were seen."}

#: Where a paper is asked for: workflow, action, what else its form says, the field of the paper, and of which kind it must be.
RESTING = (
    ("case", "skip_assessment", SKIPPED, "evidence", None),
    ("case", "waive_assessment", SKIPPED, "evidence", None),
    ("case", "scale_up", {"parties_wish": True}, "documents", None),
    ("agreement", "apply_for_letter", {"filed_on": DAY}, "application", "letter_application"),
    ("agreement", "refused_by_authority", {"decided_on": DAY, "finding": "Core of the process."}, "decision", "trade_refusal"),
)  # fmt: skip
OTHER_REASONS = ("statement_valid", "provider_not_available")


def sent(workflow: str, action: str, data: dict[str, Any]) -> dict[str, Any]:
    edition = load_library().latest(workflow)
    assert edition is not None
    (form,) = {rule.form for rule in edition.transitions if rule.name == action}
    rules = edition.form(form)
    return check(build_model(action, rules), rules, data, TODAY)


def kinds_of(workflow: str, action: str, field: str) -> list[str]:
    edition = load_library().latest(workflow)
    assert edition is not None
    (form,) = {rule.form for rule in edition.transitions if rule.name == action}
    return next(list(rule.get("kinds", ())) for rule in edition.form(form) if rule["name"] == field)


@pytest.mark.parametrize(("workflow", "action", "said", "field", "kind"), RESTING)
def test_what_a_step_rests_on_is_a_file(
    workflow: str, action: str, said: dict[str, Any], field: str, kind: str | None
) -> None:
    nothing: tuple[dict[str, Any], ...] = ({}, {field: []})
    for none in nothing:
        with pytest.raises(InvalidForm) as refused:
            sent(workflow, action, said | none)
        assert list(refused.value.fields) == [field]
    assert sent(workflow, action, said | {field: PAPER})[field] == PAPER
    assert kinds_of(workflow, action, field) == ([kind] if kind else [])


@pytest.mark.parametrize("action", ["skip_assessment", "waive_assessment"])
@pytest.mark.parametrize("reason", OTHER_REASONS)
def test_only_an_accepted_risk_has_a_paper_of_its_own(action: str, reason: str) -> None:
    assert sent("case", action, SKIPPED | {"reason": reason}).get("evidence") is None


def test_no_form_ticks_that_a_paper_is_there() -> None:
    """A question with yes or no that only yes answers, and calls a paper “on file”, is a paper."""
    library = load_library()
    for name in library.newest:
        edition = library.latest(name)
        assert edition is not None
        for form, asked in edition.rules["forms"].items():
            ticks = {field["name"] for field in asked if field["type"] == "yes_no" and field.get("must") is True}
            assert not [tick for tick in ticks if "on file" in edition.text(f"forms.{form}.{tick}.label")]
