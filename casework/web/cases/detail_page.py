"""The page of a case: what it is about, what comes next, where each track stands and whose turn it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import current_app, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine import parts
from casework.engine.definition.editions import Edition
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.errors import NotFound
from casework.operations.cases.about import show_about
from casework.operations.cases.case_events import last_events
from casework.operations.cases.case_links import linked_cases
from casework.operations.cases.event_views import RecentEvent
from casework.operations.cases.queries import describe_whole, find_case, outline_of
from casework.operations.cases.related_records import show_papers
from casework.operations.cases.views import CaseOutline, WholeCase
from casework.operations.core.i18n import KINDS_OF_RIGHTS
from casework.operations.core.unread import look
from casework.operations.deadlines.queries import explain_tasks
from casework.operations.documents.service import list_documents
from casework.operations.history.lanes import read_lanes
from casework.operations.history.past_cases import may_look_back
from casework.operations.messages.threads import list_threads
from casework.operations.oversight.prospects import read_prospect
from casework.operations.privacy.kept_cases import show_kept
from casework.operations.privacy.legal_holds import calendar_and_holds, may_place
from casework.operations.results.stories import WRITERS, went_well
from casework.permissions.visibility import Sight
from casework.web.cases.about import about_case
from casework.web.cases.action_groups import groups_of, refusals_of, withdrawals_of
from casework.web.cases.effect import effect_of
from casework.web.cases.lanes import lane_chart, names_of_tracks
from casework.web.cases.link_pages import say_links
from casework.web.cases.list_page import say_outcome
from casework.web.cases.next_step import (
    Choices,
    Held,
    Next,
    TaskLine,
    before_of,
    beside_of,
    choose,
    coming_of,
    held_of,
    next_of,
    outliving_of,
    task_lines,
    waits_of,
    yours_of,
)
from casework.web.cases.past_picker import picker_of
from casework.web.cases.progress import step_name, steps_of
from casework.web.deadlines.presenter import ledger
from casework.web.history.sentences import say_entry, say_join
from casework.web.messages.place import threads_of
from casework.web.shell.form_actions import Action, actions_in
from casework.web.shell.i18n import edition_text, listed, say
from casework.web.shell.layout import time_element, use_calendar
from casework.web.shell.links_in_words import places_on
from casework.web.shell.session import page_transaction
from casework.web.shell.staffing_words import say_risks
from casework.web.shell.task_links import queue_name
from casework.web.shell.values import (
    STANDING,
    STATUSES_OF_RIGHTS,
    Values,
    name_burden,
    paper_name,
    party_name,
    say_scope,
)

#: Tasks and documents that stand on the page; the others are one click away.
MOST_TASKS, MOST_DOCUMENTS = 6, 2


@dataclass(frozen=True)
class Button:
    """A link that looks like a button; its words end in … where a second person must agree."""

    words: str
    url: str


@dataclass(frozen=True)
class Box:
    """The buttons of the box at the top: one that comes first, and at most three beside it."""

    primary: Button | None
    beside: tuple[Button, ...]
    #: Actions that have a button, and so no place in the menu.
    shown: tuple[Action, ...]


def _box(
    case: WholeCase,
    following: Next | None,
    yours: TaskLine | None,
    chosen: Choices,
    held: Held | None,
    *,
    works: bool,
    rests: bool,
) -> Box:
    """What the reader does next: the task itself, else one that comes before it, else the way forward.

    Where a missing paper holds that up, it is handed in first; no way of another track stands in its place. Where the case `rests`
    until something begins by itself, nothing comes first.
    """
    number, primary = str(case.number), None
    if following and following.may_work and following.type != "step":
        primary = Button(gettext("Open the task"), _task_url(following.task, following.type))
    elif yours and ((following and following.may_work) or not chosen.primary):
        primary = Button(gettext("Open your task"), _task_url(yours.id, yours.type))
    elif held:
        primary = Button(gettext("Hand in: %(paper)s", paper=held.paper.name), _hand_in(number, held))
    # A way back stands beside, where it is all that is possible.
    shown = chosen.possible[:1] if not held else ()
    beside = [_act(action, number) for action in shown]
    if primary is None and beside and chosen.primary and not rests:
        primary = beside.pop(0)
    if works:
        beside.append(Button(gettext("Write a note"), url_for("messages.case_show", number=number)))
        if "register_document" in case.case_actions:
            url = url_for("documents.case", number=number, _anchor="hand-in")
            beside.append(Button(gettext("Add documents"), url))
    return Box(primary, tuple(beside), shown)


def _task_url(task: str, kind: str) -> str:
    return url_for("decisions.show" if kind == "decision" else "tasks.show", task=task)


def _hand_in(number: str, held: Held) -> str:
    then = url_for("cases.act", number=number, track=held.action.track, transition=held.action.name)
    return url_for("documents.case", number=number, kind=held.paper.kind, back=then, _anchor="hand-in")


def _act(action: Action, number: str) -> Button:
    words = gettext("Decide: %(do)s", do=action.label) if action.proposed else action.label
    if action.confirm_by and not action.proposed:
        words += " …"
    return Button(words, url_for("cases.act", number=number, track=action.track, transition=action.name))


@dataclass(frozen=True)
class Entry:
    """One of the last entries of the history, with who did it: ours, theirs or the system."""

    words: str
    who: str
    side: str
    acting_for: str | None
    #: When, and on which track.
    when: Markup


def side_of(event: RecentEvent) -> str:
    """Whose deed an entry is: ours, theirs or the system's."""
    if event.by_system:
        return "system"
    return "theirs" if event.role is not None and event.role in ORGANISATION_ROLES else "ours"


