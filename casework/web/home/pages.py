"""The home page: what to do next, by when, and who is being waited for; and what supervisors look after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.json_values import JsonValue
from casework.operations.core.paging import Page
from casework.operations.core.perform import home_calendar
from casework.operations.mediations.unsealing import list_unsealings
from casework.operations.messages.mentions import list_mentions
from casework.operations.oversight.case_hygiene import show_case_hygiene
from casework.operations.oversight.forecast import MOST as MOST_AT_RISK
from casework.operations.oversight.forecast import list_at_risk
from casework.operations.oversight.views import Breach
from casework.operations.referrals import inbox
from casework.operations.tasks import my_work, workload
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import list_placed_tasks
from casework.operations.tasks.tasks_of_absent import list_for_absent
from casework.operations.tasks.views import MarkedPlacedTask
from casework.web.shell import layout
from casework.web.shell.i18n import N_
from casework.web.shell.navigation import OFFICES, PROVIDERS, has_page
from casework.web.shell.session import current_actor, list_transaction, only
from casework.web.shell.staffing_words import say_risks
from casework.web.shell.task_links import case_url
from casework.web.tasks.allocation_pages import queues_to_choose
from casework.web.tasks.skill_pages import people_with_skills

blueprint = Blueprint("home", __name__)

TABS = {
    "open": N_("To do"), "overdue": N_("Overdue"), "today": N_("Today"), "week": N_("This week"),
    "waiting": N_("Waiting for others"), "hold": N_("On hold"),
}  # fmt: skip
DECISIONS = {
    "plans": N_("Plans"), "waivers": N_("Waivers"), "conflicts": N_("Conflicts of interest"), "closings": N_("Closings and stops"),
    "proposals": N_("Waiting for a second person"), "others": N_("Other decisions"),
}  # fmt: skip
#: What breaches case hygiene, and what to press; of a task the task is named before.
BREACHES = {
    "no_owner": N_("Nobody owns it. Open the case and let an officer take it."),
    "owner_left": N_("Its owner is not an officer here any more. Hand it over."),
    "no_action": N_("No next action has a date. Take its next step, or add a task."),
    "waits_for_nobody": N_("It is on hold, and nobody knows for whom. Resume it, or hold it anew."),
    "holder_left": N_("held by somebody who may not do it any more. Have an "
        "administrator end that person's role, which gives the task back."),
    "nobody_may": N_("nobody may do it. Have an administrator give somebody the role, or name another provider."),
    "left_open": N_("still open, though what it belongs to has ended. Drop it, or tell those who run Casework."),
    "no_clock": N_("has a date and no clock that goes there. Tell those who run Casework."),
    "stands_still": N_("its clock stands still for no reason. Tell those who run Casework."),
    "copies_out": N_("A provider whose access to papers ended more than 30 days ago has not said what became of its copies. Ask it."),
    "late": N_("its clock should have fired already. Ask those who run Casework whether a worker is running."),
}  # fmt: skip
#: Rows of what others must do that stand below one's own.
BELOW = 5


@blueprint.get("/")
def show() -> Response | str:
    """By role; whoever has several roles has the home of the first that fits."""
    roles = current_actor().roles()
    for wanted, page in HOMES:
        if roles & wanted:
            return page()
    for role, endpoint in ELSEWHERE:
        if role in roles and has_page(endpoint):
            return redirect(url_for(endpoint), 303)
    return render_template("home/nothing.html")


def my_work_page() -> str:
    tab, cursor = request.args.get("tab", "open"), request.args.get("cursor")
    tab = tab if tab in TABS else "open"
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        counts = my_work.count_work(db, actor)
        held = my_work.list_holds(db, actor) if tab == "hold" else []
        resting = my_work.list_resting(db, actor) if tab == "hold" else []
        listed = my_work.list_work(db, actor, tab=tab, cursor=cursor) if tab != "hold" else Page(items=[])
        others: list[MarkedPlacedTask] = []
        if tab == "open" and not cursor:
            others = my_work.list_work(db, actor, tab="waiting", limit=BELOW).items
        queues = count_queues(db, actor)
        mentions = list_mentions(db, actor, unread=True).items if tab == "open" and not cursor else []
        first = my_work.first_due(db, actor) if not listed.items else None
        absent = list_for_absent(db, actor) if tab == "open" and not cursor else []
        decides = tab == "open" and not cursor and bool(actor.roles() & set(workload.DECIDING))
        decisions = (
            [decision for decision in workload.list_decisions(db, actor) if not decision.asked_by_oneself]
            if decides
            else []
        )
    return render_template(
        "home/show.html",
        tab=tab,
        rows=listed.items,
        held=held,
        resting=resting,
        others=others,
        counts=counts,
        absent=absent,
        decisions=decisions[:BELOW],
        to_decide=len(decisions),
        tabs=_tabs(tab, counts),
        first=first,
        mentions=mentions,
        to_take=sum(queue.count for queue in queues),
        more_to_take=any(queue.count >= queue.most for queue in queues),
        next_url=url_for("home.show", tab=tab, cursor=listed.next) if listed.next else "",
        first_url=url_for("home.show", tab=tab) if cursor else "",
    )


def _tabs(tab: str, counts: Mapping[str, int]) -> list[tuple[JsonValue, ...]]:
    tabs: list[tuple[JsonValue, ...]] = [
        (gettext(words), url_for("home.show", tab=None if name == "open" else name), name == tab, counts[name])
        for name, words in TABS.items()
    ]
    return [*tabs, (gettext("Done"), url_for("tasks.done"), False)]


def offers_page() -> str:
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        if calendar := inbox.inbox_calendar(db, actor):
            layout.use_calendar(calendar)
        listed = inbox.list_inbox(db, actor, tab="offers", cursor=cursor)
        counts = inbox.count_inbox(db, actor)
        mentions = list_mentions(db, actor, unread=True).items if not cursor else []
        absent = list_for_absent(db, actor) if not cursor else []
        mine = list_placed_tasks(db, actor, view="queue", limit=BELOW).items if not listed.items else []
    return render_template(
        "referrals/index.html",
        tab="offers",
        rows=listed.items,
        counts=counts,
        counted_to=inbox.counted_to(actor),
        tasks=mine,
        mentions=mentions,
        absent=absent,
        next_url=url_for("home.show", cursor=listed.next) if listed.next else "",
        first_url=url_for("home.show") if cursor else "",
    )


@blueprint.get("/decisions")
@only(*workload.DECIDING)
def decisions() -> str:
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        waiting = workload.list_decisions(db, actor)
        sealed = [item for item in list_unsealings(db, actor).items if item.decides]
    groups = [
        (gettext(words), [decision for decision in waiting if decision.decides == kind])
        for kind, words in DECISIONS.items()
    ]
    return render_template(
        "home/decisions.html",
        sealed=sealed,
        groups=[(words, rows) for words, rows in groups if rows],
        count=len(waiting),
        most=workload.MOST,
    )


@blueprint.get("/team")
@only(Role.SUPERVISOR)
def team() -> str:
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        listing = workload.list_team(db, actor)
        queues = queues_to_choose(db, actor, of_organisations=False)
        people = people_with_skills(db, actor, of_organisations=False)
    several = len({item.programme for item in listing.items}) > 1
    return render_template(
        "home/team.html",
        rows=listing.items,
        unowned=listing.unowned,
        left=listing.left,
        several=several,
        queues=queues,
        people=people,
        many=len({queue.scope.id for queue in queues}) > 1,
    )


@blueprint.get("/case-hygiene")
@only(Role.SUPERVISOR)
def case_hygiene() -> str:
    with list_transaction() as (db, actor):
        breaking = show_case_hygiene(db, actor)
        risky = list_at_risk(db, actor)
    rows = [(case, [(breach, _repair(case.number, breach)) for breach in case.breaches]) for case in breaking.items]
    return render_template(
        "home/case_hygiene.html",
        rows=rows,
        count=breaking.count,
        at=breaking.at,
        days=breaking.days,
        breaches=BREACHES,
        risks=[(case, say_risks(prospect)) for case, prospect in risky],
        most=MOST_AT_RISK,
    )


def _repair(number: str, breach: Breach) -> str:
    """The page on which a breach is repaired."""
    task = breach.task
    if breach.kind == "owner_left":
        return url_for("cases.hand_over", number=number)
    if task is not None and task.type != "step":
        return url_for("tasks.show", task=task.id)
    return case_url(number)


#: Whose home is which page, the first that fits.
HOMES: tuple[tuple[frozenset[str], Callable[[], str]], ...] = ((OFFICES, my_work_page), (PROVIDERS, offers_page))
#: Those whose home is a page that has an address of its own.
ELSEWHERE = (
    (Role.AUDITOR, "audit.home"), (Role.ADMINISTRATOR, "administration.people"), (Role.MANAGER, "cases.index"),
    (Role.OBSERVER, "cases.index"),
)  # fmt: skip
