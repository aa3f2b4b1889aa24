"""One-time links: a party without an account answers one task by the link that an officer gave it.

A link is for one task and one party, until a moment, and shows nothing but what was named with it. Who gives one may do the task
themselves, or leads its queue. A new one for the same task and party takes the place of the one before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import cast

from casework import reasons
from casework.engine.definition.by_link import LINK_FILLS
from casework.engine.definition.edition_schema import WrittenByLink, WrittenField
from casework.engine.definition.editions import Edition, TaskRule
from casework.engine.execution.checklists import unticked
from casework.engine.execution.context import By
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import GiveLink, RevokeLink
from casework.engine.execution.task_changes import commit
from casework.engine.execution.task_lifecycle import giver, leads, review_for, works
from casework.engine.parties import PARTIES
from casework.engine.state.case import CREATED, Case, Task
from casework.engine.state.effects_schema import GivenLink
from casework.engine.state.events import LINK_GIVEN, LINK_REVOKED, Event
from casework.engine.state.party_links import PartyLink
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.ledger.canonical_json import instant, parse_instant
from casework.reasons import Reason, Why

OPEN, USED, REVOKED = "open", "used", "revoked"
#: Days until a link ends, and the most that may be asked for.
DAYS, MOST_DAYS = 14, 90
#: A party is not offered less: it may be a weekend away.
LEAST_DAYS = 3
#: What a link shows, or asks about, at most.
MOST_NAMED = 50
LANGUAGES = ("en", "zh-Hans")
_DO = reasons.actions.SEND_LINK


def rule_of(edition: Edition, task: Task) -> TaskRule | None:
    """The rule of a task that a party may answer by a link."""
    rule = edition.tasks.get(task.rule) if task.type == "side" else None
    return rule if rule is not None and rule.by_link is not None else None


def refusal(case: Case, edition: Edition, task: Task) -> Reason | None:
    """Why no party is given a link for a task, or answers it by one, as it stands."""
    if case.kind != "case" or rule_of(edition, task) is None:
        return reasons.links.NOT_BY_LINK
    if not task.open:
        return reasons.links.NOT_OPEN
    if task.state == CREATED:
        return reasons.links.NOT_YET
    if case.frozen:
        return reasons.cases.STANDS_STILL
    if giver(task) is not None or review_for(task) is not None:
        return reasons.links.IN_REVIEW
    return reasons.links.TICK_FIRST if unticked(edition, task) else None


def may_give(case: Case, task: Task, by: By) -> bool:
    """Whether somebody in this capacity gives and withdraws links for a task: who may do it, or leads its queue."""
    return works(case, task, by) or leads(case, task, by)


def is_open(case: Case, link: PartyLink, now: datetime) -> bool:
    """Whether a link still leads to its task."""
    task = case.tasks.get(link.task)
    return link.state == OPEN and now < link.until and task is not None and task.open


def standing(case: Case, link: PartyLink, now: datetime) -> str:
    """How a link stands: open, used, revoked, or over, by its day or because its task was done otherwise."""
    return link.state if link.state != OPEN else OPEN if is_open(case, link, now) else "over"


def parties_of(case: Case, task: Task) -> tuple[str, ...]:
    """The parties that may be given a link for a task: the one that it is about, or each of them."""
    there = tuple(party for party in PARTIES if party in case.parties)
    return tuple(party for party in there if party == task.about) if task.about in PARTIES else there


def days_for(today: date, due: date | None) -> int:
    """For how many days a link is offered: no longer than its task has, where a party can answer in that time."""
    left = DAYS if due is None or due < today else (due - today).days
    return max(LEAST_DAYS, min(DAYS, left))


def may_show(case: Case, party: str, task: Task) -> frozenset[str]:
    """The documents that a link for a task may show to a party: its own, the office's own, and what the task's referral brought."""
    tracks = {track.id for track in case.tracks.values() if track.id == task.track or track.parent == task.track}
    above = case.tracks[task.track].parent
    return frozenset(
        document.id
        for document in case.documents.values()
        if document.withdrawn_at is None
        and (
            document.party == party or document.own or document.track is not None and document.track in tracks | {above}
        )
        and any(file.document == document.id for file in case.files.values())
    )


def asked_fields(edition: Edition, rule: TaskRule, link: PartyLink | None = None) -> list[WrittenField]:
    """The fields of a task's form that are asked of a party: not what the link fills in or leaves out, nor what it names nothing for."""
    by_link = rule.by_link
    assert by_link is not None
    apart = {*by_link["leaves"], *(by_link[name] for name in LINK_FILLS if name in by_link)}
    fields = _always([_offered(field, by_link) for field in edition.form(rule.form) if field["name"] not in apart])
    if link is None:
        return fields
    unnamed = unnamed_kinds(link)
    return [field for field in fields if field["type"] not in unnamed]