def _entry(event: RecentEvent, editions: Mapping[str, Edition], names: Mapping[str, str]) -> Entry:
    return Entry(
        say_entry(event, editions),
        gettext("system") if event.by_system or not event.actor else event.actor.name or "",
        side_of(event),
        (event.acting_for.name or gettext("somebody")) if event.acting_for else None,
        Markup(" · ").join(filter(None, (time_element(event.at), names.get(event.track or "", "")))),
    )


def _tabs(case: WholeCase, documents: int, messages: int, entries: int) -> list[tuple[str, str, bool, int | None]]:
    """The parts of a case: words, address, whether it is this page, and how much is there."""
    number, library = str(case.number), load_library()
    referrals = sum(library[track.edition].part == parts.REFERRAL for track in case.tracks)
    return [
        (gettext("Overview"), url_for("cases.show", number=number), True, None),
        (gettext("Tasks"), "#tasks", False, len(case.tasks)),
        (gettext("Documents"), url_for("documents.case", number=number), False, documents),
        (gettext("Referrals"), "#tracks", False, referrals),
        (gettext("Messages"), "#messages", False, messages),
        (gettext("History"), page_of(number, "history"), False, entries),
    ]


def page_of(number: str, part: str) -> str:
    """The address of another page of a case, "" while there is no such page."""
    rules = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    endpoint = rules.get(f"/cases/<number>/{part}") or rules.get(f"/cases/<string:number>/{part}")
    return url_for(endpoint, number=number) if endpoint else ""


