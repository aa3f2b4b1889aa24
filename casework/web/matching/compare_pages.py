"""Candidates side by side: what is wanted, and what each record says; what it does not say is not known, and never no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection

from casework.engine.case_objects.countries import HERE
from casework.errors import NotFound
from casework.json_values import JsonMapping
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.perform import calendar_of
from casework.operations.matching import desk, runs
from casework.operations.matching.acceptance import judge_pairs
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.runs import Kept
from casework.permissions.actors import Actor
from casework.web.catalogue.pages import FIELDS, say_restriction, say_standard, say_value
from casework.web.matching.acceptance_form import pair_checks
from casework.web.matching.desk_cards import WAITING, matches_of
from casework.web.matching.desk_filters import checks_of
from casework.web.matching.desk_twins import decision_of
from casework.web.matching.desk_words import Check, say_cost, say_range, say_why
from casework.web.shell import layout
from casework.web.shell.i18n import N_, labelled
from casework.web.shell.layout import place_names
from casework.web.shell.session import page_transaction

blueprint = Blueprint("desk_compare", __name__)

#: So many candidates stand side by side at most.
MOST = 4


@dataclass(frozen=True)
class Row:
    """One line: what it is about, what is wanted of it, and what each candidate's record says; "" where it says nothing."""

    label: str
    wanted: str
    cells: list[str]

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


#: What of each record is compared.
_SAYS: Mapping[str, Callable[[CandidateFacts], str]] = {
    N_("Technology owner"): lambda one: one.owner or "",
    N_("Readiness"): lambda one: say_range(*one.readiness) if one.readiness else "",
    N_("IP rights"): lambda one: gettext("%(num)s on record", num=one.rights) if one.rights else one.ip_text or "",
    N_("Developed in"): lambda one: place_names(one.developed_in),
    N_("Deployed in"): lambda one: place_names(one.deployed_in),
    N_("Licences offered"): lambda one: str(say_value(one.licences, "licences", {})),
    N_("Certificates and standards"): lambda one: "; ".join(map(say_standard, one.standards)),
    N_("Legal restrictions"): lambda one: "; ".join(map(say_restriction, one.restrictions)),
    N_("Cost compared"): lambda one: one.cost_compared or "",
    N_("Cost to put in place"): lambda one: say_cost(one.cost),
    N_("Problem solved"): lambda one: one.problem or "",
    N_("Benefit over what there is"): lambda one: one.advantage or "",
    N_("Description"): lambda one: one.description or "",
    N_("Source"): lambda one: one.source,
    N_("Who stands for it"): lambda one: gettext("confirmed") if one.confirmed else gettext("not confirmed"),
}
#: What else a record says, by its field.
_MORE = (
    "reference_sites", "benefits", "sdgs", "ipc", "green_topics", "readiness_text", "verification", "website", "published_on",
    "last_confirmed_on",
)  # fmt: skip


@dataclass(frozen=True)
class Side:
    """What stands in a column: its rank where it has one, why it stands on the desk, and what the filters say of it."""

    technology: str
    rank: str
    why: str
    checks: Sequence[Check]
    decision: str
    #: Where it is accepted, and where refused.
    accept: str
    refuse: str


def _chosen() -> list[str]:
    return list(dict.fromkeys(request.args.getlist("technology")))[: 2 * MOST]


@blueprint.get("/match-runs/<uuid:run>/compare")
def show(run: UUID) -> str:
    """Candidates of a run side by side."""
    chosen = _chosen()
    with page_transaction() as (db, actor):
        kept = runs.read_run(db, actor, str(run))
        layout.use_calendar(calendar_of(db, kept.programme))
        listed = {id: one for id in chosen if (one := runs.find_listed(kept, id)) is not None}
        if set(chosen) - listed.keys():
            raise NotFound("technology")
        shown = sorted(chosen, key=lambda id: (listed[id]["rank"], -listed[id]["score"], id))[:MOST]
        places = _places(kept)
        decided = {one["technology"]: one["decision"] for one in runs.read_decisions(db, kept)}
        sides = [
            Side(
                id,
                places[id],
                say_why(listed[id]["explanation"]["parts"]).words,
                checks_of(kept, listed[id]),
                decided.get(id, ""),
                url_for("desk_decisions.ask_accept", run=run, technology=id),
                url_for("desk_decisions.ask_refuse", run=run, technology=id),
            )
            for id in shown
        ]
        page = _read(db, actor, kept.need, kept.programme, sides)
    back = url_for("desk.show", need=kept.need, run=run)
    return _page(page, sides, _wanted(kept.evidence), back, len(chosen) - len(shown))


