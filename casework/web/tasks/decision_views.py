"""A decision as its page shows it: each answer with its words, what it asks for, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext, ngettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine import parts
from casework.engine.analysis.decisions import AGREE, COMPLETE, CONFIRM, FIRE, REFUSE, VALUE, Answer, opened_by
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.state.case import Case, Task
from casework.json_values import JsonMapping
from casework.operations.cases.action_views import NeededPaper
from casework.operations.core.event_views import FilledIn, FormKey
from casework.operations.history.decisions import DecisionView, OpenAnswer, rule_of
from casework.operations.history.views import HistoryEntry
from casework.operations.tasks.views import Asked
from casework.web.history.sentences import Told, say_entry, say_fields
from casework.web.shell.dates import say_day
from casework.web.shell.forms import FormView
from casework.web.shell.i18n import N_, edition_text, listed, say, sentences
from casework.web.shell.layout import clock
from casework.web.shell.task_links import capital
from casework.web.shell.values import service_name
from casework.web.tasks.decision_forms import Forms, place_of

#: What an effect of a proposal, or of its refusal, does, as whoever decides must know it.
EFFECTS = {
    "freeze": N_("Since it was asked for, nothing goes out of the case."),
    "thaw": N_("What has stood still since it was asked for goes on."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """One answer, and so one button."""

    code: str
    words: str
    #: What the reader is told in the heading over what follows: "If you approve the plan".
    follows: tuple[str, ...]
    #: What it asks for that no other answer does.
    form: FormView | None
    needs_reason: bool
    takes_reason: bool
    why_not: tuple[str, ...]
    consequence: str
    kind: str
    id: str
    #: Before the names of what is sent with it alone.
    within: str
    #: It agrees to what was proposed: of its form only what is missing is asked.
    agrees: bool
    #: It decides something else than was proposed, and is folded away below the answers to that.
    otherwise: bool

    @property
    def possible(self) -> bool:
        return not self.why_not


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What was asked or answered before."""

    who: str
    at: str
    words: str | Markup
    said: tuple[str | Markup, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What the rule asks for, and whether it is so."""

    conditions: tuple[tuple[str, bool], ...]
    papers: tuple[NeededPaper, ...]

    @property
    def met(self) -> int:
        return sum(holds for _, holds in self.conditions) + sum(paper.state == "there" for paper in self.papers)

    @property
    def all_of_it(self) -> int:
        return len(self.conditions) + len(self.papers)


# --- words -----------------------------------------------------------------------------------------------------------


def words_of(edition: Edition, answer: Answer) -> str:
    """What the button of an answer says."""
    if answer.kind == REFUSE:
        return gettext("Do not agree")
    for key in answer.words:
        if key in edition.texts:
            words = edition_text(edition, key)
            if answer.kind in (CONFIRM, AGREE):
                return gettext("Agree: %(do)s", do=words)
            return gettext("Do not agree: %(do)s", do=words) if answer.kind == FIRE and answer.refuses else words
    question = edition_text(edition, f"forms.{answer.form}.{answer.name}.label")
    said = gettext("Yes") if answer.value is True else gettext("No") if answer.value is False else str(answer.value)
    return f"{question} {said}"


def done_words(edition: Edition, task: Task, answer: Answer) -> str:
    """What was done by an answer: "You granted the waiver."; "" where the edition has no words for it."""
    value = {True: "yes", False: "no"}[answer.value] if isinstance(answer.value, bool) else str(answer.value)
    key = {
        AGREE: f"transitions.{answer.name}.done",
        FIRE: f"transitions.{answer.name}.done",
        VALUE: f"forms.{answer.form}.{answer.name}.done.{value}",
        COMPLETE: f"tasks.{task.rule}.done",
    }.get(answer.kind, "")
    return gettext("You %(done)s.", done=edition_text(edition, key)) if key in edition.texts else ""


def _standing(case: Case, task: Task) -> dict[str, str]:
    """What the answer moves, and where it stands."""
    track = case.tracks[task.track]
    home = load_library()[track.edition]
    named = {parts.MAIN: gettext("The case"), parts.REFERRAL: gettext("The referral")}
    return {
        "what": named.get(home.part) or capital(service_name(track.kind)),
        "here": listed(edition_text(home, f"states.{leaf}") for leaf in track.states),
    }


def follows(edition: Edition, case: Case, task: Task, answer: Answer, view: DecisionView) -> list[str]:
    """What follows from an answer: where it leads, what it opens, who hears of it."""
    if answer.kind in (CONFIRM, AGREE, FIRE):
        return _if_done(edition, case, task, answer)
    standing = _standing(case, task)
    if answer.kind == REFUSE:
        asker = view.asked.actor.name if view.asked else None
        lines = [
            gettext(
                "%(what)s stays at “%(here)s”, and %(name)s is notified.",
                name=asker or gettext("who asked"),
                **standing,
            )
        ]
        rule = rule_of(edition, answer.name)
        return lines + [gettext(EFFECTS[effect]) for effect in rule.refusal_effects if effect in EFFECTS]
    lines = [gettext("%(what)s stays at “%(here)s”.", **standing)]
    consequence = f"forms.{answer.form}.{answer.name}.consequence"
    if answer.value is True and consequence in edition.texts:
        lines.append(edition_text(edition, consequence))
    lines += _opened(edition, task, answer)
    if task.type == "side" and edition.tasks[task.rule].answers:
        lines.append(gettext("The provider and the officer are notified."))
    return lines


def _if_done(edition: Edition, case: Case, task: Task, answer: Answer) -> list[str]:
    rule, standing = rule_of(edition, answer.name), _standing(case, task)
    if rule.target == "=same":
        lines = [gettext("%(what)s stays at “%(here)s”.", **standing)]
    elif rule.target == "=previous":
        lines = [gettext("%(what)s returns to its earlier state.", what=standing["what"])]
    else:
        there = edition_text(edition, f"states.{rule.target}")
        lines = [gettext("%(what)s goes from “%(here)s” to “%(there)s”.", there=there, **standing)]
        if limit := _limit(edition, rule.target):
            lines[0] = sentences((lines[0], gettext("Limit there: %(limit)s.", limit=limit)))
    consequence = f"transitions.{rule.name}.consequence"
    if consequence in edition.texts and not rule.proposal_effects:
        lines.append(edition_text(edition, consequence))
    return lines + _cancelled(case, rule) + _opened(edition, task, answer)


def _cancelled(case: Case, rule: TransitionRule) -> list[str]:
    """The requests that nobody was sent yet, where they end with it."""
    library = load_library()
    unsent = [
        service_name(track.kind)
        for track in case.live_tracks()
        if track.is_referral and library[track.edition].stands(parts.UNSENT, track.states)
    ]
    if not unsent or not any(where == "unsent" for where, _ in rule.also):
        return []
    return [gettext("Cancelled, for the request was not sent: %(services)s.", services=listed(unsent))]


def _limit(edition: Edition, state: str) -> str:
    due = edition.states[state].due
    if due is None or due["since"]:
        return ""
    if due["unit"] == "wd":
        return ngettext("%(num)d working day", "%(num)d working days", due["n"])
    if due["unit"] == "mo":
        return ngettext("%(num)d month", "%(num)d months", due["n"])
    return ngettext("%(num)d calendar day", "%(num)d calendar days", due["n"])


def _opened(edition: Edition, task: Task, answer: Answer) -> list[str]:
    kinds: dict[str, list[str]] = {"task": [], "referral": []}
    for item in opened_by(edition, task.type, task.rule, answer):
        if item["open"] == "task":
            kinds["task"].append(edition_text(edition, f"tasks.{item['task']}"))
        elif item["open"] == "referral":
            kinds["referral"].append(service_name(item["service"]))
    lines = []
    if kinds["task"]:
        lines.append(gettext("New tasks: %(tasks)s.", tasks=listed(dict.fromkeys(kinds["task"]))))
    if kinds["referral"]:
        lines.append(
            gettext(
                "A request is prepared where the plan names a provider: %(services)s.",
                services=listed(kinds["referral"]),
            )
        )
    return lines


def moved_words(asked: Asked | None) -> list[str]:
    """What granting it as asked for would move: each task with its day now and then."""
    editions, now = load_library().editions, clock()
    return [
        gettext(
            "%(task)s: %(before)s → %(after)s",
            task=edition_text(editions[move.edition], move.key),
            before=say_day(now.day_of(move.due_at).isoformat(), now) if move.due_at else gettext("no due date"),
            after=say_day(move.until, now),
        )
        for move in (asked.moves if asked else [])
    ]


# --- what was said ---------------------------------------------------------------------------------------------------


def said_with(entry: HistoryEntry | None) -> tuple[list[Told], list[Told]]:
    """What was asked, and the words why."""
    if entry is None:
        return [], []
    told = say_fields(entry, load_library().editions)
    facts = len(dict.fromkeys((*entry.data, *(entry.before_data or {}))))
    return told[:facts], told[facts:]


def rounds(entries: Iterable[HistoryEntry]) -> list[Round]:
    """What was asked or answered besides, as it stands in a history."""
    editions = load_library().editions
    return [
        Round(
            who=entry.actor.name or "",
            at=entry.at,
            words=say_entry(entry, editions),
            said=tuple(told.now for told in said_with(entry)[1]),
        )
        for entry in entries
    ]


def evidence(edition: Edition, view: DecisionView) -> Evidence:
    """What the rules of the answers ask for, each once: of the first, and of what else is possible now."""
    conditions: dict[str, bool] = {}
    papers: dict[str, NeededPaper] = {}
    for one in (one for n, one in enumerate(view.answers) if not n or not one.why_not):
        conditions |= dict(one.conditions)
        papers |= {
            paper.kind: replace(paper, name=edition_text(edition, f"papers.{paper.kind}")) for paper in one.papers
        }
    named = tuple(
        (edition_text(edition, f"rules.{name}"), holds)
        for name, holds in conditions.items()
        if f"rules.{name}" in edition.texts
    )
    return Evidence(conditions=named, papers=tuple(papers.values()))


def settled_words(edition: Edition, task: Task, view: DecisionView, entry: HistoryEntry | None) -> list[Told]:
    """What is decided on, as it was asked for, where it is not told already by what opened the task."""
    told = entry.data if entry else {}
    left = {name: value for name, value in view.settled.items() if told.get(name) != value}
    form = edition.tasks[task.rule].form if task.type == "side" else None
    if not left or form is None or entry is None:
        return []
    filled = FilledIn(
        form=FormKey(edition=edition.fingerprint, name=form), data=left, names=entry.names, tasks=entry.tasks
    )
    return say_fields(filled, load_library().editions)


def buttons(forms: Forms, view: DecisionView, moves: Sequence[str]) -> list[Button]:
    """The answers that the reader may give, and those that are not possible now."""
    shown, edition = [], forms.edition
    proposed = {one.answer.name for one in view.answers if one.answer.kind == AGREE}
    for n, one in enumerate(view.answers):
        answer = one.answer
        consequence = f"transitions.{answer.name}.consequence" if answer.kind == FIRE else ""
        lines = follows(edition, forms.case, forms.task, answer, view)
        shown.append(
            Button(
                code=answer.code,
                words=words_of(edition, answer),
                follows=(*lines, *(moves if answer.value is True else ())),
                form=forms.own(one),
                needs_reason=one.needs_reason,
                takes_reason=one.reason is not None or one.needs_reason,
                why_not=tuple(say(why) for why in one.why_not),
                consequence=edition_text(edition, consequence) if consequence in edition.texts else "",
                kind="primary" if n == 0 else "danger" if consequence in edition.texts else "secondary",
                id=f"answer-{n}",
                within=place_of(answer),
                agrees=answer.kind == AGREE,
                otherwise=answer.kind == FIRE and answer.name in proposed,
            )
        )
    return shown


def prepared_answer(edition: Edition, view: DecisionView) -> str:
    """What whoever prepared it proposes to answer."""
    for one in view.answers:
        if one.answer.kind == VALUE and view.prepared.get(one.answer.name) == one.answer.value:
            return words_of(edition, one.answer)
    return ""


def field_faults(one: OpenAnswer, faults: JsonMapping) -> dict[str, str]:
    """Faults by the names of the page: that of the field that takes the reason is the reason's."""
    return {"reason" if name == one.reason else name: str(why) for name, why in faults.items()}


__all__ = [
    "Button", "Evidence", "Round", "buttons", "done_words", "evidence", "field_faults", "moved_words",
    "prepared_answer", "rounds", "said_with", "settled_words", "words_of",
]  # fmt: skip
