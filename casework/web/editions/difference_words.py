"""What differs between two editions, in words for people: each thing that came, went or is otherwise, with what is otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Flask
from flask_babel import Babel, force_locale, gettext
from markupsafe import Markup

from casework.engine.definition.differences import Change, differences
from casework.engine.definition.editions import Edition
from casework.engine.roles import Role
from casework.web.shell.i18n import N_, chinese, edition_text, labelled, listed, role_name
from casework.web.shell.limit_words import limit_words
from casework.web.shell.task_links import queue_name
from casework.web.shell.values import body_name, service_name

#: What each rule is called.
RULES: Mapping[str, str] = {
    "type": N_("Kind"), "queue": N_("Who works it"), "due": N_("Limit"), "step": N_("Place on the step bar"),
    "escalation": N_("Escalation"), "checklist": N_("Checklist"), "initial": N_("Where it begins"),
    "children": N_("What lies in it"), "part": N_("Its part for the engine"), "decides": N_("What is decided there"),
    "awaits": N_("Who outside has the next word"), "fhir": N_("Status for other systems"),
    "from": N_("Leads from"), "to": N_("Leads to"), "by": N_("Who may do it"), "kind": N_("Kind of way"), "form": N_("Form"),
    "guards": N_("Conditions"), "effects": N_("What it brings about"), "opens": N_("What it opens"),
    "ends": N_("Tasks that it ends"), "also": N_("What happens with it on other tracks"), "not_by": N_("Not by whoever did"),
    "confirm_by": N_("Second person"), "proposal_effects": N_("What a proposal brings about"),
    "refusal_effects": N_("What its refusal brings about"), "after": N_("Clock"), "automatic": N_("Automatic"),
    "reopens": N_("Leaves an end on purpose"), "irreversible": N_("Cannot be undone"),
    "siblings": N_("Touches other cases of the need"), "needs": N_("Papers on file"),
    "tells_provider": N_("What the provider is told"), "tells_officers": N_("What the office is told"),
    "scope": N_("What a provider’s own system needs"), "drops": N_("Tasks that nobody needs then"),
    "name": N_("Name"), "per": N_("One for each"), "on": N_("On which track"), "opens_if": N_("What its answers open"),
    "aftercare": N_("May stay open after the end"), "unless_open": N_("Not beside another of its name"),
    "answers": N_("The provider hears of its result"), "where": N_("Only with the answer"), "only_if": N_("Only if"),
    "by_link": N_("A party may answer by link"),
    "required": N_("Must be answered"), "fact": N_("Kept as a fact"), "when": N_("Asked only where"),
    "prefill": N_("Filled in from"), "settled": N_("Told, and not to be changed"), "asked_if": N_("Asked if"),
    "min": N_("At least"), "max": N_("At most"), "whole": N_("Whole numbers only"), "unit": N_("Unit"),
    "past": N_("Not in the future"), "future": N_("Not in the past"), "holds": N_("Holds at most"), "choices": N_("Choices"),
    "must": N_("The answer that it must have"), "role": N_("Role of the person"), "service": N_("Service"),
    "catalogue": N_("List of the programme"), "kinds": N_("Kinds of documents"), "valid": N_("Only while valid"),
    "most": N_("At most"), "least": N_("At least"), "n": N_("How long or how many"),
    "order": N_("In which order"), "transitions": N_("Order of the actions"), "grammar": N_("Version of the grammar"),
    "inside": N_("Runs inside"), "first_step_fires": N_("What its first step does above"), "milestones": N_("Milestones"),
    "outlives": N_("States that outlive the case"), "on_request": N_("Tasks that may be asked for"),
    "money": N_("Where its amounts are said"), "price": N_("Where its price is said"),
    "sheets": N_("What providers read of the case"),
}  # fmt: skip
#: What came, went or is otherwise, with the sign that says so without a colour.
KINDS = {"added": ("+", N_("added")), "removed": ("−", N_("removed")), "changed": ("~", N_("changed"))}
_TARGETS = {"=same": N_("the state stays"), "=previous": N_("back to the earlier state")}
#: Rules whose value is a length of time, or names states, roles, guards or what is done.
_STATES, _ROLES = frozenset({"from", "to", "initial", "outlives", "children"}), frozenset({"by", "confirm_by", "role"})
_GUARDS, _DEEDS = frozenset({"guards", "only_if", "asked_if"}), frozenset({"ends", "drops", "not_by"})
#: Rules that say of which answers something hangs.
_ASKED = frozenset({"when", "where"})


@dataclass(frozen=True)
class ToldChange:
    """A thing that came, went or is otherwise: what it is called, by which name programs know it, and what is to be said."""

    kind: str
    sign: str
    word: str
    what: str
    name: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class ToldText:
    """Words that came, went or were changed, in both languages."""

    kind: str
    sign: str
    word: str
    key: str
    before: str
    after: str
    before_zh: str
    after_zh: str


def tell_changes(changes: Iterable[Change], earlier: Edition, later: Edition) -> tuple[ToldChange, ...]:
    """All but the words, a line for each thing."""
    rest = (one for one in changes if one.thing != "text")
    told = []
    for _, group in groupby(rest, key=lambda one: (one.thing, one.name, one.at, one.kind)):
        of = list(group)
        first = of[0]
        sign, word = KINDS[first.kind]
        speaker = _Speaker(earlier, later)
        said = tuple(sentence for change in of for sentence in speaker.sentences(change))
        told.append(ToldChange(first.kind, sign, gettext(word), speaker.what(first), first.name, said))
    return tuple(told)


def tell_texts(changes: Iterable[Change], earlier: Edition, later: Edition) -> tuple[ToldText, ...]:
    """The words that are otherwise, in English as published and in Chinese as the catalogue has them."""
    told = []
    for one in changes:
        if one.thing == "text":
            sign, word = KINDS[one.kind]
            kind = gettext(word)
            with force_locale("zh_Hans"):
                before = edition_text(earlier, one.name) if one.before is not None else ""
                after = edition_text(later, one.name) if one.after is not None else ""
            told.append(ToldText(one.kind, sign, kind, one.name, one.before or "", one.after or "", before, after))
    return tuple(told)


class _Speaker:
    def __init__(self, earlier: Edition, later: Edition) -> None:
        self.earlier, self.later = earlier, later

    def of(self, change: Change) -> Edition:
        """The edition in whose words a thing is called."""
        return self.earlier if change.kind == "removed" else self.later

    def what(self, change: Change) -> str:
        """State “Consent”."""
        said = Markup("“{}”").format(self.called(change.thing, change.name, self.of(change)))
        match change.thing:
            case "workflow":
                return gettext("The workflow as a whole")
            case "state":
                return _say(gettext("State %(name)s"), name=said)
            case "transition":
                return _say(gettext("Action %(name)s"), name=said)
            case "task":
                return _say(gettext("Side task %(name)s"), name=said)
            case "form":
                return gettext("Form")
            case "limit":
                return _say(gettext("Limit of a rule %(name)s"), name=said)
        return _say(gettext("Question %(name)s"), name=said)

    def called(self, thing: str, name: str, edition: Edition) -> str:
        match thing:
            case "state" | "task":
                key = f"{thing}s.{name}"
            case "transition":
                key = f"transitions.{name}.do"
            case "field":
                key = f"forms.{name}.label"
            case "limit":
                key = f"limits.{name.rpartition('.')[2]}"
            case _:
                key = "title"
        return _words(edition, key)

    def sentences(self, change: Change) -> Iterable[str]:
        if change.rule:
            return [self.changed(change)]
        rule = change.after if change.kind == "added" else change.before
        said: list[str] = []
        if change.like:
            other = self.earlier if change.kind == "added" else self.later
            like = self.called(change.thing, change.like, other) if change.thing != "form" else change.like
            said.append(
                _say(gettext("It is in all else what “%(name)s” was: it may have been renamed."), name=like)
                if change.kind == "added"
                else _say(gettext("It is in all else what “%(name)s” is now: it may have been renamed."), name=like)
            )
        # What came or went is told by what matters most of it.
        shown = ("queue", "due", "from", "to", "by", "confirm_by", "after", "form", "guards", "type")
        if change.thing == "limit":
            said.append(labelled(_rule_name("n"), say_limit(rule)))
        elif isinstance(rule, Mapping):
            edition = self.of(change)
            values = ((key, self.value(key, rule[key], edition, change)) for key in shown if rule.get(key))
            said += [labelled(_rule_name(key), value) for key, value in values]
        elif isinstance(rule, list):
            fields = (self.called("field", f"{change.name}.{one['name']}", self.of(change)) for one in rule)
            said.append(labelled(gettext("Questions"), listed(fields)))
        return said

    def changed(self, change: Change) -> str:
        name = _rule_name(change.rule)
        if change.rule in ("order", "transitions"):
            return labelled(name, gettext("another one"))
        if (
            change.rule not in _ASKED
            and isinstance(change.before, list | None)
            and isinstance(change.after, list | None)
        ):
            return labelled(name, self._of_lists(change, change.before or [], change.after or []))
        if change.thing == "workflow" and isinstance(change.before or change.after, dict):
            return labelled(name, self._of_groups(change.before or {}, change.after or {}))
        before = self.value(change.rule, change.before, self.earlier, change)
        after = self.value(change.rule, change.after, self.later, change)
        return labelled(name, _say(gettext("was %(before)s, is now %(after)s"), before=before, after=after))

    def _of_groups(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
        """What is said group by group: of which ones more or less is said, or something else."""
        both = before.keys() & after.keys()
        said = (
            (gettext("now also %(what)s"), after.keys() - before.keys()),
            (gettext("no longer %(what)s"), before.keys() - after.keys()),
            (gettext("another one of %(what)s"), {key for key in both if before[key] != after[key]}),
        )
        parts = [_say(words, what=listed(map(_code, sorted(keys)))) for words, keys in said if keys]
        return Markup(gettext("; ")).join(parts)

    def _of_lists(self, change: Change, before: list[Any], after: list[Any]) -> str:
        more = [self.value(change.rule, [one], self.later, change) for one in after if one not in before]
        less = [self.value(change.rule, [one], self.earlier, change) for one in before if one not in after]
        parts: list[str] = []
        if more:
            parts.append(_say(gettext("now also %(what)s"), what=listed(more)))
        if less:
            parts.append(_say(gettext("no longer %(what)s"), what=listed(less)))
        return Markup(gettext("; ")).join(parts) if parts else gettext("in another order")

    def value(self, rule: str, value: Any, edition: Edition, change: Change) -> str:
        """What a rule says, in words; what has none is a code."""
        if value is None or value in ("", [], {}):
            return gettext("nothing")
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if rule in _ASKED:
            return self._answers(value[0], value[1], edition, change)
        if isinstance(value, dict):
            return self._of_mapping(rule, value, edition, change)
        if isinstance(value, list):
            return listed(self.value(rule, one, edition, change) for one in value)
        if rule == "choices":
            return _quoted(edition, f"forms.{change.name}.choices.{value}")
        said = next((say for rules, say in _CODES if rule in rules), None)
        return said(edition, str(value)) if said else _code(value)

    def _answers(self, field: str, answers: list[Any], edition: Edition, change: Change) -> str:
        """Another question of the form, and the answers with which something is asked or opened."""
        key = f"forms.{change.name.rpartition('.')[0]}.{field}"
        said = (
            _quoted(edition, f"{key}.choices.{one}")
            if f"{key}.choices.{one}" in edition.texts
            else self.value("", one, edition, change)
            for one in answers
        )
        return labelled(
            _quoted(edition, f"{key}.label") if f"{key}.label" in edition.texts else _code(field), listed(said)
        )

    def _of_mapping(self, rule: str, value: Mapping[str, Any], edition: Edition, change: Change) -> str:
        if value.keys() >= {"n", "unit"}:
            return say_limit(value)
        if "open" in value:
            return _opening(edition, value)
        if rule == "needs":
            return _words(edition, f"papers.{value['kind']}")
        if rule == "checklist":
            group = "tasks" if change.thing == "task" else "states"
            return _quoted(edition, f"{group}.{change.name}.items.{value['name']}")
        if rule == "on_request":
            return _quoted(edition, f"tasks.{value['task']}")
        return _code(", ".join(f"{key} {said}" for key, said in value.items()))


def _code(value: object) -> Markup:
    return Markup("<code>{}</code>").format(value)


def _rule_name(rule: str) -> str:
    return gettext(RULES[rule]) if rule in RULES else rule


def _words(edition: Edition, key: str) -> str:
    """A text of an edition; what of an earlier one has no Chinese any more is said to be English."""
    words = edition_text(edition, key)
    return Markup('<span lang="en">{}</span>').format(words) if chinese() and words == edition.text(key) else words


def _quoted(edition: Edition, key: str) -> str:
    return Markup("“{}”").format(_words(edition, key))


def _say(words: str, **values: str) -> Markup:
    """A sentence whose gaps may hold markup."""
    return Markup(words) % values


def _target(edition: Edition, code: str) -> str:
    return gettext(_TARGETS[code]) if code in _TARGETS else _quoted(edition, f"states.{code}")


def _deed(edition: Edition, name: str) -> str:
    """A transition or a task by its name, in the words of what is to be done."""
    key = next((f"tasks.{rule.key}" for rule in edition.tasks.values() if rule.name == name), None)
    return _quoted(edition, key or f"transitions.{name}.do")


def _role(edition: Edition, code: str) -> str:
    return gettext("the system") if code == Role.SYSTEM else role_name(code)


#: How a code is said, by the rules that have such codes.
_CODES: tuple[tuple[frozenset[str], Callable[[Edition, str], str]], ...] = (
    (_STATES, _target),
    (_ROLES, _role),
    (_DEEDS, _deed),
    (_GUARDS, lambda edition, name: _quoted(edition, f"rules.{name}")),
    (frozenset({"queue"}), lambda _, code: queue_name(code)),
    (frozenset({"awaits"}), lambda _, code: body_name(code)),
    (frozenset({"service"}), lambda _, code: service_name(code)),
)


def _opening(edition: Edition, opening: Mapping[str, Any]) -> str:
    match opening["open"]:
        case "task":
            return _say(gettext("the task %(name)s"), name=_quoted(edition, f"tasks.{opening['task']}"))
        case "track":
            return _say(gettext("a track of %(name)s"), name=_code(opening["workflow"]))
        case "service_track":
            return gettext("the track of its service")
        case "next_provider":
            return gettext("the request to the next provider")
        case "beside":
            return gettext("the same request to others beside")
    planned = {"service": service_name(opening["service"])}
    if opening["planned"]:
        return gettext("a referral for %(service)s, where planned", **planned)
    return gettext("a referral for %(service)s", **planned)


def say_limit(limit: Mapping[str, Any]) -> str:
    """10 working days; 30 calendar days after sign.signed_on."""
    since = _code(limit["since"]) if limit.get("since") else ""
    if since and limit["n"] == 0:
        return _say(gettext("until %(day)s"), day=since)
    days = limit_words(limit["unit"], abs(limit["n"])) if limit["unit"] in ("wd", "cd", "mo") else str(limit["n"])
    if since:
        form = gettext("%(time)s before %(day)s") if limit["n"] < 0 else gettext("%(time)s after %(day)s")
        days = _say(form, time=days, day=since)
    return _say(gettext("%(time)s by law"), time=days) if "law" in limit else days


def said_differences(earlier: Edition, later: Edition, language: str) -> Iterator[str]:
    """The same words, a line each, for where there is no page."""
    app = Flask("casework")
    Babel(app, default_locale="zh_Hans" if language == "zh" else "en")
    with app.app_context():
        found = differences(earlier, later)
        for told in tell_changes(found, earlier, later):
            name = "" if told.name == later.workflow else f" {told.name}"
            yield f"{told.sign} {_without_markup(told.what)}{name} · {told.word}"
            yield from (f"    {_without_markup(sentence)}" for sentence in told.sentences)
        for text in tell_texts(found, earlier, later):
            yield f"{text.sign} {gettext('Words')} {text.key} · {text.word}"
            for sign, said in (("−", (text.before, text.before_zh)), ("+", (text.after, text.after_zh))):
                yield from (f"    {sign} {words}" for words in dict.fromkeys(filter(None, said)))


def _without_markup(words: str) -> str:
    return words.striptags() if isinstance(words, Markup) else words


__all__ = ["KINDS", "RULES", "ToldChange", "ToldText", "said_differences", "say_limit", "tell_changes", "tell_texts"]
