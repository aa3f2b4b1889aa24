"""Letters of the office: to whom each kind can go as a case stands, and how one is filed with what was sent.

A letter to a provider lies with its referral, one to a party with the case. Nobody replaces or withdraws it afterwards: it
was sent. A sealed mediation has none; its letters stay with its center.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from casework import reasons
from casework.engine.definition.value_types import insist_day
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import DispatchLetter, SendLetter
from casework.engine.execution.task_changes import commit
from casework.engine.parties import PARTIES
from casework.engine.parts import ACCEPTS, CONFIRMS_INTEREST, INTRODUCES
from casework.engine.roles import Role
from casework.engine.state.case import Case, Task
from casework.engine.state.case_documents import Document
from casework.engine.state.document_effects_schema import Dispatch, FiledFile, RegisteredDocument
from casework.engine.state.effects_schema import Effects, Language
from casework.engine.state.events import LETTER_DISPATCHED, LETTER_SENT
from casework.errors import InvalidForm, NotAllowed, WrongState
from casework.reasons import Reason

INVITATION, PROGRESS, REFERRAL, REMINDER, CLOSING = "invitation", "progress", "referral", "reminder", "closing"
QUESTION = "question"
LETTERS = (INVITATION, QUESTION, PROGRESS, REFERRAL, REMINDER, CLOSING)
#: Those that ask nothing, and so name no day to answer.
ASK_NOTHING = (PROGRESS, CLOSING)
#: Those by which a party is asked for something, the first that can go before the others.
ASKING = (INVITATION, QUESTION)
#: Who sends them, and what kind of paper each is.
SENDERS, PAPER = (Role.OFFICER, Role.SUPERVISOR), "letter"
#: How a letter gets to a party.
WAYS = (MAIL, POST, HAND) = ("mail", "post", "hand")
LANGUAGES: tuple[Language, ...] = ("en", "zh", "both")


def recipients(case: Case) -> Iterator[tuple[str, str]]:
    """Every kind of letter with whom it can go to now: a party by its side, a provider by its referral."""
    if case.kind != "case" or case.frozen:
        return
    parties = [side for side in PARTIES if case.parties.get(side)]
    asked = [track for track in case.tracks.values() if track.is_referral and track.provider and track.sent]
    if case.closed_at is not None:
        yield from ((CLOSING, side) for side in parties)
        yield from ((CLOSING, referral.id) for referral in asked if ACCEPTS in referral.played)
        return
    if case.main.played.keys().isdisjoint((CONFIRMS_INTEREST, INTRODUCES)):
        yield from ((INVITATION, side) for side in parties)
    else:
        yield from ((PROGRESS, side) for side in parties)
        yield from ((QUESTION, side) for side in parties if any(awaited(case, side)))
    live = [referral for referral in asked if referral.live]
    yield from ((REFERRAL, referral.id) for referral in live if ACCEPTS not in referral.played)
    held = case.hold.get("waits_for") if case.hold is not None else None
    yield from ((REMINDER, side) for side in parties if held == side or any(awaited(case, side)))
    yield from ((REMINDER, referral.id) for referral in live if any(awaited(case, referral.id)))


def awaited(case: Case, to: str) -> Iterator[Task]:
    """The open tasks for which one waits for a party, or for the provider of a referral."""
    tracks = {to, *(child.id for child in case.children(to))}
    for task in case.open_tasks():
        if to in PARTIES:
            if task.about == to or task.wait is not None and task.wait["for"] == to:
                yield task
        elif task.organisation is not None and task.track in tracks:
            yield task


def refusal(case: Case, role: str | None, kind: str, to: str) -> Reason | None:
    """Why this role does not send this letter now; None where it does."""
    if role not in accepted(case, SENDERS):
        return reasons.cases.FOR_ROLES(roles=SENDERS)
    if (kind, to) not in set(recipients(case)):
        return reasons.messages.LETTER_TO_NOBODY
    return None


def send(builder: EventBuilder, command: SendLetter) -> None:
    """File a letter as a document of the case, and with it that it was sent."""
    if (why := refusal(builder.case, builder.by.role, command.kind, command.to)) is not None:
        if builder.by.role not in accepted(builder.case, SENDERS):
            raise NotAllowed(why=why)
        raise WrongState(action=reasons.actions.SEND_LETTER, why=why)
    if command.language not in LANGUAGES:
        raise InvalidForm(fields={"language": reasons.fields.ONE_OF(choices=LANGUAGES)})
    party = command.to if command.to in PARTIES else None
    id = builder.context.new_id()
    document: RegisteredDocument = {
        "id": id,
        "party": party,
        "kind": PAPER,
        "valid_until": None,
        "letter": command.kind,
    }
    if command.numbered is not None:
        document["numbered"] = command.numbered
    file: FiledFile = {
        "id": builder.context.new_id(),
        "document": id,
        "version": 1,
        "type": command.file.type,
        "size": command.file.size,
    }
    body: dict[str, str] = {
        "title": line(command.title, "title", 300),
        "file": line(command.file.name, "file", 200),
        "sha256": command.file.digest,
    }
    if command.address:
        body["address"] = line(command.address, "address", 200)
    effects: Effects = {"documents": [document], "files": [file], "what": command.kind, "language": command.language}
    if command.address:
        today = builder.context.calendar.local_date(builder.context.now).isoformat()
        effects["dispatched"] = [{"id": id, "how": MAIL, "on": today}]
    builder.begin(LETTER_SENT, None if party else builder.track(command.to), effects, body)
    commit(builder)


def dispatch(builder: EventBuilder, command: DispatchLetter) -> None:
    """Put down how and when a letter to a party went out; said anew, the newer stands."""
    today = builder.context.calendar.local_date(builder.context.now).isoformat()
    document = builder.case.documents.get(command.document)
    if builder.by.role not in accepted(builder.case, SENDERS):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=SENDERS))
    if document is None or not to_a_party(document):
        raise InvalidForm(fields={"letter": reasons.fields.NOT_KNOWN})
    if command.how not in WAYS:
        raise InvalidForm(fields={"how": reasons.fields.NOT_A_CHOICE})
    insist_day(command.on, "on")
    if command.on > today:
        raise InvalidForm(fields={"on": reasons.fields.NOT_IN_FUTURE})
    if command.on < builder.context.calendar.local_date(document.registered_at).isoformat():
        raise InvalidForm(fields={"on": reasons.messages.BEFORE_FILED})
    out: Dispatch = {"id": document.id, "how": command.how, "on": command.on}
    builder.begin(LETTER_DISPATCHED, None, {"dispatched": [out], "what": command.how})
    commit(builder)


def to_a_party(document: Document) -> bool:
    """Whether a document is a letter that has to be brought to a party; a provider sees its own in Casework."""
    return document.letter is not None and document.party is not None and document.withdrawn_at is None


def dispatch_faults(
    before: Case, effects: Effects, role: str | None, days: Callable[[datetime], str], at: datetime
) -> Iterator[str]:
    """What is wrong with what a history says of how a letter went out; `days` gives the day of a moment there."""
    if role not in accepted(before, SENDERS):
        yield "it is by a role that sends no letters"
    for out in effects.get("dispatched", ()):
        document = before.documents.get(out["id"])
        if document is None or not to_a_party(document):
            yield "it is no letter to a party"
        elif not days(document.registered_at) <= out["on"] <= days(at):
            yield "it went out before it was filed, or later than it was said"
        if out["how"] not in WAYS or effects.get("what") != out["how"]:
            yield "it went out in a way that there is none of"
    if len(effects.get("dispatched", ())) != 1:
        yield "it speaks of one letter"


def faults_of(before: Case, effects: Effects, role: str | None, track: str | None) -> Iterator[str]:
    """What is wrong with a recorded letter; nothing where it could be sent."""
    documents, files = effects.get("documents", []), effects.get("files", [])
    if len(documents) != 1 or len(files) != 1:
        yield "a letter is one document with one file"
        return
    (document,), (file,) = documents, files
    to = track or document["party"]
    if track is not None and document["party"] is not None:
        yield "it goes to a party and to a provider at once"
    if why := refusal(before, role, str(document.get("letter")), str(to)):
        yield f"the letter could not be sent so: {why}"
    if (document["kind"], effects.get("what")) != (PAPER, document.get("letter")) or effects.get(
        "language"
    ) not in LANGUAGES:
        yield "it is filed as something else than it was sent as"
    if (numbered := document.get("numbered")) is not None and str(numbered["n"]) not in numbered["written"]:
        yield "its number is not the one that is written on it"
    if any((out["id"], out["how"]) != (document["id"], MAIL) for out in effects.get("dispatched", ())):
        yield "it says of another letter how that went out"
    if (
        document["id"] in before.documents
        or file["id"] in before.files
        or (file["document"], file["version"]) != (document["id"], 1)
    ):
        yield "its file is not the first version of its document"
