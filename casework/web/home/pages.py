"""The home page: what to do next, by when, and who is being waited for; and what supervisors look after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.json_values import JsonValue
from casework.operations.audit.findings import list_mine
from casework.operations.core.perform import home_calendar
from casework.operations.matching.follow_up import list_mine_to_correct
from casework.operations.matching.interest_answers import list_answered
from casework.operations.mediations.unsealing import list_unsealings
from casework.operations.messages.mentions import list_mentions
from casework.operations.oversight.case_hygiene import show_case_hygiene
from casework.operations.oversight.follow_ups import count_follow_ups
from casework.operations.oversight.prospects import MOST as MOST_AT_RISK
from casework.operations.oversight.prospects import list_at_risk
from casework.operations.oversight.views import Breach
from casework.operations.referrals import inbox
from casework.operations.results.story_answers import list_answered_stories
from casework.operations.tasks import my_work, workload
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import list_placed_tasks
from casework.operations.tasks.tasks_of_absent import list_for_absent
from casework.operations.tasks.views import Decision, DueDay, WorkGroup, WorkOfAbsent
from casework.records.event_log import now
from casework.web.catalogue.correct_words import to_correct
from casework.web.shell import charts, layout
from casework.web.shell.dates import read_day, say_day
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.navigation import OFFICES, PROVIDERS, has_page
from casework.web.shell.session import current_actor, list_transaction, only
from casework.web.shell.staffing_words import say_risks
from casework.web.shell.task_links import case_url, last_day
from casework.web.tasks.allocation_pages import queues_to_choose
from casework.web.tasks.list_views import Group, counted, with_visit
from casework.web.tasks.skill_pages import people_with_skills

blueprint = Blueprint("home", __name__)

GROUPS = {
    "overdue": N_("Overdue"), "today": N_("Today"), "week": N_("This week"), "later": N_("Later"), "undated": N_("No date"),
    "waiting": N_("Waiting for others"), "snoozed": N_("Snoozed"), "frozen": N_("Frozen"),
}  # fmt: skip
NOTES = {
    "waiting": N_("you need not do anything unless they are late"), "snoozed": N_("they come back by themselves"),
    "frozen": N_("their clock stands still, or the case is on hold"),
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
    "waits_for_nobody": N_("It is on hold, and nobody knows for whom. Resume it, or put it on hold again with a reason."),
    "holder_left": N_("held by somebody who may not do it any more. Have an "
        "administrator end that person's role, which gives the task back."),
    "nobody_may": N_("nobody may do it. Have an administrator give somebody the role, or name another provider."),
    "left_open": N_("still open, though what it belongs to has ended. Drop it, or tell those who run Casework."),
    "no_clock": N_("has a date and no clock that goes there. Tell those who run Casework."),
    "stands_still": N_("its clock stands still for no reason. Tell those who run Casework."),
    "copies_out": N_("A provider whose access to papers ended more than 30 days ago has not said what became of its copies. Ask it."),
    "late": N_("its clock should have fired already. Ask those who run Casework whether a worker is running."),
}  # fmt: skip
ALL_TO_DO = N_("All to do")
#: Rows of decisions, and of records to put right, that stand above one's own work.
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
    return render_template("home/nothing.html", roles=roles)


def my_work_page() -> Response:
    """All of one's work in groups by time, the first tasks of each; or one group, page by page."""
    tab = request.args.get("tab", "")
    return with_visit(_one_group(tab) if tab in my_work.TABS else _all_groups())


def _all_groups() -> str:
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        moment = now(db)
        groups = my_work.list_groups(db, actor, calendar=calendar, moment=moment)
        held = my_work.list_holds(db, actor)
        weeks = my_work.count_days(db, actor, calendar=calendar, moment=moment) if groups else []
        queues = count_queues(db, actor)
        mentions = list_mentions(db, actor, unread=True).items
        first = my_work.first_due(db, actor) if not groups else None
        absent = list_for_absent(db, actor)
        wrong = list_mine_to_correct(db, actor)
        found = list_mine(db, actor, most=BELOW + 1)
        # All three are read by the engine: one after the other.
        answered = list_answered(db, actor)
        told = list_answered_stories(db, actor)
        followed = count_follow_ups(db, actor)
        decides = bool(actor.roles() & set(workload.DECIDING))
        decisions = [one for one in workload.list_decisions(db, actor) if not one.asked_by_oneself] if decides else []
    counts = {group.name: group.count for group in groups}
    mine = sum(counts.get(name, 0) for name in my_work.OWN)
    shown = [_asked_to_decide(decisions)] if decisions else []
    shown += [_group(group) for group in groups if group.name != "frozen"]
    frozen = next((group for group in groups if group.name == "frozen"), None)
    if frozen or held:
        shown.append(replace(_group(frozen or WorkGroup(name="frozen", items=[], count=0, most=1)), held=held))
    shown += [_of_absent(one) for one in absent]
    return render_template(
        "home/show.html",
        groups=shown,
        nothing=not mine,
        decides=bool(decisions),
        under=_under(counts, mine),
        strip=_strip(weeks),
        overdue=counts.get("overdue", 0),
        later=bool(counts.get("later")),
        first=first,
        mentions=mentions,
        answered=answered,
        wrong=to_correct(wrong[:BELOW]),
        wrong_url=url_for("desk.index", _anchor="wrong") if len(wrong) > BELOW else "",
        told=told,
        found=found[:BELOW],
        more_found=len(found) > BELOW,
        followed=followed,
        to_take=sum(queue.count for queue in queues),
        more_to_take=any(queue.count >= queue.most for queue in queues),
    )


