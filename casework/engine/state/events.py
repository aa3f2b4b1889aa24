"""An event as the engine makes it and reads it again: what happened, before the ledger seals it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.engine.state.effects_schema import Effects
from casework.engine.state.register_effects import RegisterEffects
from casework.json_values import Answers

#: The actor of everything that happens by itself.
SYSTEM_ACTOR = "system"
#: The actor of what a party answers by a one-time link: somebody without an account, whose name stands in the body.
PARTY_ACTOR = "party"
#: Actors that are no person's id.
NO_PERSONS = frozenset({SYSTEM_ACTOR, PARTY_ACTOR})

# What kinds there are in the log of a case. Past tense in the history; here the action.
OPENED, FIRED, PROPOSED, REFUSED = "opened", "fired", "proposed", "refused"
CLAIMED, RELEASED, COMPLETED, EXITED, ADDED = "claimed", "released", "completed", "exited", "added"
RELIEVED = "relieved"
STARTED, STOPPED, SUSPENDED, RESUMED, SKIPPED, FAILED, MODIFIED = (
    "started", "stopped", "suspended", "resumed", "skipped", "failed", "modified",
)  # fmt: skip
#: Another person looks at a task's form before it is finished.
REVIEW_ASKED, APPROVED, CHANGES_ASKED = "review_asked", "approved", "changes_asked"
#: An item of a task's checklist.
TICKED, UNTICKED, ITEM_ADDED = "ticked", "unticked", "item_added"
#: A task comes to another person.
ASSIGNED, DELEGATED, FORWARDED, NOMINATED, HANDED_BACK = (
    "assigned",
    "delegated",
    "forwarded",
    "nominated",
    "handed_back",
)
TIMER_FIRED, ACTIVATED, RECOUNTED = "timer_fired", "activated", "recounted"
HANDED_OVER, DOCUMENT_REGISTERED, CONSENT_ENDED, INTEREST_DECLARED = (
    "handed_over", "document_registered", "consent_ended", "interest_declared",
)  # fmt: skip
#: It is about other IP rights than before.
RIGHTS_CHANGED = "rights_changed"
#: It is linked to another case of its programme, or no longer; the log of the other one says the same.
CASES_LINKED, CASES_UNLINKED = "cases_linked", "cases_unlinked"
LINKINGS = (CASES_LINKED, CASES_UNLINKED)
#: It goes on by another edition of a workflow, or by the one before again.
MIGRATED = "migrated"
#: One person asks that it be moved to a state without the steps that lead there; another one agrees, or does not.
MOVE_ASKED, MOVE_REFUSED, MOVED = "move_asked", "move_refused", "moved"
#: A version of a document's file, and a document taken out of use.
DOCUMENT_FILED, DOCUMENT_WITHDRAWN = "document_filed", "document_withdrawn"
#: A letter of the office, filed as it was sent.
LETTER_SENT = "letter_sent"
#: How and when a letter to a party went out, as somebody put it down.
LETTER_DISPATCHED = "letter_dispatched"
#: A provider sees a document no longer, by a person or because its day has come; that day was changed.
GRANT_WITHDRAWN, GRANT_EXPIRED, GRANT_DAY_CHANGED = "grant_withdrawn", "grant_expired", "grant_day_changed"
#: It says what became of those that it had.
PAPERS_RETURNED = "papers_returned"
#: A message of each audience, which `engine.case_objects.messages` keeps apart: an internal note, a word in a shared thread.
NOTED, SAID = "noted", "said"
#: A sealed mediation is opened to one more reader by two persons, and sealed again; a case is opened in an emergency.
UNSEALING_ASKED, UNSEALED, UNSEALING_REFUSED, RESEALED, PARTIES_TOLD, GLASS_BROKEN = (
    "unsealing_asked", "unsealed", "unsealing_refused", "resealed", "parties_told", "glass_broken",
)  # fmt: skip
#: A party was given a link by which it answers a task once, without an account; the link was withdrawn.
LINK_GIVEN, LINK_REVOKED = "link_given", "link_revoked"
#: Of referrals side by side, as many have a result as the case waits for.
JOINED = "joined"
#: Between the two sides of a referral: one has got what the other did; one does not agree with it.
RECEIVED, OBJECTED = "received", "objected"
#: An answer of an earlier form was mistyped: another one stands in its place, and both are told.
CORRECTED = "corrected"
#: Words that name a person, or all of a case that is kept no longer, were taken out of earlier events, for their hashes; what was
#: done and by whom stays.
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One thing that happened in any log. `effects` are what follows from it, `body` the words that came with it."""

    log: str
    seq: int
    at: datetime
    kind: str
    actor: str
    track: str | None = None
    frm: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    edition: str | None = None
    acting_for: str | None = None
    role: str | None = None
    organisation: str | None = None
    #: seq of the event in this log that caused it.
    because: int | None = None
    effects: Mapping[str, Any] = field(default_factory=dict)
    #: Form values that no rule reads, by field; an erased one is the ledger's `ERASED`.
    body: Answers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event(LoggedEvent):
    """One thing that happened in the log of a case or a mediation."""

    effects: Effects = field(default_factory=Effects)


@dataclass(frozen=True, slots=True)
class RegisterEvent(LoggedEvent):
    """One thing that happened in another log: a register's, a finding's, an erasure's."""

    effects: RegisterEffects = field(default_factory=RegisterEffects)
