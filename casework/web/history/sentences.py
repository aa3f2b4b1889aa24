"""The history as people tell it: "Li Na approved the plan". Made from keys, in the reader's language, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext
from markupsafe import Markup

from casework.engine.definition.editions import Edition, do_key
from casework.engine.parts import GRANTS_TIME
from casework.engine.state.effects_schema import RoleGiven
from casework.engine.state.events import PARTY_ACTOR, SYSTEM_ACTOR
from casework.json_values import Answers, JsonObject, JsonValue
from casework.operations.cases.joins import JoinView
from casework.operations.core.event_views import EventView, FilledIn, PartyPaper, done_key
from casework.operations.core.views import TaskKey
from casework.operations.documents.views import DocumentRow
from casework.web.shell.dates import say_day
from casework.web.shell.i18n import N_, chinese, edition_text, labelled, listed, role_name
from casework.web.shell.layout import clock
from casework.web.shell.values import PARTIES, Values, paper_name, party_name, service_name
from casework.web.shell.vocabulary import say_why

Editions = Mapping[str, Edition]

#: Whose paper something is, or whom it is about: without that party's consent no provider sees it.
WHOSE = {
    "need_owner": N_("The need owner"), "technology_owner": N_("The technology owner"), "both": N_("Both parties"),
    "own": N_("Neither: it is the office's own, with nothing of a party in it"),
}  # fmt: skip
#: Actions of a person without a form of words of their own in an edition: the sentence, with who did it.
_ACTIONS = {
    "opened": N_("%(who)s opened the case"),
    "claimed": N_("%(who)s took the task “%(task)s”"),
    "released": N_("%(who)s gave back the task “%(task)s”"),
    "relieved": N_("%(who)s ended a role of %(whom)s, so the task “%(task)s” is open again"),
    "completed": N_("%(who)s finished the task “%(task)s”"),
    "exited": N_("%(who)s dropped the task “%(task)s”"),
    "started": N_("%(who)s began to work on “%(task)s”"),
    "stopped": N_("%(who)s stopped working on “%(task)s” for now"),
    "suspended": N_("%(who)s snoozed the task “%(task)s”"),
    "resumed": N_("%(who)s went on with the task “%(task)s”"),
    "skipped": N_("%(who)s skipped the task “%(task)s”"),
    "failed": N_("%(who)s ended the task “%(task)s”: it could not be done"),
    "activated": N_("%(who)s let the task “%(task)s” begin before its day"),
    "modified": N_("%(who)s changed the priority of “%(task)s”"),
    "review_asked": N_("%(who)s asked %(whom)s to review the task “%(task)s”"),
    "approved": N_("%(who)s reviewed the task “%(task)s” of %(whom)s, and approved it"),
    "changes_asked": N_("%(who)s reviewed the task “%(task)s” of %(whom)s, and asked for changes"),
    "ticked": N_("%(who)s ticked an item on the checklist of “%(task)s”: %(item)s"),
    "unticked": N_("%(who)s took away the tick of an item on the checklist of “%(task)s”: %(item)s"),
    "item_added": N_("%(who)s added an item to the checklist of “%(task)s”"),
    "assigned": N_("%(who)s assigned the task “%(task)s” to %(whom)s"),
    "delegated": N_("%(who)s delegated the task “%(task)s” to %(whom)s"),
    "handed_back": N_("%(who)s gave the task “%(task)s” back to %(whom)s, to be accepted"),
    "forwarded": N_("%(who)s forwarded the task “%(task)s” to %(whom)s"),
    "forwarded to the queue": N_("%(who)s forwarded the task “%(task)s” to its queue"),
    "nominated": N_("%(who)s named %(whom)s for the task “%(task)s”"),
    "nominated to the queue": N_("%(who)s let the task “%(task)s” begin before its day, for its whole queue"),
    "added": N_("%(who)s added the task “%(task)s”"),
    "handed_over": N_("%(who)s handed the case over to %(whom)s"),
    "rights_changed added": N_("%(who)s added IP rights to the case"),
    "rights_changed entered": N_("%(who)s entered an IP right for the case"),
    "cases_linked related": N_("%(who)s linked the case with case %(number)s"),
    "cases_linked parent": N_("%(who)s put the case under case %(number)s, its parent"),
    "cases_linked child": N_("%(who)s put case %(number)s under this case, as its child"),
    "cases_linked original": N_("%(who)s marked the case as a duplicate of case %(number)s"),
    "cases_linked duplicate": N_("%(who)s marked case %(number)s as a duplicate of this case"),
    "cases_unlinked": N_("%(who)s ended the link with case %(number)s"),
    "migrated moved": N_("%(who)s moved the case to another edition of its workflow"),
    "migrated taken_back": N_("%(who)s took back the move to another edition"),
    "move_asked": N_("%(who)s proposed to move the case to “%(state)s”; a second person must agree"),
    "move_refused": N_("%(who)s did not agree to move the case to “%(state)s”, or took the proposal back"),
    "moved": N_("%(who)s moved the case to “%(state)s” past its steps, as another person had proposed"),
    "rights_changed removed": N_("%(who)s took IP rights out of the case"),
    "document_registered": N_("%(who)s added %(paper)s"),
    "document_registered by title": N_("%(who)s added “%(paper)s”"),
    "document_filed": N_("%(who)s filed version %(version)s of a paper: %(paper)s"),
    "document_filed by title": N_("%(who)s filed version %(version)s of “%(paper)s”"),
    "grant_withdrawn": N_("%(who)s ended the provider's access to a paper: %(paper)s"),
    "grant_withdrawn by title": N_("%(who)s ended the provider's access to “%(paper)s”"),
    "grant_day_changed": N_("%(who)s changed the last day of the provider's access to a paper: %(paper)s"),
    "grant_day_changed by title": N_("%(who)s changed the last day of the provider's access to “%(paper)s”"),
    "papers_returned returned": N_("%(who)s confirmed that the papers were given back"),
    "papers_returned destroyed": N_("%(who)s confirmed that the papers were destroyed"),
    "letter_sent invitation": N_("%(who)s sent an invitation to %(to)s"),
    "letter_sent question": N_("%(who)s asked %(to)s for an answer by letter"),
    "letter_sent referral": N_("%(who)s sent the letter of the request to %(to)s"),
    "letter_sent reminder": N_("%(who)s sent a reminder to %(to)s"),
    "letter_sent progress": N_("%(who)s wrote to %(to)s where the case stands"),
    "letter_sent closing": N_("%(who)s sent the letter at the end to %(to)s"),
    "letter_dispatched mail": N_("%(who)s recorded that a letter went out by e-mail"),
    "letter_dispatched post": N_("%(who)s recorded that a letter went out by post"),
    "letter_dispatched hand": N_("%(who)s recorded that a letter was handed over"),
    "document_withdrawn": N_("%(who)s withdrew a paper: %(paper)s"),
    "document_withdrawn by title": N_("%(who)s withdrew “%(paper)s”"),
    "consent_ended": N_("%(who)s recorded that a consent has ended"),
    "interest_declared": N_("%(who)s declared an interest in the case"),
    "unsealing_asked": N_("%(who)s asked to let one more person read the sealed mediation"),
    "unsealed": N_("%(who)s agreed, and one more person may read the sealed mediation for a time"),
    "unsealing_refused": N_("%(who)s did not agree that one more person reads the sealed mediation"),
    "resealed": N_("%(who)s sealed the mediation again"),
    "parties_told": N_("%(who)s told the parties who reads their mediation"),
    "glass_broken": N_("%(who)s opened the case in an emergency, to read it"),
    "link_given": N_("%(who)s gave %(whom)s a link to answer “%(task)s”"),
    "link_revoked": N_("%(who)s withdrew the link to answer “%(task)s”"),
    "received": N_("%(who)s confirmed the receipt of what the other side had done"),
    "objected raised": N_("%(who)s recorded not to agree with the other side"),
    "objected answered": N_("%(who)s answered the other side's objection"),
    "objected settled": N_("%(who)s called an objection settled"),
    "noted written": N_("%(who)s wrote an internal note"),
    "noted corrected": N_("%(who)s corrected an internal note"),
    "noted taken_back": N_("%(who)s took back an internal note"),
    "said written": N_("%(who)s wrote in the thread shared with the provider"),
    "said corrected": N_("%(who)s corrected a message in the thread shared with the provider"),
    "said taken_back": N_("%(who)s took back a message in the thread shared with the provider"),
}
_BY_ITSELF = {
    "handed_over": N_("The matter went over to %(whom)s"),
    "assigned": N_("The task “%(task)s” went to %(whom)s by the rule of its queue: %(why)s"),
    "added": N_("The task “%(task)s” was opened"),
    "completed": N_("The record of the organisation answered the task “%(task)s”"),
    "relieved": N_("A role of %(whom)s ended, so the task “%(task)s” is open again"),
    "activated": N_("The task “%(task)s” may begin"),
    "consent_ended": N_("A consent has expired"),
    "grant_expired": N_("The provider's access to a paper ended with its last day: %(paper)s"),
    "grant_expired by title": N_("The provider's access to “%(paper)s” ended with its last day"),
    "remind": N_("A reminder of “%(task)s” went out"),
    "due": N_("“%(task)s” is due"),
    "escalate": N_("“%(task)s” was passed on to the supervisors"),
    "flag": N_("“%(task)s” was flagged: it is long overdue"),
    "erased": N_("What named a person was erased"),
    "migrated moved": N_(
        "The case was moved to another edition of its workflow in a batch, as two persons had decided"
    ),
    "migrated taken_back": N_("The move to another edition was taken back in a batch, as two persons had decided"),
    "erased removal": N_("The contents of the case were removed under retention, as two persons had decided"),
    "erased archival": N_("The contents of the case went into the archive under retention, as two persons had decided"),
    "wake": N_("The task “%(task)s” woke: the day it waited for has come"),
    "stopped": N_("A clock stopped, for its step is over"),
    "recounted": N_("The calendar changed, and deadlines were counted again"),
}


def whose(code: str) -> JsonObject:
    """What an answer of `WHOSE` says of a paper."""
    return {"party": code if code in PARTIES else None, "own": code == "own"}


def say_whose(paper: DocumentRow) -> str:
    """Whose paper it is, or whom it is about."""
    if paper.party:
        return party_name(paper.party)
    return gettext("the office's own, with nothing of a party in it") if paper.own else gettext("both parties")


def say_join(join: JoinView) -> str:
    """How many results of referrals side by side are waited for; "" where none is any more."""
    if join.state != "open":
        return ""
    numbers = {
        "needed": join.needed,
        "possible": join.results + join.running,
        "service": service_name(join.service),
        "there": join.results,
    }
    if join.short:
        return gettext("Only %(possible)s of %(needed)s results can still come: %(service)s", **numbers)
    return gettext("Waits for %(needed)s of %(possible)s results: %(service)s (there so far: %(there)s)", **numbers)


def say_entry(entry: EventView, editions: Editions) -> str:
    """One entry of the history as a sentence."""
    who, edition = _who(entry), editions.get(entry.edition or "")
    if entry.kind in ("fired", "proposed", "refused"):
        return _say_transition(entry, who, edition)
    if entry.kind == "completed" and _grants_time(entry, edition) and "granted" in entry.data:
        return _say_extension(entry.data, who)
    if entry.kind == "glass_broken":
        broken = _ACTIONS[entry.kind]
        return f"{_capital(gettext(broken, who=who))}{say_given(entry.given, entry.names)}"
    if entry.kind == "corrected":
        return _say_correction(entry, who, edition, editions)
    if entry.kind == "joined":
        return gettext(
            "As many results as the case waited for are there: %(service)s",
            service=service_name(str(entry.what)),
        )
    unnamed, title = "" if entry.whom else _ACTIONS.get(f"{entry.kind} to the queue", ""), _title(entry)
    words = unnamed or _ACTIONS.get(entry.kind, "") or _ACTIONS.get(f"{entry.kind} {entry.what}", "")
    if entry.by_system:
        what = str(entry.what)
        words = _BY_ITSELF.get(what if entry.kind == "timer_fired" else entry.kind, _BY_ITSELF.get(what, ""))
        words = _BY_ITSELF.get(f"{entry.kind} {what}", words)
    if title:
        words = (_BY_ITSELF if entry.by_system else _ACTIONS).get(f"{entry.kind} by title", words)
    if not words:
        return gettext("%(who)s: %(what)s", who=who, what=entry.kind.replace("_", " "))
    if entry.kind == "completed" and entry.actor is not None and entry.actor.id == PARTY_ACTOR:
        return _capital(gettext("%(who)s answered “%(task)s” by a link", who=who, task=_say_task(entry, editions)))
    if entry.kind == "completed" and not entry.by_system and (done := _done(entry, editions)):
        return _capital(gettext("%(who)s %(done)s", who=who, done=_apart(done)))
    whom = (entry.whom and entry.whom.name) or gettext("somebody else")
    paper = title or listed(paper_name(paper.kind) for paper in entry.documents) or gettext("other paper")
    return _capital(
        gettext(
            words,
            who=who,
            to=_to(entry),
            task=_say_task(entry, editions),
            whom=whom,
            paper=paper,
            item=_say_item(entry, editions),
            version=entry.version,
            state=_say_place(entry, edition),
            number=entry.name,
            why=say_why(entry.why or (), entry.by_rows),
        )
    )


def _say_place(entry: EventView, edition: Edition | None) -> str:
    """The state that a move by two persons is about."""
    key = f"states.{entry.what}"
    return edition_text(edition, key) if edition is not None and key in edition.texts else str(entry.what or "")


def _title(entry: EventView) -> str:
    """What the document is called that it is about; "" where that is erased, or not told."""
    return next((paper.title for paper in entry.documents if paper.title), "")


def say_given(given: RoleGiven | None, names: Mapping[str, str]) -> str:
    """Who gave the role by which something was done, to stand behind the sentence of it; "" where that is not known."""
    if not given:
        return ""
    by = gettext("the command line") if given["by"] == SYSTEM_ACTOR else names.get(given["by"]) or gettext("somebody")
    if given["agreed_by"] is None:
        return gettext("; the role was given by %(name)s alone", name=by)
    other = names.get(given["agreed_by"]) or gettext("somebody")
    return gettext("; the role was asked for by %(one)s and agreed to by %(other)s", one=by, other=other)


def _say_correction(entry: EventView, who: str, edition: Edition | None, editions: Editions) -> str:
    name = entry.transition or entry.what
    if entry.task or edition is None or not edition.text(f"transitions.{name}.do"):
        what = _say_task(entry, editions)
    else:
        what = edition_text(edition, f"transitions.{name}.do")
    return _capital(gettext("%(who)s corrected an answer in “%(what)s”", who=who, what=what))


def _grants_time(entry: EventView, edition: Edition | None) -> bool:
    rules = edition.tasks.values() if edition else ()
    return any(rule.name in (entry.what, entry.name) and rule.part == GRANTS_TIME for rule in rules)


def _say_extension(data: Answers, who: str) -> str:
    if not data["granted"]:
        return _capital(gettext("%(who)s did not grant more time", who=who))
    return _capital(
        gettext("%(who)s granted more time, until %(day)s", who=who, day=say_day(data["until_on"], clock(), year=True))
    )


def _to(entry: EventView) -> str:
    """To whom a letter went: a party by its side, or the provider of the track on which it stands."""
    party = next((paper.party for paper in entry.documents if isinstance(paper, PartyPaper)), None)
    return party_name(party) if party else gettext("the provider")


def _say_transition(entry: EventView, who: str, edition: Edition | None) -> str:
    name = str(entry.transition or entry.what)
    do, done = name.replace("_", " "), name.replace("_", " ")
    if edition is not None and f"transitions.{name}.do" in edition.texts:
        do, done = edition_text(edition, f"transitions.{name}.do"), edition_text(edition, f"transitions.{name}.done")
    done = _apart(done)
    if entry.kind == "proposed":
        return _capital(gettext("%(who)s proposed “%(do)s”; a second person must agree", who=who, do=do))
    if entry.kind == "refused":
        return _capital(gettext("%(who)s did not agree to “%(do)s”", who=who, do=do))
    if entry.agreed:
        return _capital(gettext("%(who)s agreed as the second person and %(done)s", who=who, done=done))
    if entry.by_system:
        return _capital(gettext("The system %(done)s", done=done))
    return _capital(gettext("%(who)s %(done)s", who=who, done=done))


def _done(entry: EventView, editions: Editions) -> str:
    """What somebody did by completing a task, in the words of its answer or of the task; "" where those say nothing."""
    said, about = done_key(editions, entry.task, entry.form, entry.data), entry.task.about if entry.task else None
    words = edition_text(editions[said[0]], said[1]) if said else ""
    return labelled(words, party_name(about)) if words and about in PARTIES else words


def _apart(done: str) -> str:
    """What was done, behind a name: in Chinese, words that are not translated must not run into it."""
    return " " + done if chinese() and done[:1].isascii() else done


def _who(entry: EventView) -> str:
    actor = entry.actor
    if entry.by_system or actor and actor.id == SYSTEM_ACTOR:
        return gettext("The system")
    if actor is None or not actor.id:
        # On the other side of a referral one sees the office, not who in it.
        return role_name((actor and actor.name) or entry.role or "")
    name = actor.name or gettext("somebody")
    return gettext("%(name)s for %(organisation)s", name=name, organisation=entry.party) if entry.party else name


def _say_task(entry: EventView, editions: Editions) -> str:
    task = entry.task
    edition = editions.get((task and task.edition) or entry.edition or "")
    if edition is None:
        return entry.name or gettext("a task")
    if task is None:
        key = next((f"tasks.{rule.key}" for rule in edition.tasks.values() if rule.name == entry.name), "")
        return edition_text(edition, key) if key else entry.name or gettext("a task")
    return _words_of(task, editions) or str(entry.name)


def _words_of(task: TaskKey, editions: Editions) -> str:
    """What a task asks to be done, and about which party; "" where its edition is not known."""
    edition = editions.get(task.edition or "")
    if edition is None:
        return ""
    words = edition_text(edition, do_key(task.type, task.rule))
    return labelled(words, party_name(task.about)) if words and task.about in PARTIES else words


def _say_item(entry: EventView, editions: Editions) -> str:
    """An item of a checklist by its words in the edition; of one that somebody added, that it is theirs."""
    task = entry.task
    edition = editions.get((task and task.edition) or "")
    if task is None or edition is None:
        return gettext("one of their own")
    key = f"{'states' if task.type == 'step' else 'tasks'}.{task.rule}.items.{entry.item}"
    return edition_text(edition, key) if key in edition.texts else gettext("one of their own")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- fields ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A field of a form as it was filled in: its label, what it said the last time, what it says now."""

    label: str
    before: str | Markup
    now: str | Markup
    changed: bool = False
    #: What the log calls it.
    name: str = ""


