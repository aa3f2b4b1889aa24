"""Letters of a case: to whom they can go, how one looks before it goes, and filing it as it is sent.

What a letter says is only what its recipient may know: a party nothing of the other one, a provider what the offer shows.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.analysis.notification_rules import action_of
from casework.engine.case_objects import letters
from casework.engine.case_objects.letters import (
    ASK_NOTHING,
    ASKING,
    CLOSING,
    PROGRESS,
    QUESTION,
    REFERRAL,
    REMINDER,
    SENDERS,
)
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.record_commands import DispatchLetter, SendLetter
from casework.engine.parties import PARTIES
from casework.engine.state.case import Case, Task
from casework.engine.state.document_effects_schema import LetterNumber
from casework.engine.state.events import Event
from casework.errors import CaseHasMoved, InvalidForm, LetterInDoubt, NotAllowed, NotFound, WrongState
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases.queries import find_case
from casework.operations.core.i18n import SERVICES, Speech
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.merged_records import OF_CASES
from casework.operations.core.organisations import STANDING, Contact, contacts_of
from casework.operations.core.perform import Standing, calendar_of, perform
from casework.operations.core.views import row_as
from casework.operations.documents.service import list_documents
from casework.operations.documents.storage import DocumentStore, Kept, part_for
from casework.operations.documents.uploads import receive
from casework.operations.letters.content import CHINESE, ENGLISH, LANGUAGES, Content, Named, subject_of, write_paper
from casework.operations.letters.mail import insist_address, post_letter
from casework.operations.letters.pdf import print_pdf
from casework.operations.letters.views import LetterRow, Letters, PossibleLetter
from casework.operations.people.letterheads import has_letterhead, insist_letterhead, next_number, take_number
from casework.operations.referrals.service import question_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import barred, capacities, choose
from casework.reasons.base import sentences
from casework.records.event_log import now

#: Longer than this is no paragraph of a letter any more.
MOST_WORDS = 4_000
#: Of who is to read a letter, so many characters.
MOST_OF_NAME = 200


@dataclass(frozen=True)
class Written:
    """What somebody wants to send: which letter, to whom, in which language, by when, and a paragraph of one's own."""

    kind: str
    to: str
    language: str
    by: str | None = None
    words: str = ""
    #: Of a party, where it is to be mailed to, and for whom there it is.
    address: str = ""
    attention: str = ""


# --- reading ---------------------------------------------------------------------------------------------------------


def list_letters(db: Connection, actor: Actor, number: str) -> Letters:
    """The letters of a case that were sent, the newest first, and those that the actor may send now. Raises NotFound."""
    case = _whole(db, actor, number)
    names, calendar = _organisations(db, case), calendar_of(db, case.programme)
    sent = [document for document in list_documents(db, actor, case) if document.letter is not None]
    may = [(kind, to) for kind, to in letters.recipients(case) if _by(actor, case, to) is not None]
    parties = {to: who.stands for _, to in may if to in PARTIES and (who := _organisation(case, names, to)) is not None}
    sends = _by(actor, case, next(iter(PARTIES))) is not None
    known = contacts_of(db, parties.values(), [case.programme]) if parties else {}
    return Letters(
        items=[
            row_as(
                LetterRow,
                letter,
                to=_recipient(case, names, letter.referral or letter.party).en,
                number=_written_number(case.documents[letter.id].numbered),
                how=case.documents[letter.id].dispatched_how,
                dispatched_on=case.documents[letter.id].dispatched_on,
                may_dispatch=letters.to_a_party(case.documents[letter.id]) and sends,
            )
            for letter in reversed(sent)
        ],
        possible=[
            _possible(case, names, calendar, kind, to, contacts=known.get(parties.get(to, ""), [])) for kind, to in may
        ],
        letterhead=has_letterhead(db, case.programme),
    )


def _written_number(numbered: LetterNumber | None) -> str | None:
    return None if numbered is None else numbered["written"]


def _possible(
    case: Case, names: Mapping[str, Any], calendar: Calendar, kind: str, to: str, *, contacts: list[Contact]
) -> PossibleLetter:
    who, named = _organisation(case, names, to), _recipient(case, names, to)
    due = _last_day(case, calendar, kind, to)
    return PossibleLetter(
        kind=kind,
        to=to,
        name=named.en,
        name_zh=named.zh,
        side=to if to in PARTIES else "provider",
        service=case.tracks[to].kind if to not in PARTIES else None,
        language=CHINESE if who is not None and who.language.startswith("zh") else ENGLISH,
        by=due.isoformat() if due is not None else None,
        contacts=contacts,
    )