def show(number: str) -> str:
    with page_transaction() as (db, actor):
        case, level = find_case(db, actor, number)
        if level == Sight.REFERRALS:
            # A provider's page is that of its referral.
            raise NotFound("case")
        calendar, holds = calendar_and_holds(db, actor, case)
        use_calendar(calendar)
        if level == Sight.OUTLINE:
            return _outline(outline_of(db, actor, case))
        shown = describe_whole(db, actor, case, calendar)
        papers, events = show_papers(db, actor, case), last_events(db, actor, case, limit=8)
        documents = list_documents(db, actor, case)
        next_task = shown.next_action.id if shown.next_action else ""
        why = explain_tasks(db, actor, case, [next_task] if next_task else []).get(next_task)
        supervises = actor.in_programme(case.programme, (Role.SUPERVISOR,))
        risks = say_risks(read_prospect(db, case)) if supervises else []
        threads = threads_of(list_threads(db, actor, case), number, case.log)
        looks_back = may_look_back(actor, case)
        about, lanes = show_about(db, actor, case), read_lanes(db, actor, case)
        follows = look(db, actor, case.log)
        linked = linked_cases(db, actor, case)
        kept = show_kept(db, actor, case, calendar)
    library = load_library()
    main = shown.tracks[0]
    edition = library[main.edition]
    actions = actions_in(actor, case, shown.actions)
    # Who only reads is not told what others may do.
    works = any(action.yours for action in shown.actions) or bool(set(shown.case_actions) - {"declare_interest"})
    names = names_of_tracks(shown)
    following = next_of(shown, names, actor.person)
    there = following.track if following else main.id
    steps = {task.track for task in shown.tasks if task.may_work and task.type == "step"}
    chosen = (
        choose(
            actions,
            shown.actions,
            main.id,
            there,
            steps,
            beside=beside_of(shown.tracks, there),
            outliving=outliving_of(shown.tracks, there),
        )
        if works
        else Choices()
    )
    tasks = task_lines(shown, actor.person, names)
    yours = yours_of(following, tasks, chosen)
    held = None if yours else held_of(following, chosen)
    coming = coming_of(following, tasks)
    box = _box(shown, following, yours, chosen, held, works=works, rests=coming is not None)
    others = request.args.get("actions") == "all"
    owner = shown.owner.name or "" if shown.owner else ""
    return render_template(
        "cases/show.html",
        case=shown,
        main=main,
        steps=steps_of(edition, main),
        next=following,
        yours=yours,
        held=held,
        coming=coming,
        before=None if yours or held else before_of(following, tasks, chosen),
        box=box,
        ledger=ledger(why),
        waits=waits_of(shown, edition),
        joins=[words for join in shown.joins if (words := say_join(join))],
        more=chosen.more,
        groups=[
            (group.title, [(item.words, item.url, item.danger) for item in group.items])
            for group in groups_of(chosen, number, main.id, names, allowed=shown.case_actions, shown=box.shown)
            + withdrawals_of(papers.consents, number, shown.case_actions)
        ],
        refusals=refusals_of(chosen, main.id, names, places_on(case, shown.requests), others=others),
        others=others,
        hidden_refusals=0 if others else len(chosen.of_others),
        works=works,
        about=about_case(about, names),
        effect=effect_of(shown.impacts),
        lanes=lane_chart(lanes, shown, calendar, owner),
        tasks=tasks,
        most_tasks=MOST_TASKS,
        requests=[
            replace(request, label=edition_text(library[case.tracks[request.track].edition], f"tasks.{request.rule}"))
            for request in shown.requests
        ],
        say=say,
        papers=papers,
        documents=sorted(documents, key=lambda document: document.registered_at, reverse=True)[:MOST_DOCUMENTS],
        tabs=_tabs(shown, len(documents), sum(row.count for _, _, row in threads), case.seq),
        threads=threads,
        events=[_entry(event, library.editions, names) for event in events],
        track_names=names,
        outcome=say_outcome(edition, shown.outcome, main.states[0]),
        state=listed(edition_text(edition, f"states.{leaf}") for leaf in main.states),
        follows=follows,
        linked=say_links(linked),
        links_more="link_case" in shown.case_actions,
        kept=kept,
        holds=holds,
        places_hold=may_place(actor, case.programme) and not supervises and case.removed_at is None,
        history=page_of(number, "history"),
        map=page_of(number, "map"),
        kinds=KINDS_OF_RIGHTS,
        name_burden=name_burden,
        say_scope=say_scope,
        say_money=Values().say,
        statuses=STATUSES_OF_RIGHTS,
        standing=STANDING,
        picker=picker_of(case.opened_at, calendar) if looks_back else None,
        adds_rights="add_rights" in shown.case_actions,
        removes_rights="remove_rights" in shown.case_actions,
        party_name=party_name,
        paper_name=paper_name,
        queue_name=queue_name,
        risks=risks,
        story=went_well(case) and case.removed_at is None and actor.in_programme(case.programme, WRITERS),
    )


def _outline(case: CaseOutline) -> str:
    edition = load_library()[case.edition]
    return render_template(
        "cases/outline.html",
        case=case,
        state=edition_text(edition, f"states.{case.state}"),
        step=step_name(case.step),
        outcome=say_outcome(edition, case.outcome, case.state),
    )
