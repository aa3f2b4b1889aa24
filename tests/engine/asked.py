"""A toy case in which a party is asked something, and may answer it by a link."""

from __future__ import annotations

from typing import Any

from casework.engine.definition.by_link import ByLink
from casework.engine.definition.forms import Choice, Date, Documents, Note, Providers, Text, YesNo
from casework.engine.definition.grammar import Final, Form, Item, State, Task, Workflow, working_days
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import AnswerByLink, FileTold, GiveLink, RegisterDocument
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR, Event
from casework.engine.state.party_links import PartyLink
from tests.engine.toys import OFFICER, Play, uuid


class Question(Form):
    agreed = YesNo(label="Agreed?")
    why = Note(label="Why", required=False)
    who = Text(label="Who")
    on = Date(label="When", past=True)
    way = Choice(label="How", choices={"letter": "Letter"})
    said = Choice(label="Said", choices={"much": "Much", "nothing": "Nothing"}, required=False)
    shown = Documents(label="These", required=False)
    whom = Providers(label="To these", required=False, when=("agreed", (True,)))
    papers = Documents(label="Papers", required=False)


BY_LINK = ByLink(
    "Do you agree?", name="who", day="on", files="papers", leaves=("way",), without=(("said", ("nothing",)),)
)


class Asked(Workflow):
    """A party is asked."""

    workflow = "toy"
    edition = 1

    begun = State("Begun", Role.OFFICER, working_days(5), "One", do="Ask")
    over = Final("Over", step="One")

    finish = begun.to(over, by=Role.OFFICER, do="Finish", done="finished")

    on_request = (
        ((begun,), (Role.OFFICER,), Task("ask", "Ask", Role.OFFICER, working_days(5), Question, by_link=BY_LINK)),
        ((begun,), (Role.OFFICER,), Task("office", "Office", Role.OFFICER, working_days(5), Question)),
        (
            (begun,),
            (Role.OFFICER,),
            Task(
                "listed",
                "Listed",
                Role.OFFICER,
                working_days(5),
                Question,
                by_link=BY_LINK,
                checklist=(Item("first", "First this"),),
            ),
        ),
    )


BOILERS = By(PARTY_ACTOR, Role.PARTY, "n")
LAB, BANK = uuid(77), uuid(78)


def asked(task: str = "ask") -> Play:
    """A case with a task that is to be answered."""
    play = Play(Asked).start()
    play.add(task)
    return play


def paper(play: Play, party: str | None = "need_owner", *, own: bool = False) -> str:
    """A document with a file; gives its id."""
    file = FileTold("sheet.pdf", "0" * 64, "pdf", 10)
    (event,) = play.do(RegisterDocument("Sheet", "report", party, file=file, own=own))
    return event.effects["documents"][0]["id"]


def give(play: Play, by: By = OFFICER, task: str = "ask", **more: Any) -> PartyLink:
    """Give the need owner a link."""
    given: dict[str, Any] = {"party": "need_owner", "days": 14, "language": "en"}
    play.do(GiveLink(play.task(task).id, **(given | more)), by)
    return list(play.case.party_links.values())[-1]


def answer(play: Play, link: PartyLink, *files: FileTold, **data: Any) -> list[Event]:
    """Answer by it."""
    return play.do(AnswerByLink(link.id, "Zhang Wei", "Director", {"agreed": True} | data, files), BOILERS)
