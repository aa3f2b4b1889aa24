"""Papers that must be on file before an action: by kind and validity, by whom they were handed in, and what is said else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.engine.definition.grammar import Final, Paper, State, Workflow, working_days
from casework.engine.definition.guard_facts import NotGiven
from casework.engine.definition.publisher import publish
from casework.engine.definition.required_documents import BLOCKED, EXPIRED, MISSING, PENDING, SCANS, THERE
from casework.engine.definition.validation import faults
from casework.engine.execution.available_actions import Offer
from casework.engine.execution.record_commands import FileTold, RegisterDocument, WithdrawDocument
from casework.engine.roles import Role
from casework.engine.state.projection import fold
from casework.errors import Refused
from tests.engine.toys import Play

Json = Any
STATEMENT = Paper("statement", "statement of the laboratory", valid=True)


class Signing(Workflow):
    """Somebody signs, once the statement is there."""

    open = State("Open", Role.OFFICER, working_days(5), "Step")
    signed = Final("Signed")

    sign = open.to(signed, by=Role.OFFICER, do="Sign", done="signed", needs=[STATEMENT])


@pytest.fixture
def play() -> Play:
    return Play(Signing).start("signing")


def hand_in(play: Play, kind: str = "statement", days: int | None = None, file: FileTold | None = None) -> str:
    """A paper that is valid for so many days from today, or without an end."""
    until = None if days is None else (play.calendar.local_date(play.now) + timedelta(days=days)).isoformat()
    play.do(RegisterDocument("A paper", kind, valid_until=until, file=file))
    return list(play.case.documents)[-1]


def offered(play: Play) -> Offer:
    return next(one for one in play.offers() if one.transition == "sign")


def refused(play: Play) -> str:
    with pytest.raises(Refused) as told:
        play.fire("sign")
    assert offered(play).why_not == tuple(told.value.reasons)
    return " ".join(map(str, told.value.reasons))


def test_without_the_paper_it_is_refused_and_the_paper_named(play: Play) -> None:
    assert refused(play) == "Not on file: statement of the laboratory."


def test_a_paper_of_another_kind_does_not_count(play: Play) -> None:
    hand_in(play, "letter")
    assert refused(play) == "Not on file: statement of the laboratory."


def test_with_the_paper_it_is_done_and_rests_on_it(play: Play) -> None:
    id = hand_in(play)
    play.fire("sign")
    assert play.states == ("signed",)
    assert play.events[-1].effects["papers"] == {"statement": id}
    assert play.events[-1].effects["facts"] == {SCANS: {}}
    assert fold(play.events) == play.case


def test_on_its_last_day_it_still_counts(play: Play) -> None:
    hand_in(play, days=0)
    play.fire("sign")


def test_one_that_has_expired_does_not_count_and_the_day_is_told(play: Play) -> None:
    hand_in(play, days=3)
    last = play.calendar.local_date(play.now) + timedelta(days=3)
    play.now += timedelta(days=4)
    assert refused(play) == f"Expired on {last.isoformat()}: statement of the laboratory. Hand in one that is valid."


def test_the_day_is_the_programmes(play: Play) -> None:
    """Shortly before midnight in Beijing it counts; shortly after it does not, though in UTC it is the same day."""
    hand_in(play, days=0)
    evening = play.now.replace(hour=15, minute=59)
    assert play.calendar.local_date(evening) == play.calendar.local_date(play.now)
    play.now = evening
    assert offered(play).allowed
    play.now = evening + timedelta(minutes=2)
    assert not offered(play).allowed


def test_a_valid_one_counts_beside_one_that_has_expired(play: Play) -> None:
    good = hand_in(play, days=300)
    hand_in(play, days=3)
    play.now += timedelta(days=4)
    play.fire("sign")
    assert play.events[-1].effects["papers"] == {"statement": good}


def test_a_withdrawn_one_does_not_count(play: Play) -> None:
    play.do(WithdrawDocument(hand_in(play), "The wrong one."))
    assert refused(play) == "Not on file: statement of the laboratory."


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        ("pending", "Still being checked for harmful content: statement of the laboratory."),
        ("blocked", "Blocked as harmful: statement of the laboratory. Hand in a clean file."),
    ],
)
def test_one_that_the_scanner_has_not_cleared_does_not_count(play: Play, scan: str, words: str) -> None:
    play.facts[SCANS] = {hand_in(play, file=FileTold("a.pdf", "0" * 64, "pdf", 10)): scan}
    assert refused(play) == words


def test_an_offer_tells_how_it_stands_with_each_paper(play: Play) -> None:
    seen = [offered(play).papers[0].state]
    id = hand_in(play, days=3)
    for scans in ({id: "pending"}, {id: "blocked"}, {}):
        play.facts[SCANS] = scans
        seen.append(offered(play).papers[0].state)
    play.now += timedelta(days=9)
    seen.append(offered(play).papers[0].state)
    assert seen == [MISSING, PENDING, BLOCKED, THERE, EXPIRED]
    assert offered(play).papers[0].document == id


def test_it_never_answers_without_knowing_what_the_scanner_says(play: Play) -> None:
    del play.facts[SCANS]
    with pytest.raises(NotGiven):
        play.fire("sign")


def test_an_edition_without_such_papers_is_what_it_was() -> None:
    class Plain(Workflow):
        open = State("Open", Role.OFFICER, working_days(5), "Step")
        signed = Final("Signed")
        sign = open.to(signed, by=Role.OFFICER, do="Sign", done="signed")

    assert "needs" not in publish(Plain).rules["transitions"][0]


# --- what a definition may not ask for -------------------------------------------------------------------------------


def kinds_of_faults(needs: list[Paper], **how: Any) -> list[str]:
    class Faulty(Workflow):
        inside = how.get("inside")
        open = State("Open", Role.OFFICER, working_days(5), "Step")
        signed = Final("Signed")
        sign = open.to(signed, by=how.get("by", Role.OFFICER), do="Sign", done="signed", needs=needs)

    return [one.kind for one in faults(publish(Faulty)) if one.kind.startswith("paper")]


def test_a_sound_one_has_no_fault() -> None:
    assert kinds_of_faults([STATEMENT]) == []


@pytest.mark.parametrize(
    ("needs", "how", "kind"),
    [
        ([STATEMENT], {"by": Role.SYSTEM}, "paper_by_itself"),
        ([STATEMENT, STATEMENT], {}, "paper_twice"),
        ([Paper("statement", " ")], {}, "paper_unnamed"),
        ([Paper("statement", "statement", of="assessment")], {"inside": "referral"}, "paper_hidden"),
        ([Paper("statement", "statement", of="assessment")], {}, "paper_of_nobody"),
    ],
)
def test_what_nobody_could_hand_in_or_know_of_is_a_fault(needs: list[Paper], how: dict[str, Json], kind: str) -> None:
    assert kinds_of_faults(needs, **how) == [kind]
