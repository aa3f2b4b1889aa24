"""Whether needs that enterprises stated still hold: the office asks by hand, the clock some time before they expire.

Each question is a statement of its own, `renews` its need. It holds as long as its enterprise says, `MOST_LASTS` at most; what the
enterprise says otherwise an officer accepts into the record that there is. Who does nothing lets it expire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.case_objects.kept_records import ASKED_NO_MORE, ASKED_WHETHER
from casework.engine.case_objects.need_renewals import changed_by
from casework.engine.definition.own_limits import ASKED_BEFORE, REMINDED_BEFORE, NamedLimit
from casework.engine.execution.context import By
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.json_values import JsonObject
from casework.operations.catalogue import need_statements
from casework.operations.catalogue.kept_records import EDITORS, editable
from casework.operations.catalogue.need_mail import ASKED, DRAFT
from casework.operations.catalogue.need_renewal_mail import HOLDS, RENEWAL, REVOKED
from casework.operations.catalogue.need_statements import MOST_DAYS, Statement
from casework.operations.catalogue.restated_needs import note_in_need
from casework.operations.catalogue.service import read_seen
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import TODAY, one_with
from casework.operations.core.perform import calendar_of, new_id
from casework.operations.core.record_log import Change, lock_record, lock_records, write_records
from casework.operations.core.register_entries import note_entries
from casework.operations.links import office_links
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.permissions.work import in_the_programme
from casework.records.database import transaction
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: For how many days a link is given by hand.
DAYS = 30
#: So many enterprises the clock asks within a night in one programme.
MOST_A_NIGHT = 200
#: So many days at least lie between two of its questions about one need.
WEEK = 7
#: What the log of a programme says was done.
RENEWAL_ASKED, TAKEN_BACK = "need_renewal_asked", "need_renewal_revoked"


def words_of(db: Connection, need: str) -> tuple[str | None, JsonObject]:
    """What an enterprise said of its need, as it was accepted; with the last statement of it."""
    last, fields = None, dict[str, Any]()
    with whole(db):
        rows = list(db.execute(_WORDS, {"need": need}))
    for row in rows:
        fields = changed_by(fields if row.renews else {}, [row.said.get("fields", {})])
        last = row.id
    return last, fields


#: What the enterprise that a need belongs to said of it, as it was accepted: of what was merged into it first, then the oldest first.
_WORDS = text(f"""
    SELECT q.id::text, q.renews_id IS NOT NULL AS renews, q.said FROM need_statements q JOIN needs n ON n.id = CAST(:need AS uuid)
    JOIN organisations a ON a.id = n.owner_id JOIN organisations b ON b.id = q.organisation_id
    WHERE q.state = 'accepted' AND q.need_id IN {one_with("needs", "CAST(:need AS uuid)")}
    AND coalesce(a.merged_into, a.id) = coalesce(b.merged_into, b.id) ORDER BY q.need_id = n.id, q.decided_at, q.id
""")
#: Where the enterprise of a need `n` was mailed last, and in which language; of statements that are one with it. Of `organisations`.
_MAILED = f"""
    SELECT q.organisation_id::text AS organisation, q.language, s.address FROM need_statements q JOIN office_link_secrets s ON s.id = q.id
    JOIN organisations a ON a.id = n.owner_id JOIN organisations b ON b.id = q.organisation_id
    WHERE coalesce(q.need_id, q.renews_id) IN {one_with("needs", "n.id")}
    AND coalesce(a.merged_into, a.id) = coalesce(b.merged_into, b.id)
    ORDER BY s.address IS NULL, q.invited_at DESC, q.id DESC LIMIT 1
