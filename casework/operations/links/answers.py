"""What whoever holds a one-time link may do with it: open it, see what is asked, keep a draft, and answer once.

Nothing is told before link and code are right, and nothing but what the link shows. That a link is asked for changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects.party_links import agrees_to_none, asked_fields, rule_of
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import AnswerByLink, FileTold
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import PARTY_ACTOR, Event
from casework.engine.state.party_links import PartyLink
from casework.errors import FileBlocked, FilePending, InvalidForm, NotFound
from casework.json_values import Answers
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.auth.passwords import password_fits
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.core.case_parties import is_party
from casework.operations.core.drafts import letters_of, without_nul
from casework.operations.core.merged_records import OF_CASES
from casework.operations.core.organisations import STANDING
from casework.operations.core.perform import follow, stand
from casework.operations.core.references import reference_faults
from casework.operations.core.views import NamedInBoth
from casework.operations.documents.storage import BLOCKED, PENDING, DocumentStore, Kept
from casework.operations.links.mail import OFFICE, token_hash
from casework.operations.links.service import forget_link
from casework.operations.links.views import Answered, Shown, ShownDocument
from casework.records.case_loader import load
from casework.records.database import savepoint, sealing_of, send_waiting
from casework.records.row_security import whole

#: Once opened, a link stays open in that browser for so long.
OPEN_FOR = timedelta(hours=2)
#: Wrong codes of one link within a day, wherever they come from: each address is slowed down long before.
MOST_WRONG = 200
#: How large a draft may be.
LARGEST = 100_000

#: A link by its secret, as it stands, and the office that gave it.
_LINK = f"""
    SELECT {OFFICE}, c.programme_id::text AS programme, l.id, l.log_id, l.task_id, l.code AS coded,
        s.code, s.typed, l.language, CASE WHEN l.state <> 'open' THEN l.state
        WHEN l.until <= casework_now() OR t.closed_at IS NOT NULL THEN 'over' ELSE 'open' END AS state,
        coalesce(s.opened = :opened AND s.opened_until > casework_now(), false) AS here
    FROM party_link_secrets s JOIN party_links l ON l.id = s.link_id JOIN tasks t ON t.id = l.task_id
    JOIN cases c ON c.id = l.log_id JOIN programmes p ON p.id = c.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id
    WHERE s.token = :token
