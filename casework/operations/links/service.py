"""One-time links, as the office gives them: whom a task may be asked of, giving a link, withdrawing it, and what became of each.

The secret of a link that is not mailed, and the code that is told beside one, stand in the first answer only.
"""

from __future__ import annotations

import secrets as chance
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.case_objects import party_links
from casework.engine.case_objects.party_links import OPEN, REVOKED, asked_fields, may_give, may_show, parties_of
from casework.engine.case_objects.programme_providers import at_work
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import GiveLink, RevokeLink
from casework.engine.state.case import Case, Task
from casework.engine.state.events import Event
from casework.engine.state.party_links import PartyLink
from casework.engine.tasks.party_answers import AS, BY
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.auth.passwords import hash_password
from casework.operations.core.case_parties import is_party, parties_now
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.organisations import STANDING, contacts_of
from casework.operations.core.perform import Standing, calendar_of, perform
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_providers import IS_ASKED
from casework.operations.core.reader_names import called
from casework.operations.core.views import NamedInBoth, to_named
from casework.operations.documents.service import list_documents
from casework.operations.links.mail import ANSWER_PAGE, cancel_link_mails, link_purpose, post_link, token_hash
from casework.operations.links.views import Askable, Asking, LinkRow, TaskLinks
from casework.operations.tasks.queries import read_task
from casework.operations.tasks.service import insist_sees_task
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import barred, capacities
from casework.records.event_log import now
from casework.records.row_security import whole

CODE_DIGITS = 8
#: How a link stands whose organisation is the party no more.
FORMER = "former"
#: Links that are mailed for one case within a day.
MOST_A_DAY = 20


@dataclass(frozen=True)
class Wanted:
    """What the office asks a party, and how: for how long, in which language, with what shown, mailed or handed over."""

    party: str
    days: int
    language: str
    documents: Sequence[str] = ()
    providers: Sequence[str] = ()
    #: Whether a code is told beside it.
    code: bool = True
    #: Where it is mailed; "" where it is handed over otherwise.
    address: str = ""
    name: str = ""


# --- reading ---------------------------------------------------------------------------------------------------------


def ask_by_link(db: Connection, actor: Actor, case: Case, task: Task) -> Asking | None:
    """What the actor may ask by a link for a task now; None where that is nothing."""
    edition = load_library()[task.edition]
    if _by(actor, case, task) is None or party_links.refusal(case, edition, task) is not None:
        return None
    rule = party_links.rule_of(edition, task)
    assert rule is not None
    standing = parties_now(db, case)
    organisations = {row.id: row for row in db.execute(_ORGANISATIONS, {"ids": sorted(standing.values())})}
    parties = [(party, organisations[standing[party]]) for party in parties_of(case, task)]
    types = {field["type"] for field in asked_fields(edition, rule)}
    calendar = calendar_of(db, case.programme)
    due = None if task.due_at is None else calendar.local_date(task.due_at)
    known = contacts_of(db, [row.stands for _, row in parties], [case.programme])
    titles = {row.id: row.title or row.kind for row in list_documents(db, actor, case)}
    return Asking(
        parties=[(party, NamedInBoth(id=row.id, name=row.name, name_zh=row.name_zh)) for party, row in parties],
        documents=[
            (party, NamedInBoth(id=id, name=titles[id], name_zh=None))
            for party, _ in parties
            for id in sorted(may_show(case, party, task))
            if id in titles
        ],
        providers=_providers(db, case) if "providers" in types else [],
        asks_documents="documents" in types,
        asks_providers="providers" in types,
        languages={party: spoken(row.language) for party, row in parties},
        contacts={party: known[row.stands] for party, row in parties},
        days=party_links.days_for(calendar.local_date(now(db)), due),
        due=None if due is None else due.isoformat(),
    )


def spoken(written: str) -> str:
    """The language of a link by the one in which somebody is written to on record."""
    return party_links.LANGUAGES[1] if written.startswith("zh") else party_links.LANGUAGES[0]


def show_links(db: Connection, actor: Actor, id: str) -> TaskLinks:
    """The links of a task, and whom it can be asked of now. Raises NotFound and NotAllowed for who gives none here."""
    case, _ = read_task(db, actor, id)
    task = case.tasks.get(id)
    if task is None or party_links.rule_of(load_library()[task.edition], task) is None:
        raise NotFound("task")
    insist_may_ask(actor, case, task)
    asking = ask_by_link(db, actor, case, task)
    languages = asking.languages if asking is not None else {}
    why = party_links.refusal(case, load_library()[task.edition], task)
    return TaskLinks(
        items=list_links(db, actor, case, id),
        possible=[
            Askable(party=party, organisation=organisation, language=languages[party])
            for party, organisation in (asking.parties if asking is not None else ())
        ],
        why=None if why is None else str(why),
    )