"""
#: A question `x` that waits for somebody, with its link `s`.
_WAITS = "(x.state = 'submitted' OR x.state IN ('draft', 'asked') AND s.until > casework_now())"
#: So many days after a question `x` the clock asks again of its need `n`: half of what it held then, a week at least, and as long
#: before its last day as it is asked at most; one that was taken back comes again only after all of that. Days of its programme `p`.
_RESTS = f"""CASE WHEN x.state = 'revoked' THEN CAST(:before AS integer)
    ELSE least(CAST(:before AS integer), greatest({WEEK},
        (n.valid_until - CAST(x.invited_at AT TIME ZONE (p.calendar->>'zone') AS date)) / 2)) END"""
#: Whom one would ask about a need, and whether it can be asked of.
_WHOM = text(f"""
    SELECT q.organisation, q.language, q.address, n.valid_until, {HOLDS} AS holds, EXISTS (
        SELECT FROM need_statements x JOIN office_link_secrets s ON s.id = x.id WHERE x.renews_id = n.id AND {_WAITS}) AS asked
    FROM needs n JOIN programmes p ON p.id = n.programme_id
    CROSS JOIN LATERAL (SELECT w.*, CAST(w.organisation AS uuid) AS organisation_id FROM ({_MAILED}) w) q
    WHERE n.id = CAST(:need AS uuid)
""")
#: Needs of a programme that expire soon and whose enterprises have an address and were not asked lately, with the end of their last day.
_DUE = text(f"""
    SELECT n.id::text AS need, q.organisation, q.language, q.address,
        CAST(n.valid_until + 1 AS timestamp) AT TIME ZONE (p.calendar->>'zone') - casework_now() AS lasts
    FROM needs n JOIN programmes p ON p.id = n.programme_id
    CROSS JOIN LATERAL (SELECT w.*, CAST(w.organisation AS uuid) AS organisation_id FROM ({_MAILED}) w) q
    WHERE n.programme_id = CAST(:programme AS uuid) AND n.valid_until BETWEEN {TODAY} AND {TODAY} + CAST(:before AS integer)
    AND q.address IS NOT NULL AND {HOLDS} AND NOT EXISTS (
        SELECT FROM need_statements x JOIN office_link_secrets s ON s.id = x.id WHERE x.renews_id = n.id
        AND ({_WAITS} OR x.invited_at > casework_now() - make_interval(days => {_RESTS}))
    ) ORDER BY n.valid_until, n.id LIMIT :most
""")
#: Keeps who is asked whether a need still holds.
_ASK = text("""
    INSERT INTO need_statements (id, programme_id, organisation_id, invited_by, invited_at, language, state, renews_id)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), CAST(:organisation AS uuid), CAST(:by AS uuid), casework_now(), :language, 'draft',
        CAST(:need AS uuid))
""")
#: Takes a question back.
_REVOKE = text("""
    UPDATE need_statements SET state = 'revoked', decided_by = CAST(:by AS uuid), decided_at = casework_now() WHERE id = CAST(:id AS uuid)
