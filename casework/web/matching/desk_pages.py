"""The match desk: at the left the need, at the right the technologies that a run ranked, each with why and what decides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.case_objects.countries import HERE
from casework.engine.case_objects.programme_lists import GLOSSARY, GLOSSARY_SETTERS
from casework.errors import InvalidForm, NotFound
from casework.matching.filters import wants_licence
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.views import Match, Need
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.matching import desk, follow_up, interest, proposals, runs
from casework.operations.matching.acceptance import judge_pairs
from casework.operations.matching.candidates import CANDIDATES
from casework.operations.matching.desk import RunTold
from casework.operations.matching.interest_answers import answers_by_match
from casework.operations.matching.listing import failed_of
from casework.operations.matching.proposals import Proposal
from casework.operations.matching.ranking import make_ready
from casework.operations.matching.run_decisions import with_names
from casework.operations.matching.runs import Kept
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.web.catalogue.correct_words import to_correct
from casework.web.catalogue.filter_words import FILTERS
from casework.web.catalogue.listed_fields import names_listed
from casework.web.catalogue.pages import NAMES_OF_VIEWS, STATUSES, values_of
from casework.web.matching.desk_cards import Beside, cards_of, matches_of
from casework.web.matching.desk_filters import offer_countries, offer_organisations, relaxable, wanted_of
from casework.web.matching.desk_twins import behind
from casework.web.matching.desk_words import (
    say_filters,
    say_range,
    say_without,
)
from casework.web.matching.interest_words import lines_of
from casework.web.matching.rank_tables import rank_tables
from casework.web.matching.replay_decisions import say_decisions
from casework.web.people.weight_names import WEIGHT_NAMES
from casework.web.shell import layout
from casework.web.shell.countries import countries_from_here
from casework.web.shell.figure_words import pair_of
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, name_of, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import list_transaction, page_transaction, viewer

blueprint = Blueprint("desk", __name__)

#: So many candidates stand on a page, and so many a run keeps.
SHOWN, RANKED = 10, runs.MOST
VIEWS = {
    "ranked": N_("Ranked"), "shortlist": N_("Shortlist"), "proposed": N_("Proposed"), "refused": N_("Refused"), "runs": N_("Earlier runs"),
}  # fmt: skip
#: What of a need stands at the left.
_TOLD = (
    "owner", "sector", "district", "problem", "target", "ipc", "readiness_low", "readiness_high", "budget", "wanted_form", "wanted_by",
    "country", "required_standards",
)  # fmt: skip
_SITE = ("function", "site", "baseline", "process", "tried", "constraints")


@blueprint.get("/desk")
def index() -> str:
    """Needs that wait for a technology."""
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        if not reach(actor).all_of:
            raise NotFound()
        listed = desk.list_open_needs(db, actor, cursor=cursor)
        ranks = follow_up.tell_ranks(db, actor)
        wrong = follow_up.page_to_correct(db, actor, cursor=request.args.get("wrong"))
        proposed, waiting = proposals.list_needs_proposed(db, actor)
    person = viewer()
    programmes = person.viewer.programmes if person else []
    return render_template(
        "matching/needs.html",
        glossaries=[(name_of(one), url) for one in programmes if (url := _glossary(actor, one.id))],
        ranks=rank_tables(ranks),
        wrong=to_correct(wrong.items),
        wrong_next=url_for("desk.index", wrong=wrong.next) + "#wrong" if wrong.next else "",
        wrong_first=url_for("desk.index") + "#wrong" if request.args.get("wrong") else "",
        proposed=proposed,
        waiting=waiting,
        rows=listed.items,
        tabs=[
            (gettext("Needs to match"), url_for("desk.index"), True),
            *(
                (gettext(words), url_for("matches.index", view=name if name != "new" else None), False)
                for name, words in NAMES_OF_VIEWS.items()
            ),
        ],
        next_url=url_for("desk.index", cursor=listed.next) if listed.next else "",
        first_url=url_for("desk.index") if cursor else "",
    )


@blueprint.get("/needs/<uuid:need>/desk")
def show(need: UUID) -> str:
    return _desk(str(need), {})


def _desk(id: str, faults: Mapping[str, str]) -> str:
    """The desk of a need; with `faults` its search was sent and refused, and stands there as it was sent."""
    view = request.args.get("view", "ranked")
    view = view if view in VIEWS else "ranked"
    with page_transaction() as (db, actor):
        one = catalogue.show_record(db, actor, Need, id)
        layout.use_calendar(calendar_of(db, one.programme))
        title = catalogue.titles_of(db, actor, "need", {id})[id]
        lists = read_lists(db, one.programme)
        names = names_of(db, set(), {one.owner}) | names_listed(lists, "need", one)
        told = desk.list_runs(db, actor, id)
        run = _run(db, actor, told, request.args.get("run", ""))
        found = matches_of(db, actor, id)
        decisions = {one["technology"]: one for one in runs.read_decisions(db, run)} if run else {}
        waiting = proposals.list_proposals(db, actor, id)
        every = _wanted(view, run, found, waiting)
        start = _start(len(every))
        # A shortlist is short, and stands whole: those come first to whom both sides said yes.
        wanted = every if view == "shortlist" else every[start : start + SHOWN]
        facts = desk.facts_of(db, [*wanted, *behind(run, wanted)])
        ranked = {one["technology"] for one in run.found["candidates"]} if run else set()
        judged = judge_pairs(db, actor, id, [one for one in wanted if one not in ranked])
        beside = desk.needs_beside(db, actor, one.programme, id)
        shut_out = desk.names_of_excluded(db, actor, run.evidence["wanted"].get("excluded", ())) if run else {}
        draft = kept_form(db, actor, f"desk.search:{id}")
        if faults:
            draft = replace(draft, sent=request.form.to_dict(flat=False))
        asked = answers_by_match(interest.list_interest(db, actor, id))
        may = actor.in_programme(one.programme, EDITORS)
        glossary = _glossary(actor, one.programme)
    counts = _counts(run, found, waiting, told)
    told_beside = Beside(facts, judged, {one.technology: one for one in waiting})
    values = values_of("need", one, names)
    cards = [
        replace(card, asked=lines_of(asked, card.match.id, lists)) if card.match else card
        for card in cards_of(wanted, run, found, decisions, told_beside)
    ]
    if view == "shortlist":
        cards.sort(key=lambda card: not card.both)
    return render_template(
        "matching/desk.html",
        need=one,
        title=title,
        values=[value for value in values if value.field in _TOLD],
        figures=[pair_of(row) for row in one.figures],
        site=[(value.label, value.words) for value in values if value.field in _SITE],
        runs=told,
        run=run,
        latest=run is not None and run.id == told[0].id,
        view=view,
        tabs=[(gettext(words), _at(id, run, view=name), name == view, counts[name]) for name, words in VIEWS.items()],
        cards=cards,
        first=start + 1,
        every=counts["ranked"],
        next_url=_at(id, run, view=view, start=start + SHOWN)
        if len(wanted) == SHOWN and start + SHOWN < len(every)
        else "",
        first_url=_at(id, run, view=view) if start and view != "shortlist" else "",
        filters=say_filters(run.found["filters"], run.evidence["relaxed"]) if run else [],
        removed=_removed(run),
        without=say_without(run.evidence) if run else "",
        cut=_say_cut(run) if run else [],
        asked=relaxable(run),
        countries=[] if one.country else offer_countries(run),
        organisations=offer_organisations(run, facts, shut_out),
        levels=range(1, 10),
        licence=bool(run and run.evidence["wanted"].get("licence")),
        wants_licence=wants_licence(one.wanted_form),
        places=countries_from_here(),
        faults=faults,
        territory=(run.evidence["wanted"].get("territory") if run else None) or HERE,
        standards=", ".join(run.evidence["wanted"].get("standards", ())) if run else "",
        readiness=(run.evidence["wanted"].get("readiness") if run else None) or [one.readiness_low, one.readiness_high],
        say_range=say_range,
        draft=draft,
        beside=beside,
        may=may and one.merged_into is None,
        glossary=glossary,
        say_left_out=lambda left: [(gettext(FILTERS.get(name, name)), why) for name, why in left.items()],
        statuses=STATUSES,
    )


def _glossary(actor: Actor, programme: str) -> str:
    """Where the words stand that a programme's searches ask for in the other language; nothing for whoever cannot set them."""
    if not actor.in_programme(programme, GLOSSARY_SETTERS):
        return ""
    return url_for("programme_lists.show", programme=programme, list=GLOSSARY)