@dataclass(frozen=True)
class Composed:
    """A letter whose words stand, and that is not printed yet."""

    log: str
    written: Written
    content: Content
    #: Of the file.
    name: str

    def print(self) -> bytes:
        """The letter as it would be filed: with no transaction open, for it takes its time. Raises LettersUnavailable."""
        return print_pdf(write_paper(self.content, self.written.language))

    def keep(self, document_store: DocumentStore) -> Kept:
        """The same, into the store. Raises what printing and the store raise."""
        party = self.written.to if self.written.to in PARTIES else None
        with receive(io.BytesIO(self.print()), self.name) as upload:
            return document_store.keep(self.log, part_for(party, None if party else self.written.to), upload)


def compose_letter(db: Connection, actor: Actor, number: str, written: Written) -> Composed:
    """What the letter says, as the case stands. Raises NotFound, NotAllowed, WrongState and InvalidForm."""
    case = _whole(db, actor, number)
    return Composed(case.log, written, _content(db, actor, case, written), f"{case.number}-{written.kind}.pdf")


# --- sending ---------------------------------------------------------------------------------------------------------


def send_letter(
    db: Connection, actor: Actor, document_store: DocumentStore, composed: Composed, kept: Kept, *, request: Request
) -> Done:
    """File a letter that was printed as a document of the case, for its recipient alone among those outside.

    Raises what `compose_letter` raises, CaseHasMoved where the letter would say something else by now, and LetterInDoubt
    unless the request is sure.
    """
    written = composed.written

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = _insist(actor, standing.case, written)
        if _content(db, actor, standing.case, written) != composed.content:
            raise CaseHasMoved
        if not request.sure:
            _insist_new(standing, written, now(db))
        numbered = composed.content.numbered
        if numbered is not None and not take_number(db, standing.case.programme, numbered):
            raise CaseHasMoved
        title = subject_of(composed.content, written.language)
        mailed = written.address or None
        return SendLetter(written.kind, written.to, written.language, title, kept.told, mailed, numbered), by

    def answer(_: Case, events: list[Event]) -> JsonMapping:
        (document,), (file,) = events[0].effects["documents"], events[0].effects["files"]
        return {"id": document["id"], "file": file["id"], "sha256": kept.told.digest}

    done = perform(db, actor, composed.log, "case", to_command, answer=answer, request=request, status=201)
    if not done.repeated:
        document_store.tie(db, done.answer["file"], kept)
        if written.address:
            post_letter(db, done.answer["file"])
    return done


def dispatch_letter(
    db: Connection, actor: Actor, number: str, letter: str, *, how: str, on: str, request: Request
) -> Done:
    """Put down how a letter to a party went out, and when. Raises NotFound, NotAllowed and InvalidForm."""
    insist_sender(db, actor, number)
    case = _whole(db, actor, number)

    def to_command(standing: Standing) -> tuple[Command, By]:
        if sight(actor, standing.case) < Sight.ALL:
            raise NotFound("case")
        by = _by(actor, standing.case, next(iter(PARTIES)))
        if by is None:
            raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=SENDERS))
        return DispatchLetter(letter, how, on), by

    def answer(after: Case, _: list[Event]) -> JsonMapping:
        return {
            "id": letter,
            "how": after.documents[letter].dispatched_how,
            "on": after.documents[letter].dispatched_on,
        }

    return perform(db, actor, case.log, "case", to_command, answer=answer, request=request)


def _insist_new(standing: Standing, written: Written, moment: datetime) -> None:
    """Raises LetterInDoubt for a letter that its recipient has already; reminders, and letters on how the case stands, may follow
    one another, a day apart.
    """
    to_day, today = standing.calendar.local_date, standing.calendar.local_date(moment)
    for document in standing.case.documents.values():
        if (
            document.letter == written.kind
            and (document.party or document.track) == written.to
            and document.withdrawn_at is None
        ):
            day = to_day(document.registered_at)
            if written.kind not in (REMINDER, PROGRESS) or day == today:
                raise LetterInDoubt(day.isoformat())


def _whole(db: Connection, actor: Actor, number: str) -> Case:
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    return case