"""


def state_of(db: Connection, token: str) -> tuple[str, str, NamedInBoth]:
    """How a link stands for whoever holds it: open, used, revoked or over; its language and whose it is. Raises NotFound for none."""
    with whole(db):
        row = _find(db, token, "")
    return row.state, row.language, NamedInBoth(id=row.programme, name=row.office, name_zh=row.office_zh)


def open_link(db: Connection, token: str, code: str | None, address: str) -> str | None:
    """The secret that keeps the link open in this browser; None for a wrong code, which is noted: commit it.

    Without a code, only a link that asks for none is opened. Whoever guesses waits longer each time, by the address that they
    come from: nobody who has the link can use it up for whom it was meant. Raises TooManyAttempts, and NotFound where the link
    opens nothing.
    """
    with whole(db):
        row = _find(db, token, "")
        if row.state != "open" or code is None and row.code is not None:
            raise NotFound("link")
        if row.code is not None:
            attempt = begin_attempt(db, f"party link {row.id}", address, of_all=MOST_WRONG)
            digits = "".join(letter for letter in code or "" if letter.isascii() and letter.isdigit())
            if not password_fits(row.code, digits):
                return None
            attempt_succeeded(db, attempt)
        secret = secrets.token_urlsafe(32)
        db.execute(_OPEN, {"link": row.id, "opened": token_hash(secret), "lasts": OPEN_FOR})
        return secret


def show_link(db: Connection, token: str, opened: str) -> Shown | None:
    """What the link shows; None where this browser has not opened it. Raises NotFound where it opens nothing any more."""
    with whole(db):
        row = _insist(db, token, opened)
        if row is None:
            return None
        case = load(db, row.log_id, "case")
        link, task = case.party_links[row.id], case.tasks[row.task_id]
        _insist_party(db, case, link)
        edition = load_library()[task.edition]
        rule = rule_of(edition, task)
        if rule is None:
            raise NotFound("link")
        names = db.execute(_NAMES, {"log": case.log, "organisation": link.organisation}).one()
        return Shown(
            link=link.id,
            log=case.log,
            party=link.party,
            organisation=NamedInBoth(id=link.organisation, name=names.organisation, name_zh=names.organisation_zh),
            office=NamedInBoth(id=case.programme, name=names.office, name_zh=names.office_zh),
            number=case.number or "",
            need=NamedInBoth(id=case.need or "", name=names.need, name_zh=names.need_zh),
            technology=NamedInBoth(id=case.technology or "", name=names.technology, name_zh=names.technology_zh),
            edition=task.edition,
            rule=rule.key,
            fields=asked_fields(edition, rule, link),
            documents=_documents(db, case, link),
            providers=[
                NamedInBoth(id=provider.id, name=provider.name, name_zh=provider.name_zh)
                for provider in db.execute(_PROVIDERS, {"ids": list(link.providers)})
            ],
            unnamed=frozenset(field["type"] for field in agrees_to_none(edition, rule, link)),
            language=link.language,
            until=link.until,
            draft=row.typed or {},
        )


def keep_draft(db: Connection, token: str, opened: str, typed: Answers) -> None:
    """Keep what was typed, sealed, until the link is used or over. Raises NotFound and InvalidForm."""
    kept = without_nul(typed)
    if letters_of(kept) > LARGEST:
        raise InvalidForm(fields={"form": reasons.fields.TOO_LARGE_TO_KEEP})
    with whole(db):
        row = _insist_opened(db, token, opened)
        sealed = sealing_of(db).seal(row.id, kept)
        db.execute(_DRAFT, {"link": row.id, "typed": sealed})


@dataclass(frozen=True)
class Given:
    """What a party sends: who answers, as what, the answers, and the files that were kept for it."""

    name: str
    position: str
    data: Answers
    files: Sequence[Kept] = ()


def answer(db: Connection, document_store: DocumentStore | None, token: str, opened: str, given: Given) -> Answered:
    """Finish the task of the link with what the party says; the link is used up. Raises NotFound, InvalidForm, Refused, WrongState.

    Where no file comes with it no store is needed.
    """
    with whole(db):
        events = _answer(db, token, opened, given, [kept.told for kept in given.files])
        filed = [file["id"] for event in events for file in event.effects.get("files", ())]
        for file, kept in zip(filed, given.files, strict=True):
            assert document_store is not None
            document_store.tie(db, file, kept)
        last = next(event for event in events if event.effects.get("link_states"))
        return Answered(position=last.seq, at=instant(last.at), files=[kept.told.name for kept in given.files])


def _answer(db: Connection, token: str, opened: str, given: Given, files: Sequence[FileTold]) -> Sequence[Event]:
    """Record what the party says, with files that come with it; gives the events."""
    with whole(db):
        row = _insist_opened(db, token, opened)
        standing = stand(db, row.log_id, "case")
        link = standing.case.party_links[row.id]
        # Of two who send at once, the second one finds it used.
        if link.state != "open" or link.until <= standing.log.now or link.task not in standing.case.tasks:
            raise NotFound("link")
        _insist_party(db, standing.case, link)
        task = standing.case.tasks[link.task]
        edition = standing.library[task.edition]
        form = edition.form(edition.tasks[task.rule].form)
        against = reference_faults(db, standing.case, form, given.data, standing.case.tracks[task.track])
        by = By(PARTY_ACTOR, Role.PARTY, link.organisation)
        command = AnswerByLink(link.id, given.name, given.position, given.data, tuple(files), against)
        events = follow(db, standing, command, by)
        forget_link(db, link.id)
        return events


def try_answer(db: Connection, token: str, opened: str, given: Given, files: Sequence[FileTold]) -> None:
    """Raises what `answer` would raise with these files, and changes nothing: before it no file need lie in the store."""
    with savepoint(db) as point:
        _answer(db, token, opened, given, files)
        # What waits would else be sent after it was taken back.
        send_waiting(db)
        point.rollback()


@contextmanager
def opened_document(
    db: Connection, document_store: DocumentStore, token: str, opened: str, document: str
) -> Iterator[Any]:
    """The newest file of a document that the link shows: (its row, its pieces). Raises NotFound, FileBlocked and FilePending."""
    with whole(db):
        row = _insist_opened(db, token, opened)
        case = load(db, row.log_id, "case")
        link = case.party_links[row.id]
        _insist_party(db, case, link)
        shown = {one.id: one for one in _documents(db, case, link)}
        if document not in shown:
            raise NotFound("document")
        file = _newest(case, document)
        scan = db.execute(_SCAN_OF, {"file": file.id}).scalar_one_or_none()
        if scan == BLOCKED:
            raise FileBlocked
        if scan == PENDING:
            raise FilePending
        yield shown[document], document_store.read(db, file.id)


def _insist_party(db: Connection, case: Case, link: PartyLink) -> None:
    """That whom the link was given for is the party still: whoever is no longer on record as its owner reads and agrees to nothing."""
    if not is_party(db, case, link.party, link.organisation):
        raise NotFound("link")


def _documents(db: Connection, case: Case, link: PartyLink) -> list[ShownDocument]:
    titles = {row.id: values(row.body).get("title") for row in db.execute(_TITLES, {"log": case.log})}
    shown = []
    for id in link.documents:
        document = case.documents.get(id)
        if document is None or document.withdrawn_at is not None or _newest(case, id) is None:
            continue
        file, title = _newest(case, id), titles.get(id)
        name = file.name if isinstance(file.name, str) else f"{document.kind}.{file.type}"
        shown.append(ShownDocument(id=id, title=title if isinstance(title, str) else name, name=name, size=file.size))
    return shown


def _newest(case: Case, document: str) -> Any:
    versions = [file for file in case.files.values() if file.document == document]
    return max(versions, key=lambda file: file.version, default=None)


def _find(db: Connection, token: str, opened: str) -> Any:
    row = db.execute(text(_LINK), {"token": token_hash(token), "opened": token_hash(opened)}).one_or_none()
    if row is None:
        raise NotFound("link")
    return row


def _insist(db: Connection, token: str, opened: str) -> Any:
    """The link as this browser has opened it, or None. Raises NotFound where it opens nothing any more."""
    row = _find(db, token, opened)
    if row.state != "open":
        raise NotFound("link")
    return row if row.here else None


def _insist_opened(db: Connection, token: str, opened: str) -> Any:
    row = _insist(db, token, opened)
    if row is None:
        raise NotFound("link")
    return row


#: Notes in which browser a link was opened.
_OPEN = text("""
    UPDATE party_link_secrets SET opened = :opened, opened_until = casework_now() + :lasts WHERE link_id = CAST(:link AS uuid)
