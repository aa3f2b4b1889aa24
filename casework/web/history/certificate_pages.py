"""A certificate of an entry: choose what it shows, see what its reader will see, take it out as a file and on paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.api.protocol.files import as_attachment
from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import parse_instant
from casework.ledger.certificates import EVENT, FACT, KINDS, STATE, TWO_PERSONS
from casework.operations.core.perform import calendar_of
from casework.operations.history import timeline
from casework.operations.history.views import HistoryEntry
from casework.operations.letters.content import FONTS
from casework.operations.letters.pdf import print_pdf
from casework.operations.verification.certificates import Choice, Claim, Wish, show_choice, take_certificate
from casework.permissions.actors import Actor
from casework.web.history.pages import states_of
from casework.web.history.sentences import values_of
from casework.web.shell import layout
from casework.web.shell.i18n import N_, edition_text, listed, role_name, say
from casework.web.shell.papers import LANGUAGES, in_language, paper_language
from casework.web.shell.session import page_transaction

blueprint = Blueprint("certificates", __name__, url_prefix="/cases/<number>/history/<int:seq>")

CLAIMS = {
    EVENT: N_("That it happened, and when"),
    STATE: N_("The state that it led to"),
    TWO_PERSONS: N_("That one person proposed it and another carried it out"),
    FACT: N_("What was written with it"),
}
_SIZE = re.compile("[1-9][0-9]{0,15}")
#: What an entry is called by its header alone, which says no more.
KINDS_OF_ENTRIES = {
    "opened": N_("the case was opened"), "fired": N_("a step was taken"), "proposed": N_("a step was proposed"),
    "refused": N_("a second person did not agree"), "completed": N_("a task was completed"), "claimed": N_("a task was taken"),
    "released": N_("a task was given back"), "document_registered": N_("a document was registered"),
    "document_filed": N_("a version of a document was filed"), "document_withdrawn": N_("a document was taken out of use"),
    "letter_sent": N_("a letter was sent"), "letter_dispatched": N_("it was put down how a letter went out"),
    "noted": N_("an internal note was written"), "said": N_("a message was written"),
    "handed_over": N_("the case was handed over"), "timer_fired": N_("a deadline came"),
    "consent_ended": N_("a consent was withdrawn"), "corrected": N_("an answer was corrected"),
    "cases_linked": N_("the case was linked with another one"), "cases_unlinked": N_("a link with another case was ended"),
    "move_asked": N_("a move of the case was proposed"), "moved": N_("the case was moved past its steps by two persons"),
    "received": N_("receipt was confirmed"), "interest_declared": N_("a conflict of interest was declared"),
}  # fmt: skip
SOMETHING = N_("something was recorded")
#: The same where it is shown which step.
STEPS = {"fired": N_("the step “%(step)s” was taken"), "proposed": N_("the step “%(step)s” was proposed")}
#: What stands in effects, in the order in which it is told.
WHAT_FOLLOWS = {
    "case": N_("what the case is about, with its parties and IP rights"),
    "owner": N_("who is responsible for the case"), "team": N_("who works on the case"),
    "provider": N_("the provider"), "case_rights": N_("IP rights"), "rights": N_("IP rights"),
    "interest": N_("who declared an interest"), "data": N_("answers to choices"),
    "tasks": N_("tasks"), "task_states": N_("tasks"), "clocks": N_("deadlines"), "clock_states": N_("deadlines"),
    "documents": N_("documents"), "files": N_("documents"), "consents": N_("consents"), "consents_ended": N_("consents"),
    "grants": N_("access to documents"), "grants_ended": N_("access to documents"), "links": N_("links given to parties"),
    "related": N_("a link with another case"), "related_ended": N_("a link with another case"),
    "move": N_("where the case was moved"), "reasons": N_("reasons"), "outcome": N_("how it ended"),
}  # fmt: skip
FURTHER = N_("further data")


@dataclass(frozen=True)
class Told:
    """A certificate in words: what it claims, what its reader sees, and what stays hidden."""

    sentence: str
    #: Label and words.
    facts: Sequence[tuple[str, str | Markup]]
    hidden: Sequence[str]


@dataclass(frozen=True)
class _Read:
    choice: Choice
    entry: HistoryEntry
    calendar: Calendar

    def at(self, header: Mapping[str, Any]) -> str:
        """A moment as it is where the programme is."""
        moment: datetime = parse_instant(header["at"]).astimezone(ZoneInfo(self.calendar.zone))
        return f"{moment:%Y-%m-%d %H:%M} ({layout.zone_words(self.calendar.zone)})"


def _read(db: Connection, actor: Actor, number: str, seq: int, choice: Choice | None = None) -> _Read:
    choice = choice or show_choice(db, actor, number, _small(seq), _size())
    entry = timeline.read_entry(db, actor, number, seq).entry
    calendar = calendar_of(db, choice.programme)
    layout.use_calendar(calendar)
    return _Read(choice, entry, calendar)


def _possible(seq: int, choice: Choice) -> Wish:
    """What is possible of what stands in the address of the page."""
    asked = request.args.get("claim", EVENT)
    claim = asked if asked in choice.claims else EVENT
    there = choice.words.keys() | choice.facts.keys() if claim == FACT else set()
    fields = tuple(sorted(set(request.args.getlist("field")) & there))
    shown = request.args.get("effects") == "yes" or not choice.hides or not choice.facts.keys().isdisjoint(fields)
    return Wish(event=seq, claim=cast(Claim, claim), fields=fields, effects=shown, size=choice.size)


def _asked(seq: int) -> Wish:
    """As it stands in the address of a file. Raises InvalidForm for what says nothing there, lest somebody get another file."""
    claim = _one_of("claim", KINDS, EVENT)
    fields = tuple(sorted(set(request.args.getlist("field"))))
    shown = _one_of("effects", ("yes",), "") == "yes"
    return Wish(event=_small(seq), claim=cast(Claim, claim), fields=fields, effects=shown, size=_size())


def _one_of(name: str, choices: Sequence[str], usual: str) -> str:
    asked = request.args.get(name, usual)
    if asked not in choices and name in request.args:
        raise InvalidForm(fields={name: reasons.fields.ONE_OF(choices=list(choices))})
    return asked


def _size() -> int | None:
    asked = request.args.get("size")
    if asked is None:
        return None
    if not _SIZE.fullmatch(asked):
        raise InvalidForm(fields={"size": reasons.fields.WHOLE_NUMBER})
    return int(asked)


def _named() -> bool:
    return _one_of("name", ("yes",), "") == "yes"


@blueprint.get("/certificate")
def choose(number: str, seq: int) -> str:
    with page_transaction() as (db, actor):
        read = _read(db, actor, number, seq)
    choice = read.choice
    wish = _possible(seq, choice)
    values = values_of(read.entry, load_library().editions)
    ready = not choice.waits and (wish.claim != FACT or bool(wish.fields))
    address: JsonObject = {
        "number": number,
        "seq": seq,
        "claim": wish.claim,
        "field": list(wish.fields),
        "effects": "yes" if wish.effects else None,
        "name": "yes" if _named() else None,
        # Both files are of one checkpoint, however long the page stands open.
        "size": choice.size or None,
    }
    return render_template(
        "history/certificate.html",
        one=choice,
        wish=wish,
        named=_named(),
        claims=[(claim, gettext(CLAIMS[claim])) for claim in choice.claims],
        fields=[(field, values.label(field)) for field in choice.words],
        facts=[(field, values.label(field)) for field in choice.facts],
        erased=[values.label(field) for field in choice.erased],
        told=_tell(read, wish, names=_named()),
        ready=ready,
        waits=say(reasons.certificates.WAITS),
        json_url=url_for("certificates.take_json", **address) if ready else "",
        newest_url=url_for("certificates.choose", **{**address, "size": None}) if choice.outgrown else "",
        pdf_urls=[(code, url_for("certificates.take_pdf", **address, language=code)) for code in LANGUAGES]
        if ready
        else [],
    )


@blueprint.get("/certificate.json", endpoint="take_json")
def take_json(number: str, seq: int) -> Response:
    with page_transaction() as (db, actor):
        made = take_certificate(db, actor, number, _asked(seq), address=request.full_path.rstrip("?"))
    return as_attachment(iter([made.data]), f"{made.name}.json", len(made.data))


@blueprint.get("/certificate.pdf", endpoint="take_pdf")
def take_pdf(number: str, seq: int) -> Response:
    """On one page, with the digest of the file; no transaction waits while it is printed."""
    language, wish, named = paper_language(), _asked(seq), _named()
    # Names are those of the paper's language, and not of the page's.
    with in_language(language):
        with page_transaction() as (db, actor):
            made = take_certificate(db, actor, number, wish, address=request.full_path.rstrip("?"))
            read = _read(db, actor, number, seq, made.choice)
        layout.use_paper(read.calendar)
        html = render_template(
            "papers/certificate.html",
            language=LANGUAGES[language],
            fonts=FONTS,
            one=read.choice,
            told=_tell(read, wish, names=named),
            digest=made.digest,
            name=f"{made.name}.json",
            origin=made.origin,
            size=made.size,
            picture=_qr_code(f"sha256:{made.digest}"),
        )
    pdf = print_pdf(html)
    return as_attachment(iter([pdf]), f"{made.name}-{language}.pdf", len(pdf))


def _small(seq: int) -> int:
    if seq > 2**53:
        raise NotFound("entry")
    return seq


def _qr_code(words: str) -> Markup:
    import segno

    return Markup(segno.make(words, error="m", micro=False).svg_inline(scale=3, border=4))


# --- in words --------------------------------------------------------------------------------------------------------


def _tell(read: _Read, wish: Wish, *, names: bool) -> Told:
    header = read.choice.header
    facts = [*_facts(read, header, names=names), *_words(read, wish), *_effects(read, wish)]
    return Told(_sentence(read, wish), facts, _hidden(read, wish))


def _sentence(read: _Read, wish: Wish) -> str:
    header, edition = read.choice.header, load_library().editions.get(read.choice.header["edition"] or "")
    when = read.at(header)
    if wish.claim == STATE:
        state = states_of(edition, header["to"])
        return gettext("On %(when)s it came to the state “%(state)s”.", when=when, state=state)
    if wish.claim == TWO_PERSONS and read.choice.asked is not None:
        asked = read.at(read.choice.asked)
        return gettext(
            "One person proposed it on %(asked)s, and another person agreed and carried it out on %(when)s.",
            asked=asked,
            when=when,
        )
    step = edition_text(edition, f"transitions.{read.entry.transition}.do") if edition and read.entry.transition else ""
    # The header does not say which step it was.
    if wish.effects and step and header["kind"] in STEPS:
        what = gettext(STEPS[header["kind"]], step=step)
    else:
        what = gettext(KINDS_OF_ENTRIES.get(header["kind"], SOMETHING))
    if wish.claim == FACT:
        return gettext("On %(when)s %(what)s, and with it was written what stands below.", when=when, what=what)
    return gettext("On %(when)s %(what)s.", when=when, what=what)


def _facts(read: _Read, header: Mapping[str, Any], *, names: bool) -> list[tuple[str, str | Markup]]:
    edition = load_library().editions.get(header["edition"] or "")
    facts: list[tuple[str, str | Markup]] = [(gettext("Recorded"), read.at(header))]
    if header["from"] or header["to"]:
        states = (states_of(edition, header["from"]) or gettext("none"), states_of(edition, header["to"]))
        facts.append((gettext("State"), " → ".join(one for one in states if one)))
    if read.entry.by_system:
        facts.append((gettext("Done by"), gettext("nobody: by itself")))
    elif header["role"]:
        facts.append((gettext("Done by"), role_name(header["role"])))
    if names and read.entry.actor.name:
        facts.append((gettext("Name as of today, which the certificate does not prove"), read.entry.actor.name))
    return facts


def _words(read: _Read, wish: Wish) -> list[tuple[str, str | Markup]]:
    """What was written, as the entry says it: it may look like a code and be none."""
    values = values_of(read.entry, load_library().editions)
    told = []
    for field in wish.fields:
        said = read.choice.words.get(field, read.choice.facts.get(field))
        written = field in read.choice.words and isinstance(said, str)
        told.append((values.label(field), said if written else values.say(said, field)))
    return told


def _effects(read: _Read, wish: Wish) -> list[tuple[str, str | Markup]]:
    """What stands in effects that are shown whole, as far as somebody outside would ask for it."""
    if not wish.effects or not read.choice.effects:
        return []
    held = dict.fromkeys(gettext(WHAT_FOLLOWS.get(name, FURTHER)) for name in sorted(read.choice.effects, key=_known))
    return [(gettext("What followed from it, whole in the file"), listed(held))]


def _known(name: str) -> tuple[int, str]:
    return (list(WHAT_FOLLOWS).index(name) if name in WHAT_FOLLOWS else len(WHAT_FOLLOWS), name)


def _hidden(read: _Read, wish: Wish) -> list[str]:
    choice = read.choice
    chosen = choice.words.keys() & set(wish.fields)
    hidden = []
    if len(chosen) < len(choice.words) or choice.erased:
        hidden.append(
            gettext("The other words of the entry; their field names are visible.")
            if chosen
            else gettext("What else was written with the entry.")
            if wish.fields
            else gettext("What was written with the entry.")
        )
    if not wish.effects:
        hidden.append(
            gettext(
                "What followed from it: tasks, deadlines, answers to choices. A digest stands there that nobody can guess from."
            )
        )
    # Effects may name the parties, as those of the first entry do.
    hidden.append(
        gettext("Every other entry.")
        if wish.effects
        else gettext("Every other entry, and who the parties of the case are.")
    )
    return hidden
