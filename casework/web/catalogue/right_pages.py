"""IP rights as records that officers keep: list them, and read one with its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.errors import NotFound
from casework.operations.catalogue import right_history
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.evidence import evidence_of
from casework.operations.catalogue.ip_rights import EDITORS
from casework.operations.catalogue.organisation_queries import programme_names
from casework.operations.catalogue.right_views import RightEntry
from casework.operations.catalogue.views import IpRight
from casework.operations.core.i18n import KINDS_OF_RIGHTS
from casework.operations.core.presenters import names_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.web.catalogue.right_forms import ALL_LABELS, LABELS
from casework.web.shell.i18n import N_
from casework.web.shell.session import list_transaction, page_transaction
from casework.web.shell.values import (
    STANDING,
    STATUSES_OF_RIGHTS,
    Values,
    name_burden,
    name_right,
    say_scope,
)

blueprint = Blueprint("rights", __name__)

#: What an entry of a right's history says happened.
HAPPENED: Mapping[str, str] = {
    "recorded": N_("%(who)s entered the right"),
    "confirmed": N_("%(who)s confirmed the right"),
    "corrected": N_("%(who)s confirmed the right, with corrections"),
    "encumbered": N_("%(case)s recorded on it: %(burden)s"),
    "erased": N_("Words that named a person were erased"),
    "released": N_("%(case)s ended what it had recorded on it: %(burden)s"),
    "burden_entered": N_("%(who)s entered what lies on it: %(burden)s"),
    "burden_corrected": N_("%(who)s corrected what lies on it: %(burden)s"),
    "burden_inscribed": N_("%(case)s recorded its number and day in the register: %(burden)s"),
    "burden_changed": N_("%(case)s recorded a change of its registration: %(burden)s"),
    "fee_checked": N_("%(case)s recorded up to which day its fee is paid"),
    "burden_ended": N_("%(who)s ended what lay on it: %(burden)s"),
    "evidence_filed": N_("%(who)s filed evidence"),
    "belongs": N_("%(who)s said what the right protects and whose it is"),
    "merged": N_("%(who)s merged this right into “%(other)s”"),
    "took_over": N_("%(who)s merged “%(other)s” into this right"),
    "expired": N_("%(who)s said that this record has expired"),
    "brought_back": N_("%(who)s brought the record back"),
}
_ORDER = tuple(LABELS)


@blueprint.get("/rights")
def index() -> str:
    words, cursor = request.args.get("q", "").strip()[:200], request.args.get("cursor")
    technology, state = id_or_none(request.args.get("technology", "")), request.args.get("state", "")
    with list_transaction() as (db, actor):
        _sees(actor)
        filters: dict[str, Any] = {
            name: value for name, value in (("words", words), ("technology", technology)) if value
        }
        if state in ("confirmed", "open"):
            filters["confirmed"] = state == "confirmed"
        if state == "expired":
            filters["expired"] = True
        listed = catalogue.list_records(db, actor, IpRight, filters=filters, cursor=cursor)
        technologies = catalogue.titles_of(
            db, actor, "technology", {technology, *(id for one in listed.items for id in one.technologies)}
        )
        owners = names_of(db, set(), {one["organisation"] for right in listed.items for one in right.owners})
        homes = sorted(programme_names(db, programmes_of(actor)).items())
    asked: dict[str, Any] = {"q": words or None, "technology": technology, "state": state or None}
    return render_template(
        "catalogue/rights.html",
        rows=listed.items,
        technologies=technologies,
        owners=owners,
        words=words,
        kinds=KINDS_OF_RIGHTS,
        name_burden=name_burden,
        statuses=STATUSES_OF_RIGHTS,
        standing=STANDING,
        technology=technology,
        state=state,
        next_url=url_for("rights.index", **asked, cursor=listed.next) if listed.next else "",
        first_url=url_for("rights.index", **asked) if cursor else "",
        may=bool(homes),
        homes=homes,
    )


def id_or_none(words: str) -> str | None:
    """An id from an address; None where it is none."""
    try:
        return str(UUID(words))
    except ValueError:
        return None


def programmes_of(actor: Actor) -> list[str]:
    """The programmes in which somebody enters rights."""
    programmes = {membership.programme for membership in actor.memberships if membership.programme}
    return sorted(programme for programme in programmes if actor.in_programme(programme, EDITORS))


def _sees(actor: Actor) -> None:
    if not reach(actor).all_of:
        raise NotFound()


@blueprint.get("/rights/<uuid:right>")
def show(right: UUID) -> str:
    with page_transaction() as (db, actor):
        one = catalogue.show_record(db, actor, IpRight, str(right))
        entries = right_history.read_entries(db, actor, one.id)
        about = right_history.cases_of(db, actor, one.id)
        titles = catalogue.titles_of(db, actor, "technology", one.technologies)
        burdens = [burden for burden in one.encumbrances if not burden.get("to")]
        cases = {
            case.id: case.number
            for case in right_history.name_cases(db, actor, {b["case"] for b in burdens if b["case"]})
        }
        holders = names_of(db, set(), {burden.get("holder") for burden in burdens} | _organisations(one, entries))
        titles |= catalogue.titles_of(db, actor, "technology", _technologies(entries))
        may = actor.in_programme(one.programme, EDITORS) and one.merged_into is None
        others = {entry.other for entry in entries if entry.other} | ({one.merged_into} if one.merged_into else set())
        called = {id: name_of_right(catalogue.show_record(db, actor, IpRight, id)) for id in others}
        shown_by = evidence_of(db, actor, [burden["id"] for burden in burdens])
    values = Values(titles | {id: name for id, name in holders.items() if name})
    return render_template(
        "catalogue/right.html",
        one=one,
        name=name_of_right(one),
        technologies=[titles[id] for id in one.technologies if id in titles],
        facts=[
            (gettext(label), told_of(values, getattr(one, field), field))
            for field, label in LABELS.items()
            if getattr(one, field) not in (None, "", [])
        ],
        burdens=[(burden, holders.get(burden.get("holder") or ""), cases.get(burden["case"])) for burden in burdens],
        shown_by=shown_by,
        name_burden=name_burden,
        say_scope=say_scope,
        say_money=Values().say,
        about=about,
        entries=[(entry, _say(entry, called), _changes(entry, values)) for entry in entries],
        may=may,
        stays=(called[one.merged_into], url_for("rights.show", right=one.merged_into)) if one.merged_into else None,
    )


def name_of_right(one: IpRight) -> str:
    return name_right(one.kind, one.office, one.number or one.application_number)


def _say(entry: Any, called: Mapping[str, str]) -> str:
    what = "corrected" if entry.kind == "confirmed" and set(entry.changes) - {"checked_on"} else entry.kind
    return gettext(
        HAPPENED[what],
        who=entry.who or gettext("The system"),
        case=entry.case or gettext("Another case"),
        burden=name_burden(entry.burden or "", entry.licence),
        other=called.get(entry.other, ""),
    )


def _changes(entry: Any, values: Values) -> list[tuple[str, Any, Any]]:
    """Label, what it said before, what it says then; of an erased one that it is."""
    told = [
        (
            gettext(LABELS[name]),
            told_of(values, before, name) if before not in (None, []) else "",
            told_of(values, after, name),
        )
        for name, (before, after) in sorted(entry.changes.items(), key=lambda change: _ORDER.index(change[0]))
        if name not in entry.erased and (entry.kind != "recorded" or after not in (None, "", []))
    ]
    # The number of what was taken over stands there beside the id of it.
    erased = [name.partition(".")[0] for name in entry.erased]
    return told + [(gettext(ALL_LABELS.get(name, name)), "", gettext("erased")) for name in erased]


def told_of(values: Values, value: Any, field: str) -> Any:
    """A fact of a right in words: of owners their names, each with its share."""
    if field != "owners" or not value:
        return values.say(value, field)
    return Markup("; ").join(
        Markup("{} {} %").format(name, share) if (share := owner["share"]) else name
        for owner in value
        for name in [values.say(owner["organisation"])]
    )


def _organisations(one: IpRight, entries: Iterable[RightEntry]) -> set[str | None]:
    """Every organisation that is or was an owner."""
    told: list[Any] = [one.owners, *(part for entry in entries for part in entry.changes.get("owners", ()))]
    return {owner["organisation"] for owners in told if owners for owner in owners}


def _technologies(entries: Iterable[RightEntry]) -> set[str | None]:
    """Every technology that the right protects or protected."""
    told: list[Any] = [part for entry in entries for part in entry.changes.get("technologies", ())]
    return {id for technologies in told if technologies for id in technologies}