def unnamed_kinds(link: PartyLink) -> frozenset[str]:
    """Of documents and providers what an officer named none of with the link."""
    return frozenset(
        kind for kind, named in (("documents", link.documents), ("providers", link.providers)) if not named
    )


def agrees_to_none(edition: Edition, rule: TaskRule, link: PartyLink) -> list[WrittenField]:
    """The fields of a consent for which the link names nothing: what nobody reads, nobody agrees to."""
    asked = asked_fields(edition, rule)
    if all(field["type"] != "providers" for field in asked):
        return []
    unnamed = unnamed_kinds(link)
    return [field for field in asked if field["type"] in unnamed]


def _always(fields: list[WrittenField]) -> list[WrittenField]:
    """Without a condition that every answer meets which is offered: a party would only puzzle over it."""
    sure = {
        field["name"]: set(field["choices"])
        for field in fields
        if field["required"] and "choices" in field and "when" not in field
    }
    asked = []
    for field in fields:
        name, values = field.get("when", ("", []))
        met = name in sure and sure[name] <= set(values)
        asked.append(cast(WrittenField, {key: said for key, said in field.items() if not (met and key == "when")}))
    return asked


def _offered(field: WrittenField, by_link: WrittenByLink) -> WrittenField:
    """A field as a party is asked it: without the answers that are the office's alone, and providers never unnamed."""
    if field["type"] == "providers":
        return {**field, "required": True}
    without = by_link.get("without", {}).get(field["name"])
    return {**field, "choices": [choice for choice in field["choices"] if choice not in without]} if without else field


def give(builder: EventBuilder, command: GiveLink) -> None:
    """Give a party a link for a task; one that it had for it opens nothing any more."""
    task = builder.task(command.task)
    edition, track = builder.library[task.edition], builder.case.tracks[task.track]
    if not may_give(builder.case, task, builder.by):
        raise NotAllowed(why=reasons.tasks.IN_QUEUE(queue=task.queue))
    if (why := refusal(builder.case, edition, task)) is not None:
        raise WrongState(action=_DO, why=why)
    if faults := dict(_faults(builder.case, task, command)):
        raise InvalidForm(fields=faults)
    link: GivenLink = {
        "id": builder.context.new_id(),
        "task": task.id,
        "party": command.party,
        "organisation": command.organisation or builder.case.parties[command.party],
        "until": instant(builder.context.now + timedelta(days=command.days)),
        "language": command.language,
        "documents": list(dict.fromkeys(command.documents)),
        "providers": list(dict.fromkeys(command.providers)),
        "code": command.code,
        "mail": command.address is not None,
    }
    body = {"recipient": line(command.name, "name", 200)} if command.name.strip() else {}
    if command.address is not None:
        body["address"] = command.address
    builder.begin(LINK_GIVEN, track, {"task": task.id, "name": task.name, "links": [link]}, body)
    if earlier := _earlier(builder.case, task.id, command.party):
        builder.effects["link_states"] = [{"id": id, "state": REVOKED} for id in earlier]
    commit(builder)


def revoke(builder: EventBuilder, command: RevokeLink) -> None:
    """Withdraw a link that was not used: it opens nothing from now on."""
    link = builder.case.party_links.get(command.link)
    if link is None:
        raise NotFound("link")
    task = builder.task(link.task)
    if not may_give(builder.case, task, builder.by):
        raise NotAllowed(why=reasons.tasks.IN_QUEUE(queue=task.queue))
    if link.state != OPEN:
        raise WrongState(action=reasons.actions.REVOKE_LINK, why=reasons.links.OVER)
    builder.begin(
        LINK_REVOKED,
        builder.case.tracks[task.track],
        {"task": task.id, "name": task.name, "link_states": [{"id": link.id, "state": REVOKED}]},
    )
    commit(builder)


def _earlier(case: Case, task: str, party: str) -> list[str]:
    return [id for id, link in case.party_links.items() if (link.task, link.party, link.state) == (task, party, OPEN)]