def list_links(db: Connection, actor: Actor, case: Case, task: str) -> list[LinkRow]:
    """The links that were given for a task, the newest first; for those who read the whole case."""
    if sight(actor, case) < Sight.ALL:
        return []
    mine = [link for link in case.party_links.values() if link.task == task]
    if not mine:
        return []
    with whole(db):
        rows = {row.id: row for row in db.execute(_TOLD, {"log": case.log, "links": [link.id for link in mine]})}
    names = names_of(db, {link.given_by for link in mine}, {link.organisation for link in mine})
    moment = now(db)
    return [
        LinkRow(
            id=link.id,
            party=link.party,
            organisation=NamedInBoth(id=link.organisation, name=names.get(link.organisation, ""), name_zh=None),
            given_by=to_named(link.given_by, names),
            given_at=instant(link.given_at),
            until=instant(link.until),
            state=_standing(db, case, link, moment),
            mail=link.mail,
            code=link.code,
            address=_word(rows[link.id].body, "address"),
            mailed=rows[link.id].mailed,
            answered_at=instant(rows[link.id].answered_at) if rows[link.id].answered_at else None,
            answered_by=_word(rows[link.id].answered or {}, BY),
            answered_as=_word(rows[link.id].answered or {}, AS),
        )
        for link in reversed(mine)
    ]


def _standing(db: Connection, case: Case, link: PartyLink, moment: datetime) -> str:
    """How a link stands; one of whoever owns the record no more opens nothing."""
    state = party_links.standing(case, link, moment)
    return FORMER if state == OPEN and not is_party(db, case, link.party, link.organisation) else state


def _word(body: JsonMapping, name: str) -> str | None:
    said = values(body).get(name)
    return said if isinstance(said, str) else None


def _providers(db: Connection, case: Case) -> list[NamedInBoth]:
    """Whom a party may be asked to show something: the providers that the programme asks, and those at work in the case."""
    rows = db.execute(_PROVIDERS, {"programme": case.programme, "at_work": sorted(at_work(case))})
    return [NamedInBoth(id=row.id, name=row.name, name_zh=row.name_zh) for row in rows]


#: What some organisations are called, and their languages.
_ORGANISATIONS = text(
    f"SELECT g.id, o.id::text AS stands, o.name, o.name_zh, o.language FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[]))"
)
#: Those of the organisations that offer a service.
_PROVIDERS = text(
    f"SELECT id::text AS id, {called('o')} AS name, NULL AS name_zh FROM organisations o WHERE services <> '{{}}' AND {IS_ASKED}"
    " ORDER BY 2, 1 LIMIT 500"
)
#: What was said as some links were given, and what became of their mails.
_TOLD = text("""
    SELECT l.id::text AS id, e.body, (SELECT m.state FROM mails m WHERE m.link_id = l.id ORDER BY m.send_at, m.id LIMIT 1) AS mailed,
        a.at AS answered_at, a.body AS answered
    FROM party_links l JOIN events e ON e.log_id = l.log_id AND e.kind = 'link_given' AND e.effects->'links'->0->>'id' = l.id::text
    LEFT JOIN events a ON a.log_id = l.log_id AND a.kind = 'completed' AND a.effects->>'link' = l.id::text
    WHERE l.log_id = CAST(:log AS uuid) AND l.id = ANY(CAST(:links AS uuid[]))
""")


# --- giving and withdrawing ------------------------------------------------------------------------------------------


def give_link(
    db: Connection, actor: Actor, secret_box: SecretBox, task: str, wanted: Wanted, *, request: Request
) -> Done:
    """Give a party a link for a task. Raises NotFound, NotAllowed, WrongState, InvalidForm and Refused.

    The answer has the code, and of a link that is not mailed its path, in the first answer only.
    """
    case = read_task(db, actor, task)[0]
    address = canonical(wanted.address)
    if address and not is_address(address):
        raise InvalidForm(fields={"address": reasons.fields.NO_EMAIL})
    if set(wanted.providers) - {provider.id for provider in _providers(db, case)}:
        raise InvalidForm(fields={"providers": reasons.fields.NOT_KNOWN})

    def to_command(standing: Standing) -> tuple[Command, By]:
        current = standing.case.tasks.get(task)
        if current is None:
            raise NotFound("task")
        insist_sees_task(actor, standing.case, current)
        by = _insist_by(actor, standing.case, current)
        if party_links.rule_of(standing.library[current.edition], current) is None:
            raise NotFound("task")
        if address and _mailed(db, standing.case.log) >= MOST_A_DAY:
            raise Refused(reasons.links.TOO_MANY)
        return GiveLink(
            task,
            wanted.party,
            wanted.days,
            wanted.language,
            tuple(wanted.documents),
            tuple(wanted.providers),
            wanted.code,
            address or None,
            wanted.name,
            parties_now(db, standing.case).get(wanted.party),
        ), by

    def answer(_: Case, events: list[Event]) -> JsonMapping:
        return {"id": events[0].effects["links"][0]["id"], "state": OPEN}

    done = perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request, status=201)
    if done.repeated:
        return done
    link = done.answer["id"]
    secret = secret_box.secrets_of(link_purpose(link))[0]
    code = new_code() if wanted.code else None
    with whole(db):
        for before in db.execute(_BEFORE, {"link": link}).scalars().all():
            forget_link(db, before)
        db.execute(
            _KEEP,
            {
                "link": link,
                "token": token_hash(secret),
                "code": hash_password(code) if code else None,
                "address": address or None,
            },
        )
        if address:
            post_link(db, link)
    told = {"code": code} | ({} if address else {"path": ANSWER_PAGE + secret})
    return Done(dict(done.answer) | told, done.status)


