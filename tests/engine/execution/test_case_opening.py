"""A case is opened on its first track, with the step in which it begins."""

from __future__ import annotations

import pytest

from casework.engine.execution.commands import Open
from casework.engine.state.effects_schema import CaseSubject
from casework.errors import NotFound
from tests.engine.toy_case import Fix, Toy, ToyReferral, begun
from tests.engine.toys import OFFICER, Play, uuid

SUBJECT: CaseSubject = {"programme": uuid(1), "parties": {"need_owner": "n", "technology_owner": "t"}}


def test_it_begins_in_the_first_state_with_one_event() -> None:
    play = begun()
    (event,) = play.events
    assert (event.kind, event.seq, event.at, event.actor, event.track) == (
        "opened",
        1,
        play.case.opened_at,
        OFFICER.person,
        None,
    )
    (main,) = play.case.tracks.values()
    assert (main.workflow, main.kind, main.states, main.part, main.parent) == ("toy", "toy", ("a",), "main", None)
    assert main.edition == play.library.newest["toy"]
    assert [task.name for task in play.tasks()] == ["a"]
    assert play.folded() == play.case


def test_a_title_is_words_and_stands_in_the_body() -> None:
    play = Play(Toy)
    (event,) = play.do(Open(uuid(2), "case", "toy", SUBJECT, title="A pump"))
    assert (event.body, play.case.title, play.case.log) == ({"title": "A pump"}, "A pump", uuid(2))
    assert begun().events[0].body == {}


def test_a_mediation_is_a_request_of_its_service_to_its_provider() -> None:
    play = Play(ToyReferral, Fix)
    play.do(Open(uuid(2), "mediation", "referral", SUBJECT, service="mediation", provider="centre"))
    assert (play.case.kind, play.case.main.kind, play.case.main.provider) == ("mediation", "mediation", "centre")
    # What lies with officers elsewhere is the dispute officers' there.
    assert play.task("draft").queue == "dispute_officer"


def test_by_a_workflow_that_there_is_not_nothing_is_opened() -> None:
    play = Play(Toy)
    with pytest.raises(NotFound):
        play.do(Open(uuid(2), "case", "dance", SUBJECT))
    assert play.events == []