def _faults(case: Case, task: Task, command: GiveLink) -> Iterator[tuple[str, Why]]:
    if command.party not in parties_of(case, task):
        yield "party", reasons.links.NO_SUCH_PARTY
    elif not set(command.documents) <= may_show(case, command.party, task):
        yield "documents", reasons.links.NOT_THEIRS
    if command.language not in LANGUAGES:
        yield "language", reasons.fields.NOT_A_CHOICE
    if not 1 <= command.days <= MOST_DAYS:
        yield "days", reasons.fields.BETWEEN(least=1, most=MOST_DAYS)
    for name, named in (("documents", command.documents), ("providers", command.providers)):
        if len(named) > MOST_NAMED:
            yield name, reasons.fields.AT_MOST(value=MOST_NAMED)


# --- judged again ----------------------------------------------------------------------------------------------------


def given_against(edition: Edition, before: Case, event: Event, by: By, known: Collection[str] = ()) -> Iterator[str]:
    """What speaks against a link's being given or withdrawn, as sentences; `known`: who its party has been by the record."""
    task = before.tasks.get(event.effects["task"])
    if task is None:
        yield "the task was not there"
        return
    if not may_give(before, task, by):
        yield "its actor neither works nor leads the queue of the task"
    given, ended = event.effects.get("links", []), [change["id"] for change in event.effects.get("link_states", ())]
    if any(change["state"] != REVOKED for change in event.effects.get("link_states", ())):
        yield "only an answer uses a link"
    if set(event.effects) - {"task", "name", "links", "link_states"}:
        yield "it did more than give a link or withdraw one"
    if event.kind == LINK_REVOKED:
        gone = [before.party_links.get(id) for id in ended]
        if given or len(gone) != 1 or gone[0] is None or gone[0].state != OPEN or gone[0].task != task.id:
            yield "it withdraws something else than a link of the task that is open"
        return
    if (why := refusal(before, edition, task)) is not None:
        yield f"a link for the task could not be given: {why}"
    if len(given) != 1:
        yield "it gives no link, or several"
        return
    yield from _unfit(before, task, given[0], event.at, known)
    if sorted(ended) != sorted(_earlier(before, task.id, given[0]["party"])):
        yield "it does not end exactly the links that the party had for the task"


def _unfit(before: Case, task: Task, link: GivenLink, at: datetime, known: Collection[str]) -> Iterator[str]:
    if link["id"] in before.party_links or link["task"] != task.id:
        yield "the link was there already, or is for another task"
    if link["party"] not in parties_of(before, task) or link["organisation"] not in {
        before.parties.get(link["party"]),
        *known,
    }:
        yield "the link is for somebody else than a party that the task may be answered by"
    if not set(link["documents"]) <= may_show(before, link["party"], task):
        yield "the link shows documents that its party may not see by it"
    if not at < parse_instant(link["until"]) <= at + timedelta(days=MOST_DAYS):
        yield "the link lasts longer than a link may"


def used_against(edition: Edition | None, before: Case, event: Event, results: Iterable[object]) -> Iterator[str]:
    """What speaks against a party's answering, or handing a document in, by a link."""
    link = before.party_links.get(event.effects.get("link", ""))
    if link is None:
        yield "no link was given for it"
        return
    task = before.tasks.get(link.task)
    if link.state != OPEN or event.at >= link.until:
        yield "the link was used, had ended or was withdrawn"
    if event.organisation != link.organisation or event.acting_for is not None:
        yield "the link was another party's"
    if task is None or edition is None or (why := refusal(before, edition, task)) is not None:
        yield "the task could not be answered by a link" + (
            f": {why}" if task is not None and edition is not None else ""
        )
    if "documents" in event.effects:
        if any(document["party"] != link.party or document.get("own") for document in event.effects["documents"]):
            yield "what it hands in is not its own party's"
        return
    if event.effects.get("task") != link.task or event.effects.get("link_states") != [{"id": link.id, "state": USED}]:
        yield "it answers another task than the link is for, or does not use the link up"
    rule = rule_of(edition, task) if edition is not None and task is not None else None
    fields = {field["name"]: field["type"] for field in edition.form(rule.form)} if edition is not None and rule else {}
    handed_in = set(event.effects.get("handed_in", ()))
    without = rule.by_link.get("without", {}) if rule is not None and rule.by_link is not None else {}
    for result in results:
        yield from _beyond(link, fields, result, handed_in)
        if isinstance(result, dict) and any(result.get(name) in choices for name, choices in without.items()):
            yield "the party answers what the office alone can say"


def _beyond(link: PartyLink, fields: dict[str, str], result: object, handed_in: set[str]) -> Iterator[str]:
    for name, value in result.items() if isinstance(result, dict) else ():
        shown = {"documents": {*link.documents, *handed_in}, "providers": set(link.providers)}.get(fields.get(name, ""))
        if shown is not None and isinstance(value, list) and not set(value) <= shown:
            yield "the answer names what the link did not show"
