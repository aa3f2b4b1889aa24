"""Messages of a case: who may say what to whom, and what looks as if it were meant for others.

The two audiences cannot be mixed up, for each is a kind of event of its own: an internal note belongs to the case and has
no track, a word of a shared thread belongs to its referral's track. No message changes what a case is. The words are in
the body, so that they can be erased; the effects have only ids: the message's own, of the one that it answers, of those
whom it mentions and of the documents that it names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from casework import reasons
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.record_commands import Correct, Say
from casework.engine.execution.task_changes import commit
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import NOTED, SAID
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason

INTERNAL, SHARED = "internal", "shared"
AUDIENCES = (INTERNAL, SHARED)
KINDS: Mapping[str, str] = {INTERNAL: NOTED, SHARED: SAID}
#: Who writes to each audience; the auditor and the manager only read.
WRITERS: Mapping[str, tuple[Role, ...]] = {
    INTERNAL: (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE),
    SHARED: (Role.OFFICER, Role.SUPERVISOR, Role.PROVIDER),
}
#: What an event does with a message.
WRITTEN, CORRECTED, TAKEN_BACK = "written", "corrected", "taken_back"
#: How a message came, where it was neither a page nor the API.
MAIL: Literal["mail"] = "mail"
LONGEST, MOST_MENTIONS, MOST_DOCUMENTS = 10_000, 20, 20


# --- who may -----------------------------------------------------------------------------------------------------------


def audience_of(kind: str) -> str:
    """The audience of a kind of event."""
    return next(audience for audience, of in KINDS.items() if of == kind)


def closed(case: Case, referral: Track) -> Reason | None:
    """Why nobody writes in a referral's thread now."""
    if not referral.is_referral or referral.provider is None or not referral.sent:
        return reasons.messages.NOT_SENT
    if case.frozen:
        return reasons.cases.STANDS_STILL
    if not referral.live and not any(child.live for child in case.children(referral.id)):
        return reasons.messages.THREAD_ENDED
    return None


def refusal(case: Case, role: str | None, audience: str, referral: Track | None) -> Reason | None:
    """Why this role does not write to this audience; None where it does."""
    if (referral is None) != (audience == INTERNAL):
        return reasons.messages.WRONG_PLACE
    if role not in accepted(case, WRITERS[audience]):
        return reasons.cases.FOR_ROLES(roles=WRITERS[audience])
    return None if referral is None else closed(case, referral)


def hidden_from(case: Case, document: str, referral: Track | None) -> Reason | None:
    """Why a message does not name a document: not everybody who reads it sees that one now; None where they do.

    The words are the same whether the case has such a document or not.
    """
    known = case.documents.get(document)
    there = known is not None and known.withdrawn_at is None
    if referral is None:
        return None if there else reasons.messages.NO_DOCUMENT
    if known is not None and there and known.track == referral.id:
        return None
    granted = any(
        grant.document == document and grant.track == referral.id and grant.ended_at is None
        for grant in case.grants.values()
    )
    return None if there and granted else reasons.messages.NOT_SHARED


# --- actions -------------------------------------------------------------------------------------------------------------


def say(builder: EventBuilder, command: Say) -> None:
    """Write a message."""
    if command.audience not in AUDIENCES:
        raise InvalidForm(fields={"audience": reasons.fields.ONE_OF(choices=AUDIENCES)})
    track = builder.track(command.referral) if command.referral is not None else None
    _insist(builder, command.audience, track)
    mentions = list(dict.fromkeys(command.mentions))
    if len(mentions) > MOST_MENTIONS:
        raise InvalidForm(fields={"mentions": reasons.fields.MOST_ENTRIES(most=MOST_MENTIONS)})
    came: Effects = {"channel": MAIL} if command.by_mail else {}
    effects: Effects = {"message": builder.context.new_id(), "what": WRITTEN, **came}
    if (of := command.reply_to) is not None:
        if (of.kind, of.track) != (KINDS[command.audience], command.referral):
            raise InvalidForm(fields={"reply_to": reasons.messages.NOT_IN_THREAD})
        if of.taken_back:
            raise InvalidForm(fields={"reply_to": reasons.messages.ANSWERS_NOTHING})
        effects["reply_to"] = of.message
        # Who is answered is told, however many others are.
        if command.answered is not None and command.answered not in (builder.by.person, *mentions):
            mentions.append(command.answered)
    if mentions:
        effects["mentions"] = mentions
    if attached := list(dict.fromkeys(command.documents)):
        if len(attached) > MOST_DOCUMENTS:
            raise InvalidForm(fields={"documents": reasons.fields.MOST_ENTRIES(most=MOST_DOCUMENTS)})
        for document in attached:
            if (why := hidden_from(builder.case, document, track)) is not None:
                raise InvalidForm(fields={"documents": why})
        effects["attached"] = attached
    builder.begin(KINDS[command.audience], track, effects, {"words": line(command.words, "words", LONGEST)})
    commit(builder)


