"""Texts in the reader's language: those of editions, of errors, and the codes of roles and queues."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask_babel import Domain, get_locale, gettext

from casework.engine.definition.editions import Edition
from casework.engine.roles import Role
from casework.errors import CaseworkError, InvalidForm

Json = Any

_WORKFLOWS = Domain(domain="workflows")


def N_(words: str) -> str:
    """Marks words for the catalogue that are translated where they are shown."""
    return words


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    locale = get_locale()
    return locale is not None and locale.language == "zh"


def edition_text(edition: Edition, key: str) -> str:
    """A text of an edition by its key ("transitions.refer.do"), in the reader's language."""
    words = edition.text(key)
    if not words or not chinese():
        return words
    return str(_WORKFLOWS.pgettext(f"{edition.workflow}.{key}", words))


def sentence(edition: Edition, words: str) -> str:
    """A sentence that came out of the engine, such as why something is not possible: a guard's, or one of ours."""
    if not chinese():
        return words
    if key := _guards(edition).get(words.strip()):
        return edition_text(edition, key)
    return say(words)


@lru_cache(maxsize=64)
def _guards_of(fingerprint: str, texts: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {words.strip(): key for key, words in texts if key.startswith("guards.") or ".items." in key}


def _guards(edition: Edition) -> Mapping[str, str]:
    return _guards_of(edition.fingerprint, tuple(edition.texts.items()))


#: What a task's state is called.
TASK_STATES = {
    "Created": N_("not begun"), "Ready": N_("free to be taken"), "Reserved": N_("taken"), "InProgress": N_("in progress"),
    "Suspended": N_("waits"), "Completed": N_("done"), "Failed": N_("could not be done"), "Error": N_("in error"),
    "Exited": N_("ended"), "Obsolete": N_("not needed any more"),
}  # fmt: skip
#: What the engine says with a value in it: the pattern of its words, and the words for the catalogue.
_PATTERNS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"must be at least (?P<value>.+)", N_("must be at least %(value)s")),
        (r"must be at most (?P<value>.+)", N_("must be at most %(value)s")),
        (r"must be between (?P<least>.+) and (?P<most>.+)", N_("must be between %(least)s and %(most)s")),
        (
            r"must have between (?P<least>\d+) and (?P<most>\d+) characters",
            N_("must have between %(least)s and %(most)s characters"),
        ),
        (r"String should have at most (?P<most>\d+) characters?", N_("must have at most %(most)s characters")),
        (r"List should have at most (?P<most>\d+) items? .*", N_("must have at most %(most)s entries")),
        (
            r"line (?P<line>\d+): “(?P<day>.*)” is no day like 2026-05-01",
            N_("line %(line)s: “%(day)s” is no day like 2026-05-01"),
        ),
        (
            r"line (?P<line>\d+): the year (?P<year>\d+) is too far away",
            N_("line %(line)s: the year %(year)s is too far away"),
        ),
        (r"line (?P<line>\d+): the name is too long", N_("line %(line)s: the name is too long")),
        (r"“(?P<slot>.*)” is not like 09:00-17:00", N_("“%(slot)s” is not like 09:00-17:00")),
        (r"“(?P<slot>.*)” is no time of the day", N_("“%(slot)s” is no time of the day")),
        (
            r"The slot from (?P<start>.+) to (?P<end>.+) is empty or not in order\.",
            N_("The slot from %(start)s to %(end)s is empty or not in order."),
        ),
        (r"(?P<day>[\d-]+) is a holiday too", N_("%(day)s is a holiday too")),
        (r"the file has more than (?P<most>[\d,]+) bytes", N_("the file has more than %(most)s bytes")),
        (r"the year (?P<year>\d+) is too far away", N_("the year %(year)s is too far away")),
        (r"would close a circle: (?P<line>.+)", N_("would close a circle: %(line)s")),
        (
            r"would make the line of substitutes too long: (?P<line>.+)",
            N_("would make the line of substitutes too long: %(line)s"),
        ),
        (r"the event must last from 1 to (?P<most>\d+) days", N_("the event must last from 1 to %(most)s days")),
        (
            r"this kind of file is not taken\. Taken are: (?P<kinds>.+)\.",
            N_("this kind of file is not taken. Taken are: %(kinds)s."),
        ),
        (r"it is larger than (?P<most>\d+) MB\.", N_("it is larger than %(most)s MB.")),
        (r"it has more than (?P<most>\d+) entries\.", N_("it has more than %(most)s entries.")),
        (
            r"what is in it is larger than (?P<most>\d+) MB, or packed more tightly than documents are\.",
            N_("what is in it is larger than %(most)s MB, or packed more tightly than documents are."),
        ),
        (r"Not on file: (?P<paper>.+)\.", N_("Not on file: %(paper)s.")),
        (
            r"Expired on (?P<day>[\d-]+): (?P<paper>.+)\. Hand in one that is valid\.",
            N_("Expired on %(day)s: %(paper)s. Hand in one that is valid."),
        ),
        (
            r"Still being checked for harmful content: (?P<paper>.+)\.",
            N_("Still being checked for harmful content: %(paper)s."),
        ),
        (
            r"Blocked as harmful: (?P<paper>.+)\. Hand in a clean file\.",
            N_("Blocked as harmful: %(paper)s. Hand in a clean file."),
        ),
        (
            r"(?P<programme>.+): (?P<count>\d+) open cases are in this person's hands, until they are handed over or closed\.",
            N_("%(programme)s: %(count)s open cases are in this person's hands, until they are handed over or closed."),
        ),
        (
            r"(?P<programme>.+): (?P<count>\d+) findings of the audit are open, until they are closed\.",
            N_("%(programme)s: %(count)s findings of the audit are open, until they are closed."),
        ),
        (
            r"(?P<programme>.+): (?P<count>\d+) records of financing name this person, until (?P<until>[\d-]+) at least\.",
            N_("%(programme)s: %(count)s records of financing name this person, until %(until)s at least."),
        ),
        (
            r"(?P<programme>.+): (?P<count>\d+) records of financing name this person, until (?P<years>\d+) years after they are closed\.",
            N_(
                "%(programme)s: %(count)s records of financing name this person, until %(years)s years after they are closed."
            ),
        ),
        (r"This is for: (?P<roles>.+)\.", N_("This is for: %(roles)s.")),
        (r"“(?P<do>.+)” is for: (?P<whom>.+)\.", N_("“%(do)s” is for: %(whom)s.")),
        (r"the task is in the queue (?P<queue>\w+)\.", N_("the task is in the queue of: %(queue)s.")),
        (r"the task is (?P<state>\w+)\.", N_("the task is: %(state)s.")),
    )
)
#: What the engine says of a field, as it stands.
FAULTS = (
    N_("The account is open. Close it first: then nobody acts under the name any more."),
    N_("does not work this queue in this case"),
    N_("must be a day to come"),
    N_("it ends when one of its step's actions is done."),
    N_("it ends with the decision."),
    N_("a decision is one's own word: give it back, or forward it."),
    N_("the case needs what comes of it."),
    N_("it was delegated to you: finish it, and it goes back to be accepted."),
    N_("that person has the task already."),
    N_("a decision has no checklist."),
    N_("it is so already."),
    N_("the checklist is full."),
    N_("it is being reviewed: approve it, or ask for changes."),
    N_("other answers were approved: ask for a review of these."),
    N_("only whoever finishes a side task asks for one."),
    N_("you were not asked to review it."),
    N_("you were asked to review it: approve it, or ask for changes."),
    N_("whoever asked for it does not work it any more."),
    N_("the task has this priority already."),
    N_("another person must decide this than the one who asked for it."),
    N_("those who work its queue"),
    N_("whoever holds it"),
    N_("those who lead its queue or its case"),
    N_("whoever asked for it"),
    N_("those who see it"),
    N_("is required"),
    N_("is not a field of this form"),
    N_("does not apply here"),
    N_("must not be negative"),
    N_("must not lie in the future"),
    N_("must be said in words"),
    N_("has declared an interest in this case"),
    N_("cannot review it: choose another person who works this queue or leads it, and does not act for whoever asks"),
    N_("must not lie in the past"),
    N_("must be yes"),
    N_("must be no"),
    N_("must be a whole number"),
    N_("has a character that cannot be stored"),
    N_("write a number, as a string or a whole number"),
    N_("is not a number"),
    N_("has too many digits"),
    N_("is not an id"),
    N_("names the same thing twice"),
    N_("write a day as YYYY-MM-DD"),
    N_("is no day of the calendar"),
    N_("must lie between 1900 and 2199"),
    N_("is not one of the choices"),
    N_("is wrong"),
    N_("names a document of another kind than is asked for"),
    N_("names a document that is not valid any more; hand in one that is"),
    N_("is what it was"),
    N_("lies after the day on which the consent ends"),
    N_("the officers of the case and its supervisors end an access, and say until when it lasts."),
    N_("it has ended already."),
    N_("is not an e-mail address"),
    N_("belongs to another account"),
    N_("is your own; nobody gives a role to themselves"),
    N_("is of somebody who has this role already"),
    N_("is held within a programme, those of providers within an organisation"),
    N_("is no year"),
    N_("is no time zone"),
    N_("is required: on some day people must work"),
    N_("is not UTF-8"),
    N_("is no iCalendar file"),
    N_("the rest was not read"),
    N_("the event does not end"),
    N_("the event repeats; give each day as an event of its own"),
    N_("the event has no day (DTSTART)"),
    N_("The calendar is like this already."),
    N_("must not come before the first day"),
    N_("must lie within a year of the first day"),
    N_("has no role here that somebody could stand in for"),
    N_("must be somebody else"),
    N_("must be somebody who works here too"),
    N_("must be somebody else: nobody gives a role to themselves"),
    N_("lies in a time for which the person is entered as away already"),
    N_("it is over."),
    N_("It has a form of its own to fill in."),
    N_("has declared an interest in this case"),
    N_("is one of the passwords that are guessed first; choose another one"),
    N_("is made of words that anybody here would think of; choose another one"),
    N_("belongs to a closed account; reopen it first"),
    N_("is not an officer of this programme"),
    N_("was one of those who mediate in this programme while the case was there"),
    N_(
        "whoever was a dispute officer of the programme, or worked for a provider that mediates, works on the cases that were"
        " opened after that."
    ),
    N_("the case is in other hands already."),
)


