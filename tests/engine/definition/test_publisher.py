"""An edition says what its definition says: places by their paths, words beside the rules, and nothing that was not said."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine import parts
from casework.engine.definition.edition_schema import WrittenTransition
from casework.engine.definition.forms import Text, YesNo
from casework.engine.definition.grammar import (
    STOP,
    WAIVER,
    Again,
    Beside,
    Final,
    Form,
    Item,
    NextProvider,
    Opening,
    Paper,
    Parallel,
    Referral,
    ServiceTrack,
    Stage,
    State,
    Task,
    Track,
    Workflow,
    calendar_days,
    same,
    working_days,
)
from casework.engine.definition.publisher import Audited, audited, publish
from casework.engine.definition.registry import Guard
from casework.engine.roles import Role

SUNNY = Guard("sunny", "The sun shines.", "It rains.", lambda facts: True)
IN_5 = {"n": 5, "unit": "wd", "since": None}


def state(label: str = "A", **more: Any) -> State:
    return State(label, Role.OFFICER, working_days(5), "One", **more)


def task(name: str, **more: Any) -> Task:
    return Task(name, f"Do {name}", Role.OFFICER, working_days(5), **more)


class Answer(Form):
    yes = YesNo(label="Yes?", help="As seen.")


class Small(Workflow):
    """Goes
    straight on."""

    a = state("Ah", checklist=[Item("seal", "Seal it", required=False)])
    checks = Parallel(
        "Checks",
        lab=Stage("Lab", trying=state(), good=Final("Good")),
        site=Stage("Site", seen=Final("Seen")),
    )
    done = Final("Done")

    see_it = a.to(checks, by=Role.OFFICER, guards=[SUNNY], form=Answer)
    fine = checks["lab"]["trying"].to(done, by=[Role.OFFICER, Role.SUPERVISOR], do="Fine", consequence="It is over.")
    stay = a.to(
        same(), by=Role.OFFICER, done="stayed", part=parts.CHANGES_PLAN, needs=[Paper("map", "the map", of="x")]
    )

    milestones = {"far": [done, checks]}


EDITION = publish(Small)


def way(name: str) -> WrittenTransition:
    return next(rule for rule in EDITION.rules["transitions"] if rule["name"] == name)


def opened(*opens: Opening) -> list[Any]:
    class Opens(Small):
        a = state()
        done = Final("Done")
        go = a.to(done, by=Role.OFFICER, opens=opens)

    return list(publish(Opens).rules["transitions"][0]["opens"])


def test_states_come_in_the_order_of_the_definition_each_by_its_path() -> None:
    assert EDITION.rules["order"] == [
        "a",
        "checks",
        "checks.lab",
        "checks.lab.trying",
        "checks.lab.good",
        "checks.site",
        "checks.site.seen",
        "done",
    ]
    assert EDITION.rules["initial"] == "a"


def test_what_holds_states_names_them_by_their_paths() -> None:
    states = EDITION.rules["states"]
    assert states["checks"] == {"type": "parallel", "regions": ["checks.lab", "checks.site"]}
    assert states["checks.lab"] == {
        "type": "stage",
        "initial": "checks.lab.trying",
        "children": ["checks.lab.trying", "checks.lab.good"],
    }
    assert states["done"] == {"type": "final", "step": None}


def test_a_state_says_its_queue_its_limit_and_what_is_ticked_off() -> None:
    assert EDITION.rules["states"]["a"] == {
        "type": "state",
        "queue": "officer",
        "due": IN_5,
        "step": "One",
        "escalation": [],
        "checklist": [{"name": "seal", "required": False}],
    }


def test_transitions_lead_from_paths_to_paths_or_to_what_is_no_state() -> None:
    assert (way("see_it")["from"], way("see_it")["to"]) == (["a"], "checks")
    assert (way("fine")["from"], way("fine")["to"]) == (["checks.lab.trying"], "done")
    assert way("stay")["to"] == "=same"
    assert EDITION.rules["milestones"] == {"far": ["checks", "done"]}


def test_a_state_of_nobodys_is_marked_as_unknown() -> None:
    class Lost(Workflow):
        a = state()
        go = a.to(Final("Elsewhere", name="elsewhere"), by=Role.OFFICER)

    assert publish(Lost).rules["transitions"][0]["to"] == "?elsewhere"


def test_what_is_not_said_is_not_written() -> None:
    assert EDITION.rules.keys() & {"part", "escalation"} == set()
    kept = {"part", "tells_provider", "tells_officers", "scope", "decides", "needs"}
    assert {name: way(name).keys() & kept for name in ("see_it", "stay")} == {
        "see_it": set(),
        "stay": {"part", "needs"},
    }
    assert way("stay").get("needs") == [{"kind": "map", "valid": False, "of": "x"}]


def test_a_workflow_that_escalates_in_its_own_way_says_so() -> None:
    class Hasty(Small):
        part = parts.MAIN
        escalation = {"remind": 50, "escalate": 1, "flag": 2}

    assert publish(Hasty).rules.get("escalation") == {"remind": 50, "escalate": 1, "flag": 2}
    assert publish(Hasty).rules.get("part") == parts.MAIN


def test_only_what_has_a_consequence_is_irreversible() -> None:
    assert [rule["name"] for rule in EDITION.rules["transitions"] if rule["irreversible"]] == ["fine"]
    assert EDITION.texts["transitions.fine.consequence"] == "It is over."


def test_words_stand_beside_the_rules_and_default_to_names() -> None:
    texts = EDITION.texts
    assert list(texts) == sorted(texts)
    assert (texts["title"], texts["description"]) == ("Small", "Goes straight on.")
    assert (texts["states.a"], texts["states.a.do"], texts["states.a.items.seal"]) == ("Ah", "Ah", "Seal it")
    assert (texts["transitions.see_it.do"], texts["transitions.see_it.done"]) == ("See it", "")
    assert (texts["transitions.fine.do"], texts["transitions.fine.done"]) == ("Fine", "Fine")
    assert (texts["transitions.stay.do"], texts["transitions.stay.done"]) == ("Stay", "stayed")
    assert (texts["guards.sunny"], texts["rules.sunny"]) == ("It rains.", "The sun shines.")
    assert (texts["papers.map"], texts["forms.Answer.yes.help"]) == ("the map", "As seen.")


@pytest.mark.parametrize(
    ("opening", "written"),
    [
        (task("look"), {"open": "task", "task": "look"}),
        (Again("look"), {"open": "task", "task": "look"}),
        (Track("w", fresh=True), {"open": "track", "workflow": "w", "fresh": True}),
        (ServiceTrack(), {"open": "service_track"}),
        (Beside(), {"open": "beside"}),
        (NextProvider(task("look")), {"open": "next_provider", "task": "look"}),
        (
            Referral("fix", planned=True, question="Why?", due=working_days(5)),
            {
                "open": "referral",
                "service": "fix",
                "planned": True,
                "fresh": False,
                "due": IN_5,
                "question": "Why?",
                "after": None,
            },
        ),
        (
            Referral("fix", fresh=True, after=calendar_days(9)),
            {
                "open": "referral",
                "service": "fix",
                "planned": False,
                "fresh": True,
                "due": None,
                "question": None,
                "after": {"n": 9, "unit": "cd", "since": None},
            },
        ),
    ],
)
def test_each_kind_of_opening_is_written_in_its_way(opening: Opening, written: dict[str, Any]) -> None:
    assert opened(opening) == [written]


def test_two_tasks_of_a_name_have_keys_of_their_own_where_their_rules_differ() -> None:
    assert [
        one["task"] for one in opened(task("look"), task("look", form=Answer), task("look"), task("look", on="main"))
    ] == [
        "look",
        "look~2",
        "look",
        "look~3",
    ]


def test_what_follows_a_task_is_published_with_it() -> None:
    class Follows(Small):
        a = state()
        first = task("first", opens=(task("second"),), opens_if=(("yes", True, (task("third", guards=(SUNNY,)),)),))
        go = a.to(same(), by=Role.OFFICER, opens=(first,))

    edition = publish(Follows)
    assert set(edition.rules["tasks"]) == {"first", "second", "third"}
    written: Any = edition.rules["tasks"]["first"]["opens_if"]
    assert written == [["yes", True, [{"open": "task", "task": "third"}]]]
    assert edition.texts["guards.sunny"] == "It rains."


def test_two_forms_of_one_name_are_refused() -> None:
    other: type[Form] = type("Answer", (Form,), {"no": Text(label="No")})

    class Twice(Workflow):
        a = state()
        one = a.to(same(), by=Role.OFFICER, form=Answer)
        two = a.to(same(), by=Role.OFFICER, form=other)

    with pytest.raises(ValueError, match="two forms of Twice are called Answer"):
        publish(Twice)


def test_the_fingerprint_is_of_the_rules_and_not_of_the_words() -> None:
    class Rules(Workflow):
        workflow = "w"
        a = state("A")
        stay = a.to(same(), by=Role.OFFICER)

    class Words(Workflow):
        workflow = "w"
        a = state("B", do="Work")
        stay = a.to(same(), by=Role.OFFICER, do="Stay on")

    class Others(Workflow):
        workflow = "w"
        a = state("A")
        stay = a.to(same(), by=Role.SUPERVISOR)

    assert publish(Rules).fingerprint == publish(Words).fingerprint != publish(Others).fingerprint
    assert publish(Rules).texts != publish(Words).texts


def test_what_an_auditor_asks_for_is_told_and_no_edition_has_it() -> None:
    class Audits(Workflow):
        workflow = "w"
        a = state()
        stop = a.to(same(), by=Role.OFFICER, audited=STOP)
        waive = a.to(
            same(), by=Role.OFFICER, opens=(task("ask", audited=WAIVER), task("end", audited=(STOP, "yes", False)))
        )

    class Silent(Workflow):
        workflow = "w"
        a = state()
        stop = a.to(same(), by=Role.OFFICER)
        waive = a.to(same(), by=Role.OFFICER, opens=(task("ask"), task("end")))

    assert audited(Audits) == {
        Audited(STOP, "transition", "stop"),
        Audited(WAIVER, "task", "ask"),
        Audited(STOP, "task", "end", "yes", False),
    }
    assert audited(Silent) == frozenset()
    assert publish(Audits).fingerprint == publish(Silent).fingerprint