""")
#: How a question stands, locked.
_STATE = text("SELECT state FROM need_statements WHERE id = CAST(:id AS uuid) FOR UPDATE")


def list_renewals(db: Connection, actor: Actor, need: str) -> list[Statement]:
    """Whether a need still holds, as it was asked, the newest first; for who reads statements. Raises NotFound."""
    read_seen(db, actor, "need", need)
    return need_statements.list_of_need(db, actor, need) if closed_of(actor) else []


def whom_to_ask(db: Connection, actor: Actor, need: str) -> Any:
    """Whom one would ask whether a need still holds: organisation, language and address. Raises NotFound, NotAllowed and Refused."""
    editable(db, actor, "need", need)
    with whole(db):
        row = db.execute(_WHOM, {"need": need}).one_or_none()
    if row is None or words_of(db, need)[0] is None:
        raise Refused(reasons.catalogue.NOT_STATED_BY_LINK)
    if not row.holds:
        raise Refused(reasons.catalogue.NEED_HOLDS_NO_MORE)
    if row.asked:
        raise Refused(reasons.catalogue.RENEWAL_ASKED_ALREADY)
    return row


def may_ask(db: Connection, actor: Actor, need: str) -> bool:
    """Whether there is anybody whom the actor would ask whether a need still holds. Raises NotFound and NotAllowed."""
    try:
        whom_to_ask(db, actor, need)
    except Refused:
        return False
    return True


def ask_whether(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    need: str,
    *,
    address: str,
    language: str,
    days: int = DAYS,
    request: Request,
) -> Done:
    """Ask whoever stated a need whether it still holds, by mail; without an address its link stands in the first answer, and in no other.

    Raises NotFound, NotAllowed, InvalidForm and Refused.
    """
    programme, by = editable(db, actor, "need", need)
    where, faults = canonical(address), {}
    if where and not is_address(where):
        faults["address"] = reasons.fields.NO_EMAIL
    if not 1 <= days <= MOST_DAYS:
        faults["days"] = reasons.fields.WHOLE_BETWEEN(least="1", most=str(MOST_DAYS))
    if faults:
        raise InvalidForm(fields=faults)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, programme)
    row = whom_to_ask(db, actor, need)
    need_statements.insist_few(db, programme)
    asked = {"need": need, "organisation": row.organisation, "language": language, "address": where or None}
    id, path = _ask(db, secret_box, programme, by, asked=asked, lasts=timedelta(days=days))
    done = finish(db, actor, request, Done({"id": id}, 201))
    return done if where else Done(dict(done.answer) | {"path": path}, done.status)


def _ask(
    db: Connection, secret_box: SecretBox, programme: str, by: By, *, asked: Mapping[str, Any], lasts: timedelta
) -> tuple[str, str]:
    """Ask in the programme's turn; gives the question's id, and where its link leads."""
    id, system = new_id(), By()
    # Of a short time it is reminded half-way.
    reminds = min(timedelta(days=_days(db, programme, REMINDED_BEFORE)), lasts / 2)
    with whole(db):
        standing = lock_record(db, "need", asked["need"], programme)
        write_records(db, by, [(standing, Change(ASKED_WHETHER, effects={"statement": id}))])
        person = None if by.person == system.person else by.person
        db.execute(_ASK, {"id": id, "programme": programme, "by": person, **asked})
        path = office_links.give(db, secret_box, RENEWAL, id, address=asked["address"], lasts=lasts, reminds=reminds)
        note_entries(db, "need_statements", programme, [id], kind=RENEWAL_ASKED, by=by.person, role=by.role)
    return id, path


def _days(db: Connection, programme: str, limit: NamedLimit) -> int:
    """So many as the programme has set, or as it is without."""
    return calendar_of(db, programme).limits.get(limit.what, limit.n)


def ask_due(engine: Engine, programme: str, secret_box: SecretBox) -> int:
    """Ask of the needs of a programme that expire soon whether they still hold; gives how many. Whose record was changed from outside is
    left out."""
    with transaction(engine) as db, whole(db):
        given = {"programme": programme, "before": _days(db, programme, ASKED_BEFORE), "most": MOST_A_NIGHT}
        if not db.execute(_DUE, given | {"most": 1}).first():
            return 0
        lock_log(db, programme)
        count = 0
        rows = db.execute(_DUE, given).all()
        for row in rows:
            if lock_records(db, "need", [row.need])[row.need].altered or words_of(db, row.need)[0] is None:
                continue
            asked = {name: getattr(row, name) for name in ("need", "organisation", "language", "address")}
            _ask(db, secret_box, programme, By(), asked=asked, lasts=row.lasts)
            count += 1
        return count


def take_back(db: Connection, actor: Actor, id: str, *, request: Request) -> Done:
    """Take a question back that nobody has answered: its link asks nothing any more. Raises NotFound, NotAllowed and Refused."""
    one = need_statements.show_statement(db, actor, id)
    by = in_the_programme(actor, one.programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if one.renews is None:
        raise Refused(reasons.catalogue.NO_RENEWAL)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, one.programme)
        if db.execute(_STATE, {"id": id}).scalar_one() not in (DRAFT, ASKED):
            raise Refused(reasons.catalogue.INTEREST_ENDED)
        note_in_need(db, by, (one.programme, one.renews, id), ASKED_NO_MORE)
        db.execute(_REVOKE, {"id": id, "by": by.person})
        office_links.end(db, id)
        note_entries(db, "need_statements", one.programme, [id], kind=TAKEN_BACK, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": id, "state": REVOKED}))
