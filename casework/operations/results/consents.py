"""How the office asks a party for its consent to the story of its case, and records that it has withdrawn it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects import party_links
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import new_id
from casework.operations.core.register_entries import note_entries
from casework.operations.links import office_links
from casework.operations.results.consent_mail import STORY
from casework.operations.results.stories import (
    ASKED,
    DRAFT,
    PUBLISHED,
    WITHDRAWN,
    WRITERS,
    in_turn,
    show_story,
    writes_in,
)
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: For how many days a link is given, and at most.
DAYS, MOST_DAYS = party_links.DAYS, party_links.MOST_DAYS
#: How long a message may be.
LONGEST = 4_000
#: What the log of a programme says was done.
PARTY_ASKED, CONSENT_WITHDRAWN, FIXED = "story_consent_asked", "story_consent_withdrawn", "story_fixed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """Which party is asked, where it gets the link, and what the office says to it."""

    side: str
    address: str
    language: str
    message: str
    days: int = DAYS


#: Whether a side is asked already, by a link that still works, or has consented.
_ASKED_ALREADY = text("""
    SELECT EXISTS (SELECT FROM story_consents q JOIN office_link_secrets s ON s.consent_id = q.id
        WHERE q.story_id = CAST(:story AS uuid) AND q.side = :side
        AND (q.state = 'given' OR q.state = 'open' AND s.until > casework_now()))
""")
#: Keeps what is asked.
_ASK = text("""
    INSERT INTO story_consents (id, programme_id, story_id, side, organisation_id, asked_by, asked_at, language, message)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), CAST(:story AS uuid), :side, CAST(:organisation AS uuid), CAST(:by AS uuid),
        casework_now(), :language, :message)
""")
#: From now on nothing of it changes.
_FIX = text("UPDATE success_stories SET state = 'asked', revision = revision + 1 WHERE id = CAST(:id AS uuid)")
#: About which case somebody was asked, in some programmes.
_OF = text("""
    SELECT y.number FROM story_consents q JOIN success_stories y ON y.id = q.story_id
    WHERE q.id = CAST(:id AS uuid) AND q.programme_id = ANY(CAST(:programmes AS uuid[]))
""")
#: Takes a question back, or a consent.
_WITHDRAW = text("""
    UPDATE story_consents SET state = 'withdrawn', withdrawn_by = CAST(:by AS uuid), ended_at = casework_now()
    WHERE id = CAST(:id AS uuid) AND state IN ('open', 'given')
""")


def ask_party(
    db: Connection, actor: Actor, secret_box: SecretBox, number: str, asking: Asking, *, request: Request
) -> Done:
    """Ask a party by mail whether the story may be told as it stands; from the first one on nothing of it changes.

    Raises NotFound, NotAllowed, InvalidForm and Refused.
    """
    one = show_story(db, actor, number)
    by = in_the_programme(actor, one.programme, WRITERS)
    assert by is not None
    _insist_sound(asking, one.parties)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if not one.went_well:
        raise Refused(reasons.results.NOT_YET)
    row = in_turn(db, one.programme, number)
    if row is None:
        raise Refused(reasons.results.NOT_WRITTEN)
    if row.state == PUBLISHED:
        raise Refused(reasons.results.PUBLISHED_ALREADY)
    id = new_id()
    with whole(db):
        if db.execute(_ASKED_ALREADY, {"story": row.id, "side": asking.side}).scalar_one():
            raise Refused(reasons.results.ASKED_ALREADY)
        if row.state == DRAFT:
            db.execute(_FIX, {"id": row.id})
            note_entries(db, "success_stories", one.programme, [row.id], kind=FIXED, by=by.person, role=by.role)
        organisation, _, _ = one.parties[asking.side]
        given = {
            "id": id,
            "programme": one.programme,
            "story": row.id,
            "side": asking.side,
            "organisation": organisation,
        }
        told = {"by": by.person, "language": asking.language, "message": asking.message.strip()}
        db.execute(_ASK, given | told)
        lasts = timedelta(days=asking.days)
        office_links.give(db, secret_box, STORY, id, address=canonical(asking.address), lasts=lasts)
        note_entries(db, "story_consents", one.programme, [id], kind=PARTY_ASKED, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": id, "state": ASKED}, 201))


def _insist_sound(asking: Asking, parties: Any) -> None:
    faults: dict[str, Why] = {}
    if asking.side not in parties:
        faults["side"] = reasons.results.NOT_A_PARTY
    if not is_address(canonical(asking.address)):
        faults["address"] = reasons.fields.NO_EMAIL
    if asking.language not in party_links.LANGUAGES:
        faults["language"] = reasons.fields.NOT_KNOWN
    if not 1 <= asking.days <= MOST_DAYS:
        faults["days"] = reasons.fields.WHOLE_BETWEEN(least="1", most=str(MOST_DAYS))
    if len(asking.message) > LONGEST:
        faults["message"] = reasons.fields.LONGEST(most=str(LONGEST))
    if faults:
        raise InvalidForm(fields=faults)


def case_of(db: Connection, actor: Actor, consent: str) -> str:
    """The number of the case that somebody was asked about, for who writes its story. Raises NotFound."""
    with whole(db):
        number = db.execute(_OF, {"id": consent, "programmes": writes_in(actor)}).scalar_one_or_none()
    if number is None:
        raise NotFound("page")
    try:
        show_story(db, actor, number)
    except NotFound:
        raise NotFound("page") from None
    return str(number)


def withdraw_consent(db: Connection, actor: Actor, consent: str, request: Request) -> Done:
    """Record that a party consents no longer, or take back what it was asked: the story is shown no more from now on.

    Raises NotFound, NotAllowed and Refused.
    """
    number = case_of(db, actor, consent)
    programme = show_story(db, actor, number).programme
    by = in_the_programme(actor, programme, WRITERS)
    assert by is not None
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, programme)
        if not db.execute(_WITHDRAW, {"id": consent, "by": by.person}).rowcount:
            raise Refused(reasons.results.CONSENT_ENDED)
        office_links.end(db, consent)
        note_entries(db, "story_consents", programme, [consent], kind=CONSENT_WITHDRAWN, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": consent, "number": number, "state": WITHDRAWN}))


__all__ = ["DAYS", "LONGEST", "MOST_DAYS", "Asking", "ask_party", "case_of", "withdraw_consent"]