def revoke_link(db: Connection, actor: Actor, link: str, *, request: Request) -> Done:
    """Withdraw a link that nobody has used: it opens nothing from now on. Raises NotFound, NotAllowed and WrongState."""
    task = db.execute(_TASK_OF, {"link": link}).scalar_one_or_none()
    if task is None:
        raise NotFound("link")
    case = read_task(db, actor, task)[0]
    if sight(actor, case) < Sight.ALL:
        raise NotFound("link")

    def to_command(standing: Standing) -> tuple[Command, By]:
        return RevokeLink(link), _insist_by(actor, standing.case, standing.case.tasks.get(task) or case.tasks[task])

    def answer(_: Case, events: list[Event]) -> JsonMapping:
        return {"id": link, "state": REVOKED, "task": task}

    done = perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request)
    if not done.repeated:
        with whole(db):
            forget_link(db, link)
    return done


def forget_link(db: Connection, link: str) -> None:
    """What is kept of a link that opens nothing any more: its hash, so that whoever has it is told so."""
    db.execute(_FORGET, {"link": link})
    cancel_link_mails(db, link)


def forget_over(db: Connection) -> int:
    """Of links that are over, what was typed and where they were mailed goes."""
    return db.execute(_FORGET_OVER).rowcount


def new_code() -> str:
    """Eight digits, which are easy to say."""
    return "".join(chance.choice("0123456789") for _ in range(CODE_DIGITS))


def _mailed(db: Connection, log: str) -> int:
    with whole(db):
        return int(db.execute(_MAILED, {"log": log}).scalar_one())


#: The task of a link.
_TASK_OF = text("SELECT task_id::text FROM party_links WHERE id = CAST(:link AS uuid)")
#: Keeps what opens a link.
_KEEP = text("""
    INSERT INTO party_link_secrets (link_id, token, code, address, until)
    SELECT id, :token, :code, :address, until FROM party_links WHERE id = CAST(:link AS uuid)
""")
#: Forgets what was typed behind a link, and where it was mailed.
_FORGET = text("""
    UPDATE party_link_secrets SET address = NULL, typed = NULL, opened = NULL, opened_until = NULL WHERE link_id = CAST(:link AS uuid)
""")
#: The links in whose place this one has come.
_BEFORE = text("""
    SELECT e.id::text FROM party_links l JOIN party_links e ON e.task_id = l.task_id AND e.party = l.party AND e.state = 'revoked'
    WHERE l.id = CAST(:link AS uuid)
""")
#: The same of all that are over.
_FORGET_OVER = text("""
    UPDATE party_link_secrets s SET address = NULL, typed = NULL, opened = NULL, opened_until = NULL
    WHERE (s.address IS NOT NULL OR s.typed IS NOT NULL) AND (s.until <= casework_now() OR EXISTS (
        SELECT FROM party_links l JOIN tasks t ON t.id = l.task_id WHERE l.id = s.link_id AND (l.state <> 'open' OR t.closed_at IS NOT NULL)
    ))
""")
#: How many links of a case were mailed within a day.
_MAILED = text("""
    SELECT count(DISTINCT l.id) FROM mails m JOIN party_links l ON l.id = m.link_id
    WHERE l.log_id = CAST(:log AS uuid) AND m.made_at > casework_now() - interval '1 day'
""")


# --- who -------------------------------------------------------------------------------------------------------------


def _by(actor: Actor, case: Case, task: Task) -> By | None:
    """The capacity in which the actor gives and withdraws links for a task."""
    if barred(actor, case) is not None or actor.service or sight(actor, case) < Sight.ALL:
        return None
    return next((by for by in capacities(actor, case, case.tracks[task.track]) if may_give(case, task, by)), None)


def _insist_by(actor: Actor, case: Case, task: Task) -> By:
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = _by(actor, case, task)
    if by is None:
        raise NotAllowed(why=reasons.tasks.IN_QUEUE(queue=task.queue))
    return by


def may_ask(actor: Actor, case: Case, task: Any) -> bool:
    """Whether the actor gives or withdraws links for a task at all."""
    return _by(actor, case, task) is not None


def insist_may_ask(actor: Actor, case: Case, task: Task) -> None:
    """Raises NotAllowed for somebody who sees a task, and gives no links for it."""
    _insist_by(actor, case, task)


__all__ = [
    "MOST_A_DAY", "Wanted", "ask_by_link", "forget_link", "forget_over", "give_link", "insist_may_ask",
    "list_links", "may_ask", "revoke_link", "show_links", "spoken",
]  # fmt: skip