def say_fields(entry: FilledIn, editions: Editions) -> list[Told]:
    """The fields of the form that came with an entry, in the order in which it asks them; then what it does not ask."""
    values = values_of(entry, editions)
    data, before = entry.data, entry.before_data or {}
    answers: list[tuple[str, Told]] = []
    for name in dict.fromkeys((*data, *before)):
        then, now = before.get(name), data.get(name)
        changed = bool(before) and then != now
        told = Told(values.label(name), values.say(then, name), values.say(now, name), changed, name)
        answers.append((name, told))
    for name, words in entry.body.items():
        said = gettext("erased") if name in entry.erased else _written(values, words, name)
        answers.append((name, Told(values.label(name), "", said, name=name)))
    place = _places(entry, editions)
    # Stored they have no order of their own. Of a row's answer its table says where it stands.
    return [told for _, told in sorted(answers, key=lambda one: place.get(one[0].split(".")[0], len(place)))]


def _places(entry: FilledIn, editions: Editions) -> dict[str, int]:
    """Where each field stands in the form that was filled in."""
    edition = editions.get(entry.form.edition) if entry.form else None
    asked = edition.rules["forms"].get(entry.form.name, ()) if edition is not None and entry.form else ()
    return {field["name"]: n for n, field in enumerate(asked)}