def say(words: str) -> str:
    """Words that came from below, in the reader's language as far as the catalogue knows them."""
    for pattern, translated in _PATTERNS:
        if found := pattern.fullmatch(words):
            values = found.groupdict()
            if "roles" in values:
                values["roles"] = ", ".join(role_name(code) for code in values["roles"].split(", "))
            if "whom" in values:
                do = values["do"]
                values |= {"do": gettext(do), "whom": ", ".join(gettext(one) for one in values["whom"].split(", "))}
            if "paper" in values:
                # An edition names its papers as the pages name their kinds; of one that they do not know it stays as it is.
                paper = values["paper"]
                values["paper"] = gettext(paper)
            if "queue" in values:
                values["queue"] = role_name(values["queue"])
            if values.get("state") in TASK_STATES:
                state = TASK_STATES[values["state"]]
                values["state"] = gettext(state)
            return gettext(translated, **values)
    # gettext formats only where values are given, so a stray % is safe.
    return gettext(words)


def say_fault(words: str) -> str:
    """Why a field was refused. What the library says of types, a person need not read."""
    if words.startswith(("Input should be", "Value error", "Unable to", "Extra inputs")):
        return gettext("is not one of the choices") if "Input should be '" in words else gettext("is wrong")
    return say(words)


def say_faults(error: InvalidForm) -> dict[str, str]:
    """Why each field of a form was refused, by its name."""
    return {name: say_fault(why) for name, why in error.fields.items()}


