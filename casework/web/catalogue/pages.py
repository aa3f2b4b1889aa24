"""Matches to triage: a need and a technology side by side, with which of their values a person has confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.case_objects.programme_lists import offered
from casework.engine.case_objects.technology_details import LACKED, TERRITORY, countries_of
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import InvalidForm, NotFound
from casework.operations.catalogue import kept_records, match_changes, matches
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.catalogue_text import is_placeholder
from casework.operations.catalogue.organisation_queries import programme_names
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Kept
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.web.catalogue.listed_fields import names_listed
from casework.web.catalogue.match_words import say_entries
from casework.web.catalogue.record_forms import PUBLICATIONS, RESTRICTIONS
from casework.web.shell import layout
from casework.web.shell.figure_words import say_figure
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, labelled, listed, name_of
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.layout import clock, place_names
from casework.web.shell.session import list_transaction, page_transaction
from casework.web.shell.values import LICENCES, Values, say_amount, say_match_source

blueprint = Blueprint("matches", __name__)
blueprint.add_app_template_filter(say_match_source, "match_source")

DECIDERS = (Role.OFFICER, Role.SUPERVISOR)
#: By view whether its matches have a case, whether they are refused, and whether a record of theirs has expired or was withdrawn.
VIEWS: Mapping[str, tuple[bool | None, bool | None, bool | None]] = {
    "new": (False, False, False), "opened": (True, None, None), "refused": (None, True, None), "ended": (False, False, True),
    "all": (None, None, None),
}  # fmt: skip
NAMES_OF_VIEWS = {
    "new": N_("To triage"), "opened": N_("With a case"), "refused": N_("Refused"), "ended": N_("Expired or withdrawn"), "all": N_("All"),
}  # fmt: skip
#: What is told of a need and of a technology, in this order.
FIELDS: Mapping[str, Mapping[str, str]] = {
    "need": {
        "title": N_("Title"), "title_zh": N_("Title in Chinese"), "owner": N_("Need owner"), "function": N_("Function wanted"),
        "sector": N_("Sector"), "district": N_("District"), "site": N_("Site"), "problem": N_("Problem"), "baseline": N_("Baseline"),
        "process": N_("Process"), "tried": N_("What has been tried"), "target": N_("Target"), "constraints": N_("Constraints"),
        "figures": N_("Figures of the need"), "ipc": N_("IPC codes"), "budget": N_("Budget"), "budget_currency": N_("Currency"),
        "readiness_text": N_("Readiness, in words"), "readiness_low": N_("Readiness from"), "readiness_high": N_("Readiness to"),
        "wanted_form": N_("Wanted form"), "wanted_by": N_("Wanted by"), "country": N_("Country where it is to be used"),
        "required_standards": N_("Certificates and standards that it must have"), "contact": N_("Contact"),
        "publication": N_("What may be published"), "status": N_("Status"), "valid_until": N_("Valid until"),
    },
    "technology": {
        "title": N_("Title"), "title_zh": N_("Title in Chinese"), "owner": N_("Technology owner"),
        "description": N_("Description"), "problem": N_("Problem solved"), "advantage": N_("Benefit over what there is"),
        "cost_compared": N_("Cost compared"), "cost": N_("Cost to put in place"), "cost_currency": N_("Currency of the cost"),
        "reference_sites": N_("Reference sites"),
        "licences": N_("Licences offered"), "standards": N_("Certificates and standards"),
        "restrictions": N_("Legal restrictions"), "ipc": N_("IPC codes"),
        "green_topics": N_("Green topics"), "sdgs": N_("Development goals"), "published_on": N_("Published at its source on"),
        "last_confirmed_on": N_("Last confirmed at its source on"), "developed_in": N_("Developed in"),
        "deployed_in": N_("Deployed in"), "benefits": N_("Benefits"), "website": N_("Website"),
        "readiness_text": N_("Readiness, in words"), "readiness_low": N_("Readiness from"),
        "readiness_high": N_("Readiness to"), "ip_text": N_("Intellectual property"), "publication": N_("What may be published"),
        "verification": N_("Verification"), "languages": N_("Languages"), "contact": N_("Contact"),
        "source_page": N_("Page at its source"), "acronym": N_("Acronym"), "partner_countries": N_("Partner countries"),
        "total_cost": N_("Total cost"), "total_cost_currency": N_("Currency of the total cost"), "start_date": N_("Begun on"),
        "end_date": N_("Ended on"),
    },
}  # fmt: skip
#: What kinds of licence an owner gives.
OFFERED = {**LICENCES, "none": N_("no licence")}
STATUSES = {
    "draft": N_("draft"), "published": N_("published"), "matched": N_("matched"), "met": N_("met"), "expired": N_("expired"),
    "withdrawn": N_("withdrawn"), "owner_expired": N_("owner expired"),
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """One value of a record: what it says, where it comes from, and who stands for it."""

    field: str
    label: str
    words: Any
    source: str
    confirmed_by: str
    confirmed_at: str | None
    #: Whether it stands for a text that nobody has written yet.
    placeholder: bool


def in_each_programme(db: Connection, actor: Actor, words: str, url: Callable[[str], str]) -> list[tuple[str, str]]:
    """A button for each programme whose records somebody keeps, its address and words, which name the programme where there are more."""
    own = list(dict.fromkeys(m.programme for m in actor.memberships if m.role in kept_records.EDITORS and m.programme))
    if len(own) < 2:
        return [(url(programme), words) for programme in own]
    names = programme_names(db, own)
    named = [gettext("%(words)s (%(programme)s)", words=words, programme=names[programme]) for programme in own]
    return [(url(programme), said) for programme, said in zip(own, named, strict=True)]


def bring_buttons(db: Connection, actor: Actor, records: str) -> list[tuple[str, str]]:
    """Where somebody brings in files of such records."""
    return in_each_programme(
        db, actor, gettext("Bring in a file"), lambda home: url_for("files_in.new", programme=home, records=records)
    )


def _sees(actor: Actor) -> None:
    if not reach(actor).all_of:
        raise NotFound()


@blueprint.get("/matches")
def index() -> str:
    chosen = request.args.get("view", "new")
    view = chosen if chosen in VIEWS else "new"
    with list_transaction() as (db, actor):
        _sees(actor)
        opened, refused, ended = VIEWS[view]
        cursor = request.args.get("cursor")
        found = matches.list_matches(db, actor, opened=opened, refused=refused, ended=ended, cursor=cursor)
        bring = bring_buttons(db, actor, "matches")
    return render_template(
        "catalogue/index.html",
        rows=found.items,
        view=view,
        tabs=[
            (gettext("Needs to match"), url_for("desk.index"), False),
            *[
                (gettext(words), url_for("matches.index", view=name if name != "new" else None), name == view)
                for name, words in NAMES_OF_VIEWS.items()
            ],
        ],
        statuses=STATUSES,
        mine=frozenset(m.programme for m in actor.memberships if m.role in DECIDERS),
        bring=bring,
        next_url=url_for("matches.index", view=view, cursor=found.next) if found.next else "",
        first_url=url_for("matches.index", view=view) if request.args.get("cursor") else "",
    )


@blueprint.get("/matches/<uuid:match>")
def show(match: UUID) -> str:
    with page_transaction() as (db, actor):
        details = matches.show_match(db, actor, str(match))
        need = catalogue.show_record(db, actor, Need, details.need.id)
        technology = catalogue.show_record(db, actor, Technology, details.technology.id)
        sides: dict[str, Need | Technology] = {"need": need, "technology": technology}
        people = {origin.get("confirmed_by") for record in sides.values() for origin in record.provenance.values()}
        names = names_of(db, people, {record.owner for record in sides.values()})
        lists = read_lists(db, details.programme)
        refusals = offered(lists[matches.REFUSALS])
        entries = match_changes.read_match_entries(db, actor, str(match))
        draft = kept_form(db, actor, f"match.{'again' if details.refused_at else 'refused'}:{match}")
        layout.use_calendar(calendar_of(db, details.programme))
        names |= names_listed(lists, "need", need) | names_listed(lists, "technology", technology)
    return render_template(
        "catalogue/show.html",
        draft=draft,
        # Whoever comes from a row of the list to refuse it finds the form open.
        asked=request.args.get("refuse") == "yes",
        refusals=[(one.key, name_of({"name": one.label, "name_zh": one.label_zh})) for one in refusals],
        why=name_of({"name": details.refusal_name, "name_zh": details.refusal_name_zh}),
        match=details,
        statuses=STATUSES,
        ended=details.need.ended or details.technology.ended,
        sides=[
            (noun, values, waiting_by_source(values))
            for noun, record in sides.items()
            for values in (values_of(noun, record, names),)
        ],
        entries=say_entries(entries, lists[matches.REFUSALS]),
        may=actor.in_programme(details.programme, DECIDERS),
    )


def values_of(noun: str, record: Need | Technology, names: Mapping[str, str]) -> list[Value]:
    values = []
    names = {**names, PARTY_ACTOR: gettext("Its enterprise")}
    for field, label in FIELDS[noun].items():
        value = getattr(record, field)
        if value in (None, "", [], {}):
            continue
        # The column of the owner holds an id, and so do its origins.
        origin = record.provenance.get("owner_id" if field == "owner" else field) or {}
        values.append(
            Value(
                field,
                gettext(label),
                say_value(value, field, names),
                origin.get("source") or "",
                names.get(origin.get("confirmed_by") or "", "")
                or (gettext("somebody") if origin.get("confirmed_by") else ""),
                origin.get("confirmed_at"),
                isinstance(value, str) and is_placeholder(value),
            )
        )
    return values


def unknown_of(noun: str, record: Need | Technology) -> list[str]:
    """What nobody has said of a record, by what it is called; a currency goes with its amount."""
    return [
        gettext(label)
        for field, label in FIELDS[noun].items()
        if not field.endswith("_currency") and getattr(record, field) in (None, "", [], {})
    ]


def plainly(value: Any) -> str:
    """What a source says, as it says it."""
    return listed(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")


def waiting_by_source(values: list[Value]) -> list[tuple[str, int]]:
    """The sources of which values wait for somebody to stand for them, each with how many."""
    return sorted(Counter(value.source for value in values if value.source and not value.confirmed_by).items())


def say_standard(row: Mapping[str, Any]) -> str:
    """A certificate or a standard in one line."""
    if row.get("held") == LACKED:
        return gettext("does not have %(what)s", what=row["name"])
    told = [str(row[name]) for name in ("name", "number", "body") if row.get(name)]
    until = row.get("valid_until")
    if not until:
        return ", ".join(told)
    passed = until < clock().office_today.isoformat()
    words = gettext("expired on %(day)s", day=until) if passed else gettext("valid until %(day)s", day=until)
    return ", ".join([*told, words])


def say_restriction(row: Mapping[str, Any]) -> str:
    """A legal restriction in one line."""
    kind, places = str(row["kind"]), place_names(countries_of(row))
    said = gettext(RESTRICTIONS.get(kind, kind))
    if places:
        said = labelled(said, places) if kind == TERRITORY else gettext("%(what)s (%(more)s)", what=said, more=places)
    return ", ".join(filter(None, (said, row.get("words"))))


def say_value(value: Any, field: str, names: Mapping[str, str]) -> Any:
    """What a field of a record says, in the reader's words."""
    if value in (None, "", [], {}):
        return ""
    if field == "status" and value in STATUSES:
        return gettext(STATUSES[value])
    if field == "publication" and value in PUBLICATIONS:
        return gettext(PUBLICATIONS[value])
    if field in ("developed_in", "deployed_in", "partner_countries"):
        return place_names(value)
    if field == "country":
        return place_names([value])
    if field == "figures":
        return Markup("<br>").join(map(say_figure, value))
    if field == "reference_sites":
        return Markup("<br>").join(
            ", ".join(str(row[name]) for name in ("site", "year", "size") if name in row) for row in value
        )
    if field == "standards":
        return Markup("<br>").join(say_standard(row) for row in value)
    if field == "restrictions":
        return Markup("<br>").join(say_restriction(row) for row in value)
    if field == "licences":
        return listed(gettext(OFFERED[code]) if code in OFFERED else code for code in value)
    if field in ("budget", "cost", "total_cost"):
        return say_amount(Decimal(value))
    return Values(names).say(value, "owner" if field == "owner_id" else field)