def insist_sender(db: Connection, actor: Actor, number: str) -> None:
    """Before anything is read of a form: that the actor sends letters of this case at all. Raises NotFound, NotAllowed."""
    case = _whole(db, actor, number)
    if _by(actor, case, next(iter(PARTIES))) is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=SENDERS))


def asking_letter(actor: Actor, case: Case, parties: Sequence[str]) -> tuple[str, str] | None:
    """The letter by which the actor asks one of some parties now, and which of them; None where none can go."""
    if sight(actor, case) < Sight.ALL or not case.number:
        return None
    possible = {pair for pair in letters.recipients(case) if _by(actor, case, pair[1]) is not None}
    asked = [(kind, party) for kind in ASKING for party in parties]
    return next((pair for pair in asked if pair in possible), None)


def _by(actor: Actor, case: Case, to: str) -> By | None:
    if barred(actor, case) is not None:
        return None
    return choose(capacities(actor, case, case.tracks.get(to, case.main)), accepted(case, SENDERS))


def _insist(actor: Actor, case: Case, written: Written) -> By:
    if sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = _by(actor, case, written.to)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=SENDERS))
    return by


# --- what it says ----------------------------------------------------------------------------------------------------

#: What a programme is called.
_PROGRAMME = text("SELECT name, name_zh FROM programmes WHERE id = CAST(:id AS uuid)")
#: The titles of a case's need and technology.
_TITLES = text(
    "SELECT n.title AS need, n.title_zh AS need_zh, t.title AS technology, t.title_zh AS technology_zh"
    f" FROM cases c {OF_CASES} WHERE c.id = CAST(:log AS uuid)"
)
#: What some organisations are called, and their languages.
_ORGANISATIONS = text(
    f"SELECT g.id, o.id::text AS stands, o.name, o.name_zh, o.language FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[]))"
)
#: The name and the address of a person.
_CONTACT = text("SELECT name, name_zh, email FROM people WHERE id = CAST(:id AS uuid)")


def _content(db: Connection, actor: Actor, case: Case, written: Written) -> Content:
    """What the letter may tell this recipient, and nothing else of the case."""
    by = _insist(actor, case, written)
    if (why := letters.refusal(case, by.role, written.kind, written.to)) is not None:
        raise WrongState(action=reasons.actions.SEND_LETTER, why=why)
    calendar = calendar_of(db, case.programme)
    day = calendar.local_date(now(db))
    due = _due(case, written.kind, written.to)
    until = _insist_written(written, day, _last_day(case, calendar, written.kind, written.to))
    if until is not None and until >= day:
        # Nobody is asked for an answer on a day on which the office is closed.
        until = calendar.day_off_the_holiday(until)
    programme, titles = (
        db.execute(_PROGRAMME, {"id": case.programme}).one(),
        db.execute(_TITLES, {"log": case.log}).one(),
    )
    head = insist_letterhead(db, case.programme)
    names, contact = _organisations(db, case), db.execute(_CONTACT, {"id": case.owner or actor.person}).one()
    side = written.to if written.to in PARTIES else "provider"
    known: JsonObject = {}
    if side != "provider":
        known |= {
            "need": Named(titles.need, titles.need_zh),
            "technology": Named(titles.technology, titles.technology_zh),
        }
    elif written.kind == REFERRAL:
        known |= {
            "question": question_of(db, case, case.tracks[written.to]) or "",
            **{party: _recipient(case, names, party) for party in PARTIES if case.parties.get(party)},
        }
    if side == "provider":
        known["service"] = _service(case.tracks[written.to].kind)
        if due is not None and written.kind == REMINDER:
            known["action"] = Named(*(Speech(chinese).edition_text(*action_of(due)) for chinese in (False, True)))
    elif written.kind == CLOSING:
        known["outcome"] = _outcome(case)
    elif written.kind in (QUESTION, REMINDER):
        known["action"] = _question(case, written)
    elif written.kind == PROGRESS:
        known["stands"] = _stands(case)
    return Content(
        kind=written.kind,
        side=side,
        programme=Named(programme.name, programme.name_zh),
        number=case.number or "",
        day=day,
        name=_recipient(case, names, written.to),
        by=until,
        late=until is not None and until < day,
        contact=Named(contact.name, contact.name_zh),
        email=contact.email,
        attention=written.attention.strip(),
        words=written.words.strip(),
        office=Named(head.office or "", head.office_zh),
        numbered=next_number(db, case.programme, head),
        signatory=Named(head.signatory or "", head.signatory_zh),
        seal=head.seal,
        **known,
    )


