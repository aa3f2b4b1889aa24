"""Where a task is done: the address that its row in a list leads to, and the words on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine.analysis.decisions import answers_of
from casework.engine.analysis.ways import ends_more, ways_from
from casework.engine.definition.editions import Edition, do_key
from casework.engine.definition.grammar import PREVIOUS_STEP
from casework.engine.parts import AT_WORK, MAIN
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.operations.core.views import TaskKey
from casework.operations.deadlines.words import Progress, say_used
from casework.operations.referrals.views import InboxRow, ReferralView, SideToDo
from casework.operations.tasks.views import Decision, ListedTask, PlacedTask, WaitsForSomebody
from casework.permissions.actors import READS_ALL
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import barred, capacities
from casework.web.shell import dates
from casework.web.shell.i18n import N_, edition_text, listed, role_name
from casework.web.shell.layout import clock, due_element
from casework.web.shell.navigation import PROVIDERS, has_page
from casework.web.shell.reader_language import SPEECH
from casework.web.shell.session import current_actor
from casework.web.shell.values import body_name, party_name, service_name

QUEUES = {"intake": N_("new cases"), Role.PROVIDER: N_("provider"), Role.PROVIDER_LEAD: N_("provider's lead")}


def queue_name(code: str) -> str:
    """What a queue is called: by the role that works it."""
    return gettext(QUEUES[code]) if code in QUEUES else role_name(code)


def waits_for(task: PlacedTask) -> str:
    """Who must do a task: a person or an organisation by name, else the role whose queue it lies in."""
    who = task.waits_for
    return isinstance(who, WaitsForSomebody) and who.name or capital(queue_name(task.queue))


def capital(words: str) -> str:
    """The first letter a capital, the others as they are: names have capitals of their own."""
    return words[:1].upper() + words[1:]


def kind_words(name: str, editions: Iterable[Edition]) -> str:
    """What tasks of one name are about, in the words of the first edition that knows them."""
    decided = f"transitions.{name.removeprefix('decide_')}.do"
    for edition in editions:
        rules = [f"tasks.{rule.key}" for rule in edition.tasks.values() if rule.name == name]
        for key in (*rules, f"states.{name}.do", decided):
            if key in edition.texts:
                words = edition_text(edition, key)
                return gettext("Decide: %(do)s", do=words) if key == decided else words
    return name.replace("_", " ")


def do_words(task: TaskKey) -> str:
    """What is to be done."""
    return edition_text(load_library()[task.edition or ""], do_key(task.type, task.rule))


def task_words(task: TaskKey) -> str:
    """What is to be done, and about which party."""
    words = do_words(task)
    return f"{words} · {party_name(task.about)}" if task.about in ("need_owner", "technology_owner") else words


def from_whom(task: ListedTask) -> str:
    """Who asked for a task, or whose action opened a decision: a person by name or the reader; else the step, or nobody at all."""
    opener = task.opened_by if isinstance(task, Decision) else None
    asker = task.handed.by if task.handed is not None else task.initiator or opener
    if asker is None or not asker.name:
        return gettext("by the step") if task.type == "step" else ""
    return gettext("You") if asker.id == current_actor().person else asker.name


def about_words(task: ListedTask) -> str:
    """What of its case a task belongs to: the step of the case itself, else the service or the other track."""
    edition = load_library()[task.edition]
    if edition.part == MAIN:
        step = edition.states[task.rule].step if task.type == "step" else None
        return gettext(step) if step and step != PREVIOUS_STEP else ""
    return capital(edition_text(edition, "title"))


def why_here(task: ListedTask) -> str:
    """Why a task stands where it does in its queue."""
    if task.turn.by == "due":
        place = gettext("by its due date")
    else:
        place = gettext("by its age, since %(day)s", day=dates.say_moment(task.opened_at, clock()))
    if task.priority == "high":
        return gettext("%(place)s, a week earlier for its high priority", place=place)
    if task.priority == "low":
        return gettext("%(place)s, a week later for its low priority", place=place)
    return place


def task_url(task: PlacedTask, case: Case | None = None) -> str:
    """Where a task is done, never the top of a page; of a case that is at hand, where the reader sees it who does not do it.

    What is decided has the page of decisions. A step of a referral that can be answered in several ways is done on the
    referral's page, where one reads what was asked or delivered; any other on the form of the first action that does it, which
    names the others. What is followed until it ends opens where it stands, not the form that ends it. All else has a page of its own.
    """
    if _decides(task, case):
        return url_for("decisions.show", task=task.id)
    if task.type != "step":
        return url_for("tasks.show", task=task.id)
    edition = load_library()[task.edition]
    ways = () if _outside(case) else ways_from(edition, task.rule, _roles(task, case))
    if not ways or (_in_referral(task, case) and len(ways) > 1) or ends_more(edition, task.rule, ways[0]):
        return standing_url(task, case)
    if task.case is None:
        return url_for("mediations.action", mediation=task.log, track=task.track, name=ways[0])
    return url_for("cases.act", number=task.case.number, track=task.track, transition=ways[0])


def _roles(task: PlacedTask, case: Case | None) -> Collection[Role]:
    """In which roles the reader works on a task: those in its case while it is open, or any where no case is at hand."""
    actor = current_actor()
    if case is None:
        return actor.roles()
    kept = case.tasks.get(task.id)
    if kept is None or not kept.open or barred(actor, case) is not None:
        return ()
    return {by.role for by in capacities(actor, case, case.tracks[task.track]) if by.role is not None}


def _decides(task: PlacedTask, case: Case | None) -> bool:
    """Whether a task is answered on the page of decisions; what is prepared or reviewed for somebody else is filled in."""
    if _outside(case) or task.handed is not None and task.handed.how in _PREPARES and task.type == "side":
        return False
    return bool(answers_of(load_library()[task.edition], task.type, task.rule))


#: Whoever has it is to fill it in or to look at it for another person, who answers.
_PREPARES = frozenset({"delegated", "review_asked"})


def standing_url(task: PlacedTask, case: Case | None = None) -> str:
    """Where on the page of a case, a referral or a mediation it stands what a task belongs to."""
    if _in_referral(task, case):
        return url_for("referrals.show", referral=task.referral, _anchor="do")
    main = task.case is not None and load_library()[task.edition].part == MAIN
    return f"{place_url(task, case)}#{'next' if main else f'track-{task.track}'}"


def place_url(task: PlacedTask, case: Case | None = None) -> str:
    """The page of the case, the referral or the mediation that a task belongs to."""
    if _outside(case):
        return url_for("referrals.show", referral=task.referral)
    if task.case is None:
        return url_for("mediations.show", mediation=task.log)
    return case_url(task.case.number)


def _in_referral(task: PlacedTask, case: Case | None) -> bool:
    """Whether a task is done, or waited for, on the page of a referral: there stands what was asked and delivered."""
    return task.referral is not None and (_outside(case) or task.case is not None)


def _outside(case: Case | None = None) -> bool:
    """Whether the reader works for a provider, and so knows referrals alone: of a case at hand, or wherever."""
    if case is not None:
        return sight(current_actor(), case) < Sight.ALL
    roles = current_actor().roles()
    return bool(roles & PROVIDERS) and not roles & READS_ALL


def case_url(number: str) -> str:
    """The page of a case, or a search for it."""
    return url_for("cases.show", number=number) if has_page("cases.show") else url_for("search.show", q=number)


# --- words of lists --------------------------------------------------------------------------------------------------


def hold_name(code: str | None) -> str:
    """Whom a case on hold waits for, in the words of the form that says so."""
    edition = load_library().playing(MAIN)
    key = f"forms.Hold.waits_for.choices.{code}"
    if code is None or edition is None or key not in edition.texts:
        return gettext("nobody knows whom")
    return edition_text(edition, key)


def states_words(edition: str, states: Iterable[str]) -> str:
    return listed(edition_text(load_library()[edition], f"states.{leaf}") for leaf in states)


def referral_status(referral: ReferralView) -> str:
    """A referral in one line: the service's own state while it is worked on, else the referral's."""
    words = states_words(referral.edition, referral.states)
    live = [track for track in referral.service if not track.replaced and not track.ended]
    if live and load_library()[referral.edition].stands(AT_WORK, referral.states):
        return f"{words} · {states_words(live[-1].edition, live[-1].states)}"
    return words


def inbox_status(row: InboxRow) -> str:
    """The same of a row in a provider's list."""
    words = states_words(row.edition, row.states)
    if row.service_edition and load_library()[row.edition].stands(AT_WORK, row.states):
        return f"{words} · {states_words(row.service_edition, row.service_states)}"
    return words