def _say_cut(run: Kept) -> list[str]:
    """Where a run had more than its list has, that it did, and what to do to see the others."""
    listed, compared = len(run.found["candidates"]), len(run.evidence["candidates"])
    said = []
    if run.most <= listed < compared - _removed(run) - len(behind(run, _wanted("ranked", run, [], []))):
        said.append(gettext("Only the %(count)s best are listed.", count=listed))
    if compared >= CANDIDATES:
        most = gettext(
            "Only the %(count)s closest records were compared. Narrow the search to see others.",
            count=compared,
        )
        said.append(most)
    return said


def _at(need: str, run: Kept | None, *, view: str = "ranked", start: int = 0) -> str:
    return url_for(
        "desk.show",
        need=need,
        view=view if view != "ranked" else None,
        run=run.id if run and request.args.get("run") else None,
        start=start or None,
    )


def _run(db: Connection, actor: Actor, told: Sequence[RunTold], chosen: str) -> Kept | None:
    """The run that is looked at: the one that is named, else the newest. Raises NotFound for one of another need."""
    if not told:
        return None
    if chosen and chosen not in {one.id for one in told}:
        raise NotFound("match")
    return runs.read_run(db, actor, chosen or told[0].id)


def _start(every: int) -> int:
    """After how many ranks the page begins."""
    said = request.args.get("start", "")
    start = int(said) // SHOWN * SHOWN if said.isdecimal() and len(said) < 5 else 0
    return start if start < every else 0


