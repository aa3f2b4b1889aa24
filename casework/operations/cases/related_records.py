"""What belongs to a case beside its tracks: its consents and rights. Reads only."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.cases.queries import titles_of
from casework.operations.cases.views import CasePapers, ConsentView, Encumbrance, RightOfCase
from casework.operations.core.presenters import names_of, when
from casework.operations.core.right_links import whose
from casework.operations.core.views import row_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight

#: What stands in the places of some rights, each once, by number.
_RIGHTS = text(
    f"SELECT r.*, {whose('r')} AS whose FROM rights r WHERE r.id IN"
    " (SELECT coalesce(g.merged_into, g.id) FROM rights g WHERE g.id = ANY(CAST(:ids AS uuid[]))) ORDER BY r.number, r.id"
)
#: The numbers of those of some cases that a person sees.
_CASES = text(
    "SELECT id, number FROM cases WHERE id = ANY(CAST(:ids AS uuid[])) AND programme_id = ANY(CAST(:seen AS uuid[]))"
)


def show_papers(db: Connection, actor: Actor, case: Case) -> CasePapers:
    """Consents, and rights with what lies on them. Raises NotFound."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    titles = titles_of(db, case)
    rights = db.execute(_RIGHTS, {"ids": list(case.rights)}).all()
    lying = [encumbrance for row in rights for encumbrance in row.encumbrances if not encumbrance.get("to")]
    # Of a case of another programme not even the number is told.
    seen = sorted({m.programme for m in actor.memberships if m.programme})
    others = [one["case"] for one in lying if one["case"]]
    rows = db.execute(_CASES, {"ids": others, "seen": seen}) if others else ()
    numbers = {row.id: row.number for row in rows}
    organisations: set[str | None] = {
        provider for consent in case.consents.values() for provider in consent.providers or ()
    }
    organisations |= {encumbrance.get("holder") for encumbrance in lying}
    names = names_of(db, set(), organisations)
    return CasePapers(
        consents=[
            row_as(
                ConsentView,
                consent,
                withheld_abroad=len(consent.not_to),
                ended_at=when(consent.ended_at),
                providers=None if consent.providers is None else [names.get(p, "") for p in consent.providers],
                documents=None if consent.documents is None else [titles.get(d, "") for d in consent.documents],
            )
            for consent in case.consents.values()
        ],
        rights=[
            row_as(
                RightOfCase,
                row,
                number=row.number or row.application_number,
                owner=row.whose,
                expired=row.expired_at is not None,
                expires_on=row.expires_on and row.expires_on.isoformat(),
                fee_paid_to=row.fee_paid_to and row.fee_paid_to.isoformat(),
                checked_on=row.checked_on and row.checked_on.isoformat(),
                encumbrances=[
                    Encumbrance(
                        kind=encumbrance["kind"],
                        holder=names.get(encumbrance.get("holder") or ""),
                        from_=encumbrance.get("from"),
                        licence=encumbrance.get("licence"),
                        territories=encumbrance.get("territories") or [],
                        fields=encumbrance.get("fields") or [],
                        sublicence=encumbrance.get("sublicence") is True,
                        until=encumbrance.get("until"),
                        number=encumbrance.get("number"),
                        inscribed_on=encumbrance.get("inscribed_on"),
                        amount=encumbrance.get("amount"),
                        changed_on=encumbrance.get("changed_on"),
                        case=numbers.get(encumbrance["case"]),
                        outside=encumbrance["case"] is None,
                        here=encumbrance["case"] == case.log,
                    )
                    for encumbrance in row.encumbrances
                    if not encumbrance.get("to")
                ],
            )
            for row in rights
        ],
    )