""")
#: Keeps what was typed.
_DRAFT = text(
    "UPDATE party_link_secrets SET typed = to_jsonb(CAST(:typed AS text)) WHERE link_id = CAST(:link AS uuid)"
)
#: What stands on the page of a link: the office, the party, and what the case is about.
_NAMES = text(f"""
    SELECT {OFFICE}, o.name AS organisation, o.name_zh AS organisation_zh, n.title AS need,
        n.title_zh AS need_zh, t.title AS technology, t.title_zh AS technology_zh
    FROM cases c JOIN programmes p ON p.id = c.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id {OF_CASES}
    JOIN organisations o ON o.id = (SELECT o.id FROM {STANDING} WHERE g.id = CAST(:organisation AS uuid)) WHERE c.id = CAST(:log AS uuid)
""")
#: What some providers are called.
_PROVIDERS = text(
    "SELECT id::text AS id, name, name_zh FROM organisations WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY name, id"
)
#: What the documents of a log were entered with.
_TITLES = text("""
    SELECT effects->'documents'->0->>'id' AS id, body FROM events
    WHERE log_id = CAST(:log AS uuid) AND kind IN ('document_registered', 'letter_sent') ORDER BY seq
""")
#: How the scan of a file went.
_SCAN_OF = text("SELECT b.scan FROM contents k JOIN blobs b ON b.id = k.blob_id WHERE k.file_id = CAST(:file AS uuid)")


__all__ = ["Given", "OPEN_FOR", "answer", "keep_draft", "open_link", "opened_document", "show_link", "state_of"]
