"""What a party answers by a link: the task is finished by the same form, and says whose word it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as some

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import AnswerByLink, FileTold
from casework.engine.execution.task_commands import Claim, Suspend
from casework.engine.state.events import COMPLETED, DOCUMENT_REGISTERED, PARTY_ACTOR
from casework.engine.tasks.party_answers import MOST_FILES
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from tests.engine.asked import BANK, BOILERS, LAB, answer, asked, give, paper
from tests.engine.toys import OFFICER

FILE = FileTold("consent.pdf", "1" * 64, "pdf", 10)


def test_it_finishes_the_task_and_uses_the_link_up() -> None:
    play = asked()
    link = give(play)
    (event,) = answer(play, link, why="It helps.")
    task = play.case.tasks[link.task]
    assert (event.kind, event.actor, event.role, event.organisation) == (COMPLETED, PARTY_ACTOR, "party", "n")
    assert (task.state, task.closed_by, task.result["agreed"]) == ("Completed", PARTY_ACTOR, True)
    assert event.body["answered_by"] == "Zhang Wei"
    assert event.body["answered_as"] == "Director"
    assert event.body["who"] == "Zhang Wei"
    assert event.body["why"] == "It helps."
    assert play.case.party_links[link.id].state == "used"
    assert play.folded() == play.case
    with pytest.raises(WrongState):
        answer(play, link)


def test_the_link_fills_in_the_day_and_the_files() -> None:
    play = asked()
    filed, event = answer(play, give(play), FILE)
    (document,) = filed.effects["documents"]
    assert filed.kind == DOCUMENT_REGISTERED
    assert document["party"] == "need_owner"
    assert play.case.tasks[event.effects["task"]].result["papers"] == [document["id"]]
    assert play.case.tasks[event.effects["task"]].result["on"] == "2026-03-02"
    assert event.effects["handed_in"] == [document["id"]]


def test_whoever_holds_the_task_or_lets_it_wait_keeps_nobody_from_answering() -> None:
    play = asked()
    play.do(Claim(play.task("ask").id))
    link = give(play)
    play.do(Suspend(link.task, "2026-03-20", "need_owner", "They think."))
    answer(play, link)
    assert play.case.tasks[link.task].state == "Completed"


def test_another_party_or_a_person_does_not_answer_by_it() -> None:
    play = asked()
    link = give(play)
    with pytest.raises(NotFound):
        play.do(AnswerByLink("nothing", "Z", "D"), BOILERS)
    with pytest.raises(WrongState):
        play.now = link.until
        answer(play, link)
    assert play.case.tasks[link.task].open


def test_a_party_does_nothing_else_with_a_task() -> None:
    play = asked()
    give(play)
    for by in (BOILERS, By(PARTY_ACTOR, BOILERS.role, "t")):
        with pytest.raises(NotAllowed):
            play.do(Claim(play.task("ask").id), by)
    with pytest.raises(NotAllowed):
        play.complete("ask", By(PARTY_ACTOR, BOILERS.role, "t"), agreed=True)


def test_faults_are_told_together() -> None:
    play = asked()
    link = give(play)
    with pytest.raises(InvalidForm) as refused:
        play.do(AnswerByLink(link.id, " ", "x" * 201, {"agreed": "maybe"}, (FILE,) * (MOST_FILES + 1)), BOILERS)
    assert set(refused.value.fields) == {"answered_by", "answered_as", "files", "agreed"}
    assert play.case.tasks[link.task].open


@pytest.mark.parametrize("field", ["way", "on", "who", "papers", "shown", "whom"])
def test_what_is_not_asked_is_refused(field: str) -> None:
    play = asked()
    with pytest.raises(InvalidForm) as refused:
        answer(play, give(play), **{field: "letter"})
    assert list(refused.value.fields) == [field]


def test_what_the_office_alone_can_say_is_no_answer_of_a_party() -> None:
    play = asked()
    link = give(play)
    with pytest.raises(InvalidForm) as refused:
        answer(play, link, said="nothing")
    assert list(refused.value.fields) == ["said"]
    answer(play, link, said="much")
    assert play.case.tasks[link.task].result["said"] == "much"


@given_any(some.sets(some.integers(0, 2)), some.sets(some.integers(0, 2)))
def test_an_answer_never_goes_beyond_what_was_shown(shown: set[int], ticked: set[int]) -> None:
    play = asked()
    papers = [paper(play) for _ in range(3)]
    link = give(play, OFFICER, documents=tuple(papers[n] for n in sorted(shown)), providers=(LAB,))
    named = [papers[n] for n in sorted(ticked)]
    if not ticked <= shown:
        with pytest.raises(InvalidForm):
            answer(play, link, shown=named or None, whom=[LAB])
        return
    answer(play, link, shown=named or None, whom=[LAB])
    result = play.case.tasks[link.task].result
    assert set(result.get("shown", ())) == {papers[n] for n in ticked}
    assert result["whom"] == [LAB]


@given_any(some.booleans(), some.sets(some.sampled_from([LAB, BANK])), some.booleans())
def test_silence_is_no_consent(agreed: bool, ticked: set[str], listed: bool) -> None:
    """Whoever agrees names somebody of those who were shown; whoever does not is asked for no name."""
    play = asked()
    link = give(play, OFFICER, providers=(LAB, BANK) if listed else (LAB,))
    named = sorted(ticked)
    if bool(ticked) != agreed or not ticked <= set(link.providers):
        with pytest.raises(InvalidForm) as refused:
            answer(play, link, agreed=agreed, whom=named or None)
        assert list(refused.value.fields) == ["whom"]
        if not ticked:
            assert refused.value.fields["whom"] == reasons.links.TICK_ONE
        return
    answer(play, link, agreed=agreed, whom=named or None)
    assert set(play.case.tasks[link.task].result.get("whom", ())) == ticked


def test_who_reads_no_name_agrees_to_nobody() -> None:
    play = asked()
    link = give(play)
    answer(play, link)
    assert play.case.tasks[link.task].result["whom"] == []


def test_who_reads_no_document_agrees_to_none() -> None:
    play = asked()
    paper(play)
    link = give(play, OFFICER, providers=(LAB,))
    answer(play, link, whom=[LAB])
    assert play.case.tasks[link.task].result["shown"] == []


def test_what_was_withdrawn_meanwhile_is_not_agreed_to() -> None:
    play = asked()
    mine = paper(play)
    link = give(play, documents=(mine,))
    documents = {mine: replace(play.case.documents[mine], withdrawn_at=play.now)}
    play._case = replace(play.case, documents=documents)
    answer(play, link)
    assert "shown" not in play.case.tasks[link.task].result or not play.case.tasks[link.task].result["shown"]
