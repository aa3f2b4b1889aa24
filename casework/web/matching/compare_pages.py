"""Candidates side by side: what is wanted, and what each record says; what it does not say is not known, and never no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.errors import NotFound
from casework.json_values import JsonMapping
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.views import Technology
from casework.operations.core.perform import calendar_of
from casework.operations.matching import desk, runs
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.runs import Kept
from casework.web.catalogue.pages import FIELDS, say_restriction, say_standard, say_value
from casework.web.matching.desk_filters import checks_of
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


@blueprint.get("/match-runs/<uuid:run>/compare")
def show(run: UUID) -> str:
    chosen = list(dict.fromkeys(request.args.getlist("technology")))[: 2 * MOST]
    differing = request.args.get("differs") == "yes"
    with page_transaction() as (db, actor):
        kept = runs.read_run(db, actor, str(run))
        layout.use_calendar(calendar_of(db, kept.programme))
        listed = {id: one for id in chosen if (one := runs.find_listed(kept, id)) is not None}
        if set(chosen) - listed.keys():
            raise NotFound("technology")
        shown = sorted(chosen, key=lambda id: (listed[id]["rank"], -listed[id]["score"], id))[:MOST]
        places = _places(kept)
        facts = desk.facts_of(db, shown)
        records = [catalogue.show_record(db, actor, Technology, id) for id in shown]
        title = catalogue.titles_of(db, actor, "need", {kept.need})[kept.need]
        decided = {one["technology"]: one["decision"] for one in runs.read_decisions(db, kept)}
        may = actor.in_programme(kept.programme, EDITORS)
    rows = _rows([listed[id] for id in shown], [facts[id] for id in shown], kept)
    for field in _MORE:
        cells = [say_value(getattr(one, field), field, {}) for one in records]
        rows.append(Row(gettext(FIELDS["technology"][field]), "", cells))
    return render_template(
        "matching/compare.html",
        run=kept,
        need=title,
        shown=[(places[id], facts[id], decided.get(id, "")) for id in shown],
        rows=[row for row in rows if row.differs or not differing],
        differing=differing,
        other_url=url_for("desk_compare.show", run=run, technology=shown, differs=None if differing else "yes"),
        left_out=len(chosen) - len(shown),
        most=MOST,
        may=may,
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


def _rows(listed: Sequence[JsonMapping], facts: Sequence[CandidateFacts], run: Kept) -> list[Row]:
    evidence = run.evidence
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
    rows = [Row(gettext("Why"), "", [say_why(one["explanation"]["parts"]).words for one in listed])]
    rows.append(Row(gettext("Filters"), "", [_filters(checks_of(run, one)) for one in listed]))
    for label, say in _SAYS.items():
        rows.append(Row(gettext(label), wanted.get(label, ""), [say(one) for one in facts]))
    return rows