def values_of(entry: FilledIn, editions: Editions) -> Values:
    """How the values of an entry are said: by its form, with the names of people, papers and tasks in it."""
    form = entry.form
    tasks = {id: _words_of(task, editions) for id, task in entry.tasks.items()}
    if form is None:
        return Values({**entry.names, **tasks})
    return Values({**entry.names, **tasks}, editions.get(form.edition), form.name)


def _written(values: Values, words: JsonValue, name: str) -> str | Markup:
    """What a person wrote, as it stands: it may look like a day or a code and be neither."""
    return "" if words is None else words if isinstance(words, str) and name != "language" else values.say(words, name)


# --- who could not have done it --------------------------------------------------------------------------------------


_WHY_NOT = {
    "did_it": N_("did it"), "": N_("could have done it too"), "interested": N_("had declared an interest in the case"),
    "not_named": N_("was not named for this case"), "shut_out": N_("was shut out of the referral"),
    "theirs": N_("belonged to the referral's provider"),
    "prepared_it": N_("had done the step before, which another person must do"),
    "proposed_it": N_("had proposed it, so that another person must agree"),
    "held_by_other": N_("somebody else held the task"),
    "not_in_charge": N_("did not lead the case or the queue of the task"),
    # Said of every case alike: it tells of no mediation.
    "kept": N_("had been a dispute officer of the programme, or worked for a provider that mediates, since the case was opened"),
}  # fmt: skip


def say_why_not(code: str) -> str:
    return gettext(_WHY_NOT[code])