def _under(counts: Mapping[str, int], mine: int) -> list[str]:
    """What stands under the heading: how much is to be done, how much of it is late, and who is waited for."""
    words = []
    if soon := sum(counts.get(name, 0) for name in ("overdue", "today", "week")):
        words.append(ngettext("One task to do this week", "%(num)d tasks to do this week", soon))
    if late := counts.get("overdue", 0):
        words.append(ngettext("one overdue", "%(num)d overdue", late))
    if mine:
        words.append(ngettext("one in all", "%(count)s in all", mine, count=counted(mine, my_work.MOST_COUNTED)))
    if waiting := counts.get("waiting", 0):
        words.append(ngettext("one waits for others", "%(num)d wait for others", waiting))
    return words


def _strip(weeks: Sequence[DueDay]) -> Markup:
    """Four weeks of days, each as high as what is due on it, and each number the way to that day in the calendar."""
    reader_clock = layout.clock()
    drawn = [
        charts.Day(
            label=say_day(read_day(day.day), reader_clock),
            count=day.count,
            mark=_mark(n, day),
            kind=charts.LATE if day.past else charts.OURS,
            off=not day.works,
            today=day.today,
            url=url_for("agenda.show", day=day.day, _anchor=f"day-{day.day}") if day.count else "",
        )
        for n, day in enumerate(weeks)
    ]
    due = sum(day.count for day in weeks)
    if not due:
        return Markup("")
    return charts.strip(drawn, ngettext("One task is due in these weeks", "%(num)d tasks are due in these weeks", due))


def _mark(n: int, day: DueDay) -> str:
    """What is written below a day: each Monday."""
    return say_day(read_day(day.day), layout.clock()) if n % 7 == 0 else ""


def _group(group: WorkGroup) -> Group:
    rest = group.count - len(group.items)
    more = ngettext("Show one more", "Show %(count)s more", rest, count=counted(rest, group.most - len(group.items)))
    return Group(
        id=group.name,
        title=gettext(GROUPS[group.name]),
        note=_note(group.name),
        kind="waiting" if group.name == "waiting" else "",
        rows=group.items,
        count=group.count or None,
        url=url_for("home.show", tab=group.name) if rest > 0 else "",
        more=more if rest > 0 else "",
    )


def _note(name: str) -> str:
    return gettext(NOTES[name]) if name in NOTES else ""


def _asked_to_decide(decisions: Sequence[Decision]) -> Group:
    more = len(decisions) > BELOW
    return Group(
        id="decide",
        title=gettext("Waits for your decision"),
        rows=decisions[:BELOW],
        count=len(decisions),
        most=workload.MOST,
        url=url_for("home.decisions") if more else "",
        more=gettext("All decisions") if more else "",
    )


def _of_absent(work: WorkOfAbsent) -> Group:
    return Group(
        id=f"for-{work.person.id}",
        title=gettext(
            "For %(name)s, away until %(day)s",
            name=name_of(work.person),
            day=say_day(read_day(last_day(work.until)), layout.clock()),
        ),
        rows=work.items,
        count=len(work.items),
        note="" if work.items else gettext("Nothing waits there now."),
    )


def _one_group(tab: str) -> str:
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        listed = my_work.list_work(db, actor, tab=tab, cursor=cursor)
        counts = my_work.count_work(db, actor)
        held = my_work.list_holds(db, actor) if tab == "frozen" and not cursor else []
        found = list_mine(db, actor, most=BELOW + 1) if tab == "open" and not cursor else []
    title = gettext(GROUPS.get(tab, ALL_TO_DO))
    group = Group(
        id=tab, title="", rows=listed.items, held=held, kind="waiting" if tab == "waiting" else "", note=_note(tab)
    )
    return render_template(
        "home/group.html",
        title=title,
        group=group,
        pills=_pills(tab, counts),
        found=found[:BELOW],
        more_found=len(found) > BELOW,
        next_url=url_for("home.show", tab=tab, cursor=listed.next) if listed.next else "",
        first_url=url_for("home.show", tab=tab) if cursor else "",
    )


def _pills(tab: str, counts: Mapping[str, int]) -> list[tuple[JsonValue, ...]]:
    """The groups beside each other, each with its count; one that has nothing is left out."""
    pills: list[tuple[JsonValue, ...]] = [
        (gettext(words), url_for("home.show", tab=name), name == tab, counts[name])
        for name, words in {"open": ALL_TO_DO, **GROUPS}.items()
        if counts[name] or name == tab
    ]
    return [*pills, (gettext("Done"), url_for("tasks.done"), False)]


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
        groups=[Group(id="", title=words, rows=rows, count=len(rows)) for words, rows in groups if rows],
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
HOMES: tuple[tuple[frozenset[str], Callable[[], Response | str]], ...] = (
    (OFFICES, my_work_page),
    (PROVIDERS, offers_page),
)
#: Those whose home is a page that has an address of its own.
ELSEWHERE = (
    (Role.AUDITOR, "audit.home"), (Role.ADMINISTRATOR, "administration.people"), (Role.MANAGER, "cases.index"),
    (Role.OBSERVER, "cases.index"),
)  # fmt: skip