def correct(builder: EventBuilder, command: Correct) -> None:
    """Other words for one's own message, or none: what it said stays in the history."""
    of = command.of
    track = builder.track(of.track) if of.track is not None else None
    _insist(builder, audience_of(of.kind), track)
    if of.actor != builder.by.person:
        raise NotAllowed(why=reasons.messages.CORRECTED_BY)
    if of.taken_back:
        raise WrongState(action=reasons.actions.CORRECT, why=reasons.messages.TAKEN_BACK)
    what, body = (
        (TAKEN_BACK, {}) if command.words is None else (CORRECTED, {"words": line(command.words, "words", LONGEST)})
    )
    builder.begin(of.kind, track, {"message": of.message, "what": what}, body, because=of.seq)
    commit(builder)


def _insist(builder: EventBuilder, audience: str, referral: Track | None) -> None:
    if (why := refusal(builder.case, builder.by.role, audience, referral)) is None:
        return
    if audience not in AUDIENCES:
        raise NotFound("thread")
    if builder.by.role not in accepted(builder.case, WRITERS[audience]):
        raise NotAllowed(why=why)
    raise WrongState(action=reasons.actions.WRITE_MESSAGE, why=why)


# --- the guard against the wrong audience ------------------------------------------------------------------------------

#: What may be wrong with a text for those who would read it.
STRANGER, NOT_A_READER, FROM_INSIDE = "stranger", "not_a_reader", "from_inside"
#: A passage shorter than this proves nothing: letters, and characters of a script that writes a word in one or two.
_LETTERS, _CHARACTERS = 24, 10
#: An address of mail has a letter of ours before it, a name in a Chinese sentence one of that.
_AT = re.compile(r"(?<![A-Za-z0-9_.])[@＠](\w[\w.-]*)")
_ENDS = re.compile(r"[\n.!?;。!?;]+")


@dataclass(frozen=True)
class Doubt:
    """One reason to ask before a text is sent: its kind, and the name that stands in the text."""

    kind: str
    name: str = ""


def doubts(
    words: str, *, readers: Iterable[str], strangers: Iterable[str], internal: Iterable[str]
) -> tuple[Doubt, ...]:
    """Why a text looks as if it were not meant for its readers; in order, each once.

    `readers` are the names of those who would read it, `strangers` names of people and organisations that they may not
    know of, `internal` texts that they may not read.
    """
    plain, known = _plain(words), {_plain(reader) for reader in readers}
    raised = [
        Doubt(STRANGER, name)
        for name in sorted(set(strangers))
        if _plain(name) not in known and _stands_in(_plain(name), plain)
    ]
    for name in _AT.findall(words):
        # Somebody is addressed by the first letters of a name, with or without its spaces; in Chinese none stands behind it.
        begun = _plain(name).rstrip(".-")
        if not any(
            part.startswith(begun) or not part.isascii() and begun.startswith(part)
            for reader_name in known
            for part in (reader_name, reader_name.replace(" ", ""), *reader_name.split())
        ):
            raised.append(Doubt(NOT_A_READER, name))
    if any(_overlap(plain, words, other) for other in internal):
        raised.append(Doubt(FROM_INSIDE))
    return tuple(dict.fromkeys(raised))


def _overlap(plain: str, words: str, other: str) -> bool:
    """Whether the two texts have a passage in common, or are the same."""
    inside = _plain(other)
    if not inside:
        return False
    return (
        plain == inside
        or any(passage in plain for passage in _passages(other))
        or any(passage in inside for passage in _passages(words))
    )


def _passages(words: str) -> list[str]:
    passages = [_plain(part) for part in _ENDS.split(words)]
    return [passage for passage in passages if len(passage) >= (_LETTERS if passage.isascii() else _CHARACTERS)]


def _stands_in(name: str, plain: str) -> bool:
    if len(name) < 2:
        return False
    if not name.isascii():
        return name in plain
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) is not None


def _plain(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())