def _insist_written(written: Written, day: date, awaited: date | None) -> date | None:
    """What was typed for the letter; gives the day that it names. Raises InvalidForm."""
    faults = {}
    if written.language not in LANGUAGES:
        faults["language"] = reasons.fields.ONE_OF(choices=LANGUAGES)
    if len(written.words) > MOST_WORDS:
        faults["words"] = reasons.fields.LONGEST(most=MOST_WORDS)
    if written.by and written.kind in ASK_NOTHING:
        faults["by"] = reasons.fields.DOES_NOT_APPLY
    if written.address and written.to not in PARTIES:
        faults["address"] = reasons.fields.DOES_NOT_APPLY
    elif written.address:
        insist_address(written.address)
    if written.attention and written.to not in PARTIES:
        faults["attention"] = reasons.fields.DOES_NOT_APPLY
    elif len(written.attention) > MOST_OF_NAME:
        faults["attention"] = reasons.fields.LONGEST(most=MOST_OF_NAME)
    until = None
    if written.by and "by" not in faults:
        try:
            until = date.fromisoformat(written.by)
        except ValueError:
            faults["by"] = reasons.fields.NO_DAY
    # A reminder may name the day that has passed, and no letter another one that has.
    if until is not None and until < day and until != awaited:
        faults["by"] = reasons.fields.TODAY_OR_LATER
    if faults:
        raise InvalidForm(fields=faults)
    return until


def _due(case: Case, kind: str, to: str) -> Task | None:
    """What its recipient is waited for with, and by when."""
    due = [task for task in letters.awaited(case, to) if task.due_at is not None] if kind not in ASK_NOTHING else []
    return min(due, key=lambda task: (task.due_at, task.id), default=None)


def _last_day(case: Case, calendar: Calendar, kind: str, to: str) -> date | None:
    due = _due(case, kind, to)
    return None if due is None or due.due_at is None else calendar.local_date(due.due_at)


def _question(case: Case, written: Written) -> Named:
    """What a party is asked, in the words of the task's link; empty where its task has none."""
    awaited = sorted(
        letters.awaited(case, written.to), key=lambda task: (task.due_at.isoformat() if task.due_at else "~", task.id)
    )
    for task in awaited:
        edition, key = action_of(task)
        if (asks := f"{key}.asks") in load_library()[edition].texts:
            return Named(*(Speech(chinese).edition_text(edition, asks) for chinese in (False, True)))
    return Named("")


def _organisations(db: Connection, case: Case) -> dict[str, Any]:
    ids = {*case.parties.values(), *(track.provider for track in case.tracks.values() if track.provider)}
    return {row.id: row for row in db.execute(_ORGANISATIONS, {"ids": sorted(ids)})}


def _organisation(case: Case, names: Mapping[str, Any], to: str | None) -> Any:
    track = case.tracks.get(to or "")
    return names.get((track.provider if track else case.parties.get(to or "")) or "")


def _recipient(case: Case, names: Mapping[str, Any], to: str | None) -> Named:
    organisation = _organisation(case, names, to)
    return Named(organisation.name, organisation.name_zh) if organisation is not None else Named("")


def _service(kind: str) -> Named:
    said = SERVICES.get(kind, kind.replace("_", " "))
    return Named(*(Speech(chinese).gettext(said) for chinese in (False, True)))


def _stands(case: Case) -> Named:
    """Where the case stands, as its edition tells a party; empty where it says nothing of that step."""
    texts = load_library()[case.main.edition].texts
    keys = [key for state in case.main.states if (key := f"states.{state}.letter") in texts]
    return Named(
        *(sentences(Speech(chinese).edition_text(case.main.edition, key) for key in keys) for chinese in (False, True))
    )


def _outcome(case: Case) -> Named:
    """The outcome of a closed case, as its edition calls it."""
    edition = load_library()[case.main.edition]
    key = next((name for name in sorted(edition.texts) if name.endswith(f".outcome.choices.{case.outcome}")), None)
    if key is None:
        return Named((case.outcome or "").replace("_", " "))
    return Named(*(Speech(chinese).edition_text(case.main.edition, key) for chinese in (False, True)))
