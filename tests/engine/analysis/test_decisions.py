"""What a task that decides can be answered: a table over every edition, and the rules that it follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from casework.definitions import load_library
from casework.engine.analysis.decisions import (
    AGREE,
    CONFIRM,
    REFUSE,
    VALUE,
    Answer,
    answers_of,
    as_proposed,
    fields_with,
    opened_by,
    reason_of,
    returned_by,
    settled,
)
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.publisher import publish
from tests.support.lending.workflows import Errand, Loan

#: Each task that decides, with what its buttons send, in their order.
TABLE: dict[str, list[str]] = {
    "case side compliance_gate": ["result:passed", "result:refused"],
    "case side decide_more_time": ["granted:yes", "granted:no"],
    "case side decide_plan": ["fire:approve_plan", "fire:skip_assessment", "complete"],
    "case side decide_waiver": ["granted:yes", "granted:no"],
    "case side review_hold": ["decision:wait", "decision:resume", "decision:close"],
    "case side screening": ["result:clear", "result:hit"],
    "case step closing": ["as_proposed:close", "fire:return_to_work", "fire:close"],
    "case decision amend_plan": ["confirm", "refuse"],
    "case decision compliance_stop": ["confirm", "refuse"],
    "case decision reopen": ["confirm", "refuse"],
    "case decision waive_assessment": ["confirm", "refuse"],
    "referral side decide": ["decision:other_provider", "decision:without", "decision:wait"],
    "referral side decide_extension": ["granted:yes", "granted:no"],
    "referral side decide_objection": ["outcome:upheld", "outcome:dismissed"],
    "referral step conflict": ["fire:waive_conflict", "fire:uphold_conflict"],
}


def _tasks(edition: Edition) -> Iterator[tuple[str, str]]:
    for key in edition.tasks:
        yield "side", key
    for path, state in edition.states.items():
        if state.queue:
            yield "step", path
    for rule in edition.transitions:
        if rule.confirm_by:
            yield "decision", rule.name


def _all() -> Iterator[tuple[Edition, str, str, tuple[Answer, ...]]]:
    for edition in load_library().editions.values():
        for type, rule in _tasks(edition):
            yield edition, type, rule, answers_of(edition, type, rule)


def test_every_decision_of_every_edition_has_these_answers_and_nothing_else_has_any() -> None:
    found = {
        f"{edition.workflow} {type} {rule}": [answer.code for answer in answers]
        for edition, type, rule, answers in _all()
        if answers
    }
    assert found == TABLE


def test_whatever_names_the_subject_of_a_decision_can_be_answered() -> None:
    for edition, type, rule, answers in _all():
        said = (
            edition.tasks[rule].decides if type == "side" else edition.states[rule].decides if type == "step" else "it"
        )
        assert not said or len(answers) > 1, f"{edition.workflow}: {rule}"


def test_no_two_answers_of_a_task_are_one_button_and_each_is_called_otherwise() -> None:
    for edition, type, rule, answers in _all():
        codes = [answer.code for answer in answers]
        assert len(set(codes)) == len(codes)
        words = [next((edition.texts[key] for key in one.words if key in edition.texts), None) for one in answers]
        # Of what is agreed to as proposed the page says "Agree: …", beside the same action done otherwise.
        told = [said for one, said in zip(answers, words, strict=True) if said is not None and one.kind != AGREE]
        assert len(set(told)) == len(told), f"{edition.workflow}: {type} {rule}"
        # The second person's no is the pages' own; all else is called by the edition, however old it is.
        silent = [one.code for one, said in zip(answers, words, strict=True) if said is None]
        old = edition is not load_library().latest(edition.workflow)
        assert set(silent) <= {REFUSE} or old, f"{edition.workflow}: {silent}"


def test_every_value_of_the_question_is_one_answer() -> None:
    for edition, _, _, answers in _all():
        for answer in (one for one in answers if one.kind == VALUE):
            field = next(one for one in edition.form(answer.form) if one["name"] == answer.name)
            of_it = [one.value for one in answers if one.kind == VALUE]
            assert of_it == ([True, False] if field["type"] == "yes_no" else field["choices"])
            assert answer.name not in {one["name"] for one in fields_with(edition, answer)}


def test_a_field_of_one_answer_is_not_asked_with_the_other() -> None:
    edition = load_library().latest("case")
    assert edition is not None
    granted, refused = answers_of(edition, "side", "decide_more_time")
    assert [one["name"] for one in fields_with(edition, granted)] == ["tasks", "how", "until_on", "reason"]
    # The day hangs on how, and how on the answer.
    assert [one["name"] for one in fields_with(edition, refused)] == ["tasks", "reason"]


def test_the_reason_is_the_last_note_that_an_answer_asks_for() -> None:
    edition = load_library().latest("case")
    assert edition is not None
    passed, refused = answers_of(edition, "side", "compliance_gate")
    assert reason_of(fields_with(edition, passed)) is None
    reason = reason_of(fields_with(edition, refused))
    assert reason is not None
    assert reason["name"] == "finding"


def test_only_what_was_asked_for_is_settled_and_what_is_granted_is_not() -> None:
    edition = load_library().latest("case")
    assert edition is not None
    granted = answers_of(edition, "side", "decide_more_time")[0]
    known = {"tasks": ["a"], "how": "day", "until_on": "2030-01-01"}
    assert settled(fields_with(edition, granted), known) == ["tasks"]
    assert settled(fields_with(edition, granted), {}) == []


def test_who_says_no_owes_a_reason() -> None:
    refusing = {answer.code for _, _, _, answers in _all() for answer in answers if answer.refuses}
    assert refusing == {"granted:no", REFUSE, "fire:return_to_work"}


def test_what_was_proposed_is_agreed_to_as_it_is_and_asks_for_what_is_left() -> None:
    edition = load_library().latest("case")
    assert edition is not None
    agree = answers_of(edition, "step", "closing")[0]
    fields = fields_with(edition, agree)
    for known, settled_there, asked in (
        (
            {"outcome": "not_viable", "reason": "money/price", "more_reasons": ["site/site"]},
            {"outcome": "not_viable", "reason": "money/price"},
            ["more_reasons", "note"],
        ),
        # A success has no reason; one with a site has a report.
        (
            {"outcome": "deployed_measured", "reason": "money/price"},
            {"outcome": "deployed_measured"},
            ["more_reasons", "report", "note"],
        ),
        # A reason that nobody has named is asked for.
        ({"outcome": "not_viable"}, {"outcome": "not_viable"}, ["reason", "more_reasons", "note"]),
        ({}, {}, ["outcome", "reason", "more_reasons", "report", "note"]),
    ):
        said, left = as_proposed(fields, known)
        assert said == settled_there
        assert [field["name"] for field in left] == asked


def test_what_an_answer_opens_is_what_the_edition_says() -> None:
    edition = load_library().latest("referral")
    assert edition is not None
    other, without, _ = answers_of(edition, "side", "decide")
    assert [one["task"] for one in opened_by(edition, "side", "decide", other)] == ["choose_other_provider"]
    assert opened_by(edition, "side", "decide", without) == ()
    case = load_library().latest("case")
    assert case is not None
    returned = answers_of(case, "side", "decide_plan")[-1]
    assert [one["task"] for one in opened_by(case, "side", "decide_plan", returned)] == ["service_plan"]


def test_a_plan_comes_back_by_the_decision_on_it_and_nothing_else_comes_back() -> None:
    back = {
        f"{edition.workflow} {key}": sorted(returned_by(edition, key))
        for edition in load_library().editions.values()
        for key in edition.tasks
        if returned_by(edition, key)
    }
    assert back == {"case service_plan": ["decide_plan"], "case decide_plan": ["service_plan"]}


@pytest.mark.parametrize("definition", [Loan, Errand])
def test_a_workflow_of_anybody_is_read_the_same_way(definition: type[Workflow]) -> None:
    edition = publish(definition)
    for type, rule in _tasks(edition):
        codes = [answer.code for answer in answers_of(edition, type, rule)]
        assert len(set(codes)) == len(codes)
        assert type != "decision" or codes == [CONFIRM, REFUSE]