def clock_words(side: SideToDo, *, theirs: bool = False) -> str | Markup:
    """What a side must do first, and how much of its time is used; whether it is the one across from the reader."""
    if side.first is None or side.due_at is None:
        return gettext("paused: it is our turn") if theirs else gettext("paused: the other side has its turn")
    return Markup('{} {} <span class="muted">({})</span>').format(
        task_words(side.first), due_element(side.due_at), used_words(side)
    )


def used_words(progress: Progress) -> str:
    """1 of 5 working days used."""
    return say_used(progress, SPEECH)


def last_day(until: str) -> str:
    """The last day of what ends with this moment."""
    reader_clock = clock()
    return reader_clock.day_of(dates.read_moment(until) - timedelta(minutes=1)).isoformat()


def is_late(due: str | None) -> bool:
    return due is not None and dates.is_late(due, clock())


def is_today(due: str) -> bool:
    """Whether it is due later today."""
    reader_clock = clock()
    return not dates.is_late(due, reader_clock) and reader_clock.day_of(due) == reader_clock.today


def here_with(**changed: str) -> str:
    """The address of this page with some of what it asks for changed; "" leaves it out."""
    asked = {**request.args.to_dict(), **changed}
    query = urlencode({name: said for name, said in asked.items() if said})
    return f"{request.path}?{query}" if query else request.path


#: For the templates.
WORDS: dict[str, Callable[..., Any]] = {
    "task_words": task_words, "task_url": task_url, "place_url": place_url, "case_url": case_url, "waits_for": waits_for,
    "queue_name": queue_name, "hold_name": hold_name, "referral_status": referral_status, "inbox_status": inbox_status,
    "states_words": states_words,
    "clock_words": clock_words, "used_words": used_words, "is_late": is_late, "capital": capital,
    "do_words": do_words,
    "service_name": service_name, "party_name": party_name, "today": lambda: clock().today, "last_day": last_day,
    "why_here": why_here, "from_whom": from_whom, "about_words": about_words, "body_name": body_name, "standing_url": standing_url,
    "is_today": is_today, "here_with": here_with, "office_today": lambda: clock().office_today,
}  # fmt: skip

__all__ = ["WORDS", "case_url", "place_url", "queue_name", "task_url", "task_words", "why_here"]