def say_error(error: CaseworkError) -> str:
    """The message of an error: its docstring in the reader's language, with the details filled in."""
    pattern = " ".join(inspect.cleandoc(type(error).__doc__ or "").split())
    details = {
        name: say(value) if isinstance(value, str) and name in ("why", "noun", "action") else value
        for name, value in error.details.items()
    }
    try:
        return gettext(pattern).format_map(_Gaps(details))
    except (ValueError, IndexError, AttributeError):
        return error.message


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"


NAMES_OF_ROLES: dict[str, str] = {
    Role.OFFICER: N_("case officer"), Role.SUPERVISOR: N_("supervisor"), Role.COMPLIANCE: N_("compliance officer"),
    Role.DISPUTE_OFFICER: N_("dispute officer"), Role.PROVIDER: N_("provider's agent"), Role.PROVIDER_LEAD: N_("provider's lead"),
    Role.VERIFIER: N_("verifier"), Role.AUDITOR: N_("auditor"), Role.MANAGER: N_("programme manager"),
    Role.OBSERVER: N_("observer"), Role.ADMINISTRATOR: N_("administrator"), Role.SYSTEM: N_("the system"),
}  # fmt: skip


def role_name(code: str) -> str:
    return gettext(NAMES_OF_ROLES[code]) if code in NAMES_OF_ROLES else code.replace("_", " ")


def name_of(one: Json) -> str:
    """The name of a thing that may have a Chinese one: a mapping or an object with name and name_zh."""

    def get(key: str) -> Json:
        return one.get(key) if isinstance(one, Mapping) else getattr(one, key, None)

    return str((get("name_zh") if chinese() else None) or get("name") or "")