@blueprint.get("/needs/<uuid:need>/compare")
def show_matches(need: UUID) -> str:
    """Matches of a need side by side, wherever they come from, by their score."""
    id, chosen = str(need), _chosen()
    with page_transaction() as (db, actor):
        one = catalogue.show_record(db, actor, Need, id)
        layout.use_calendar(calendar_of(db, one.programme))
        found = {match.technology.id: match for match in reversed(matches_of(db, actor, id))}
        if set(chosen) - found.keys():
            raise NotFound("technology")
        shown = sorted(chosen, key=lambda id: -float(found[id].score or "-inf"))[:MOST]
        judged = judge_pairs(db, actor, id, shown)
        back = url_for("desk.show", need=id, view="proposed")
        sides = [
            Side(
                technology,
                "",
                found[technology].rationale or "",
                pair_checks(judged[technology]),
                decision_of(found[technology]),
                url_for("match_decisions.ask_open", match=found[technology].id, back=back),
                url_for("match_decisions.ask_refuse", match=found[technology].id, back=back),
            )
            for technology in shown
        ]
        page = _read(db, actor, id, one.programme, sides)
    ready = (one.readiness_low or one.readiness_high) and [one.readiness_low or 1, one.readiness_high or 9]
    return _page(
        page, sides, _wanted({"wanted": {"readiness": ready, "territory": HERE}}), back, len(chosen) - len(shown)
    )


@dataclass(frozen=True)
class _Read:
    """What the catalogue says of what stands side by side."""

    need: str
    facts: Sequence[CandidateFacts]
    records: Sequence[Technology]
    may: bool


def _read(db: Connection, actor: Actor, need: str, programme: str, sides: Sequence[Side]) -> _Read:
    ids = [one.technology for one in sides]
    facts = desk.facts_of(db, ids)
    return _Read(
        catalogue.titles_of(db, actor, "need", {need})[need],
        [facts[id] for id in ids],
        [catalogue.show_record(db, actor, Technology, id) for id in ids],
        actor.in_programme(programme, EDITORS),
    )


def _page(page: _Read, sides: Sequence[Side], wanted: Mapping[str, str], back: str, left_out: int) -> str:
    differing = request.args.get("differs") == "yes"
    rows = _rows(sides, page.facts, wanted)
    for field in _MORE:
        cells = [say_value(getattr(one, field), field, {}) for one in page.records]
        rows.append(Row(gettext(FIELDS["technology"][field]), "", cells))
    return render_template(
        "matching/compare.html",
        need=page.need,
        back=back,
        shown=list(zip(sides, page.facts, strict=True)),
        waiting=WAITING,
        rows=[row for row in rows if row.differs or not differing],
        differing=differing,
        other_url=url_for(
            str(request.endpoint),
            technology=[one.technology for one in sides],
            differs=None if differing else "yes",
            **request.view_args or {},
        ),
        left_out=left_out,
        most=MOST,
        may=page.may,
    )


def _places(run: Kept) -> dict[str, str]:
    """The rank of each candidate, and of what may be the same which one it is behind that rank: 3.1."""
    places = {}
    for one in run.found["candidates"]:
        places[one["technology"]] = str(one["rank"])
        places |= {twin: f"{one['rank']}.{n}" for n, twin in enumerate(runs.twins_of(one), start=1)}
    return places


def _filters(checks: Sequence[Check]) -> str:
    """What the filters say of a candidate, a line each."""
    said = [(one.label, " · ".join(filter(None, (one.says, one.more)))) for one in checks]
    return Markup("<br>").join(labelled(label, words) for label, words in said)


def _wanted(evidence: JsonMapping) -> dict[str, str]:
    """What is wanted, by the line beside which it stands."""
    asked, costs = evidence["wanted"].get("readiness"), evidence.get("costs")
    wanted: dict[str, str] = {}
    if places := evidence["wanted"].get("countries"):
        wanted["Developed in"] = wanted["Deployed in"] = gettext("wanted %(value)s", value=place_names(places))
    if asked:
        wanted["Readiness"] = gettext("wanted %(value)s", value=say_range(*asked))
    if territory := evidence["wanted"].get("territory"):
        wanted["Legal restrictions"] = gettext("to be used in %(place)s", place=place_names([territory]))
    if costs:
        budget = (Decimal(costs["budget"]), costs["currency"])
        wanted["Cost to put in place"] = gettext("budget %(amount)s", amount=say_cost(budget))
    return wanted


def _rows(sides: Sequence[Side], facts: Sequence[CandidateFacts], wanted: Mapping[str, str]) -> list[Row]:
    rows = [Row(gettext("Why"), "", [one.why for one in sides])]
    rows.append(Row(gettext("Filters"), "", [_filters(one.checks) for one in sides]))
    for label, say in _SAYS.items():
        rows.append(Row(gettext(label), wanted.get(label, ""), [say(one) for one in facts]))
    return rows
