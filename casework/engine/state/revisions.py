"""Revisions: of each kind of event, whether a form that was shown before it is stale, and why."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.state import events

#: It counts a revision of its track or, of the case itself, one of the case's.
TURNS: Mapping[str, str] = {
    events.OPENED: "there was nothing before it",
    events.FIRED: "the track stands elsewhere, or the same would be done twice",
    events.PROPOSED: "the next word is the second person's",
    events.REFUSED: "it can be proposed again",
    events.CONSENT_ENDED: "what is shared rests on other consents",
    events.RIGHTS_CHANGED: "the rights that were shown are not those that it is about",
    **dict.fromkeys(events.LINKINGS, "the links that were shown are not those that it has"),
    events.MIGRATED: "the form may be another one in the other edition",
    events.MOVE_ASKED: "it waits for a second person, and is asked for once",
    events.MOVE_REFUSED: "it can be asked for again",
    events.MOVED: "the track stands elsewhere",
    events.HANDED_OVER: "the owner and the team that were shown would be overwritten",
}

_TASK = "it is about who has a task and how far it is, which is asked again under the lock"
_BESIDE = "it opens or ends a task beside; what a guard asks of it is asked again"
_TIME = "it is about time and count, and nobody's form"
_PAPER = "it is a paper more to choose, or one less, which is refused by name"
_ACCESS = "it is about one access, which it names"
_SIDES = "it says what one side got or thinks of what the other did, and moves nothing"
_READERS = "it is about who reads, and each opening has a state of its own"
#: It leaves every form as it was.
KEEPS: Mapping[str, str] = {
    **dict.fromkeys(
        (events.CLAIMED, events.RELEASED, events.RELIEVED, events.STARTED, events.STOPPED, events.SUSPENDED), _TASK
    ),
    **dict.fromkeys((events.RESUMED, events.MODIFIED, events.ASSIGNED, events.DELEGATED, events.FORWARDED), _TASK),
    **dict.fromkeys((events.NOMINATED, events.HANDED_BACK, events.ACTIVATED), _TASK),
    **dict.fromkeys((events.REVIEW_ASKED, events.APPROVED, events.CHANGES_ASKED), _TASK),
    **dict.fromkeys((events.TICKED, events.UNTICKED, events.ITEM_ADDED), _TASK),
    **dict.fromkeys((events.COMPLETED, events.EXITED, events.SKIPPED, events.FAILED, events.ADDED), _BESIDE),
    **dict.fromkeys((events.TIMER_FIRED, events.RECOUNTED, events.JOINED), _TIME),
    **dict.fromkeys(
        (
            events.DOCUMENT_REGISTERED,
            events.DOCUMENT_FILED,
            events.DOCUMENT_WITHDRAWN,
            events.LETTER_SENT,
            events.LETTER_DISPATCHED,
        ),
        _PAPER,
    ),
    **dict.fromkeys(
        (events.GRANT_WITHDRAWN, events.GRANT_EXPIRED, events.GRANT_DAY_CHANGED, events.PAPERS_RETURNED), _ACCESS
    ),
    **dict.fromkeys((events.RECEIVED, events.OBJECTED), _SIDES),
    **dict.fromkeys((events.UNSEALING_ASKED, events.UNSEALED, events.UNSEALING_REFUSED, events.RESEALED), _READERS),
    **dict.fromkeys((events.PARTIES_TOLD, events.GLASS_BROKEN), _READERS),
    **dict.fromkeys((events.LINK_GIVEN, events.LINK_REVOKED), _TASK),
    events.CORRECTED: "it puts another answer in the place of one, and moves nothing; what a guard asks of it is asked again",
    events.INTEREST_DECLARED: "whoever declared it is refused by name wherever a form had offered that person",
    events.NOTED: "it is words alone",
    events.SAID: "it is words alone",
    events.ERASED: "words were taken out of what was; what a form asks stays the same",
}