@blueprint.post("/matches/<uuid:match>/judge")
def judge(match: UUID) -> Response:
    """Refuse a poor match with a reason, or take that back."""
    refused = request.form.get("refused") == "yes"
    with page_transaction() as (db, actor):
        reason, code = request.form.get("reason", "")[:10_000], request.form.get("code") or None
        matches.judge_match(db, actor, str(match), refused=refused, code=code, reason=reason, request=read_request())
        drop_kept(db, actor)
    flash(gettext("The match is refused.") if refused else gettext("The match waits for triage again."))
    return redirect(url_for("matches.show", match=match), 303)


@blueprint.post("/matches/<uuid:match>/confirm")
def confirm(match: UUID) -> Response:
    """Stand for one value of the need or the technology, or for all that came from one source."""
    noun, field = request.form.get("noun", ""), request.form.get("field", "")
    with page_transaction() as (db, actor):
        details = matches.show_match(db, actor, str(match))
        if noun not in FIELDS:
            raise InvalidForm(fields={"noun": reasons.fields.NOT_A_CHOICE})
        side: Kept = "need" if noun == "need" else "technology"
        record = (details.need if side == "need" else details.technology).id
        if field:
            named = "owner_id" if field == "owner" else field
            kept_records.confirm_field(db, actor, side, record, field=named, request=read_request())
        else:
            source = request.form.get("source", "")
            kept_records.confirm_source(db, actor, side, record, source=source, request=read_request())
    flash(gettext("Confirmed: from now on rules may rely on it."))
    return redirect(url_for("matches.show", match=match) + f"#{noun}", 303)