def _is_proposed(match: Match) -> bool:
    over = match.case or match.refused_at or match.expired_at or match.need.ended or match.technology.ended
    return not over and match.shortlisted_at is None


def _of_view(view: str, found: Sequence[Match]) -> list[Match]:
    """The matches that a view shows, by their score."""
    if view == "shortlist":
        return [one for one in found if one.shortlisted_at and not one.case]
    if view == "proposed":
        return [one for one in found if _is_proposed(one)]
    return [one for one in found if one.refused_at] if view == "refused" else []


def _wanted(view: str, run: Kept | None, found: Sequence[Match], waiting: Sequence[Proposal]) -> list[str]:
    """The technologies of a view, in their order; of those that wait those of the highest score first, whoever proposed them."""
    if view == "ranked":
        return [one["technology"] for one in run.found["candidates"]] if run else []
    scored = [(float(one.score) if one.score else -math.inf, one.technology.id) for one in _of_view(view, found)]
    if view == "proposed":
        scored += [(one.share, one.technology) for one in waiting]
        scored.sort(key=lambda each: -each[0])
    return list(dict.fromkeys(id for _, id in scored))


def _counts(
    run: Kept | None, found: Sequence[Match], waiting: Sequence[Proposal], told: Sequence[RunTold]
) -> dict[str, int]:
    return {
        view: len(_wanted(view, run, found, waiting)) for view in ("ranked", "shortlist", "proposed", "refused")
    } | {
        "runs": len(told),
    }


def _removed(run: Kept | None) -> int:
    """How many candidates the filters of a run removed."""
    if run is None:
        return 0
    failed = failed_of(run.evidence)
    return sum(1 for names in failed.values() if set(names) - run.evidence["relaxed"].keys())


@blueprint.get("/match-runs/<uuid:run>/replay")
def replay(run: UUID) -> str:
    """A run made again of what it has kept, and whether it is the same list."""
    with page_transaction() as (db, actor):
        kept = runs.read_run(db, actor, str(run))
        told = runs.replay_run(db, actor, str(run))
        layout.use_calendar(calendar_of(db, kept.programme))
        need = catalogue.titles_of(db, actor, "need", {kept.need})[kept.need]
        glossary = _glossary(actor, kept.programme)
        moved = {id for _, ids in runs.differences_of(kept) for id in ids}
        titles = catalogue.titles_of(db, actor, "technology", moved)
        decided = say_decisions(kept, with_names(db, runs.read_decisions(db, kept)), read_lists(db, kept.programme))
    weights = runs.weights_told(kept.evidence)
    return render_template(
        "matching/replay.html",
        run=kept,
        told=told,
        need=need,
        glossary=glossary,
        decided=decided,
        weights={"version": weights["version"], "named": _named(weights["values"])},
        differences=[
            (gettext(_DIFFERS[what]), [titles[id] for id in ids if id in titles])
            for what, ids in runs.differences_of(kept)
        ],
    )


def _named(weights: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(gettext(WEIGHT_NAMES[name]), value) for name, value in weights.items()]


#: What differs in a run that is made again, in the reader's words.
_DIFFERS = {
    runs.MOVED: N_("Another order, or other candidates."),
    runs.OTHERWISE: N_("The same candidates in the same order, with other scores, filters or reasons."),
    runs.CHANGED: N_("What was kept is not what the run had kept: words were erased, or somebody changed it."),
}


@blueprint.post("/needs/<uuid:need>/desk")
def search(need: UUID) -> Response:
    """Search for the need, and keep what is found; filters may be left out, each with a reason."""
    id, sent = str(need), request.form
    # The first search of a process reads it, and no transaction waits meanwhile.
    make_ready()
    relaxed = {name: why for name in FILTERS if (why := sent.get(f"leave.{name}", "").strip()[:1000])}
    try:
        with page_transaction() as (db, actor):
            runs.start_run(
                db,
                actor,
                id,
                said=sent.get("said", "")[:10_000] or None,
                wanted=wanted_of(sent),
                relaxed=relaxed,
                most=RANKED,
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        faults = {name.removeprefix("filters."): fault for name, fault in say_faults(refusal).items()}
        return make_response(_desk(id, faults), 422)
    flash(gettext("Searched: the run is kept, with what it found and why."))
    return redirect(url_for("desk.show", need=need), 303)
