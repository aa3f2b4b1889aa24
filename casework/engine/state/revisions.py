"""Revisions: of each kind of event, whether a form that was shown before it is stale, and why."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.state import events as kinds

#: It counts a revision of its track or, of the case itself, one of the case's.
TURNS: Mapping[str, str] = {
    kinds.OPENED: "there was nothing before it",
    kinds.FIRED: "the track stands elsewhere, or the same would be done twice",
    kinds.PROPOSED: "the next word is the second person's",
    kinds.REFUSED: "it can be proposed again",
    kinds.CONSENT_ENDED: "what is shared rests on other consents",
    kinds.HANDED_OVER: "the owner and the team that were shown would be overwritten",
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
        (kinds.CLAIMED, kinds.RELEASED, kinds.RELIEVED, kinds.STARTED, kinds.STOPPED, kinds.SUSPENDED), _TASK
    ),
    **dict.fromkeys((kinds.RESUMED, kinds.MODIFIED, kinds.ASSIGNED, kinds.DELEGATED, kinds.FORWARDED), _TASK),
    **dict.fromkeys((kinds.NOMINATED, kinds.HANDED_BACK, kinds.ACTIVATED), _TASK),
    **dict.fromkeys((kinds.REVIEW_ASKED, kinds.APPROVED, kinds.CHANGES_ASKED), _TASK),
    **dict.fromkeys((kinds.TICKED, kinds.UNTICKED, kinds.ITEM_ADDED), _TASK),
    **dict.fromkeys((kinds.COMPLETED, kinds.EXITED, kinds.SKIPPED, kinds.FAILED, kinds.ADDED), _BESIDE),
    **dict.fromkeys((kinds.TIMER_FIRED, kinds.RECOUNTED, kinds.JOINED), _TIME),
    **dict.fromkeys(
        (kinds.DOCUMENT_REGISTERED, kinds.DOCUMENT_FILED, kinds.DOCUMENT_WITHDRAWN, kinds.LETTER_SENT), _PAPER
    ),
    **dict.fromkeys(
        (kinds.GRANT_WITHDRAWN, kinds.GRANT_EXPIRED, kinds.GRANT_DAY_CHANGED, kinds.PAPERS_RETURNED), _ACCESS
    ),
    **dict.fromkeys((kinds.RECEIVED, kinds.OBJECTED), _SIDES),
    **dict.fromkeys((kinds.UNSEALING_ASKED, kinds.UNSEALED, kinds.UNSEALING_REFUSED, kinds.RESEALED), _READERS),
    **dict.fromkeys((kinds.PARTIES_TOLD, kinds.GLASS_BROKEN), _READERS),
    kinds.CORRECTED: "it puts another answer in the place of one, and moves nothing; what a guard asks of it is asked again",
    kinds.INTEREST_DECLARED: "whoever declared it is refused by name wherever a form had offered that person",
    kinds.NOTED: "it is words alone",
    kinds.SAID: "it is words alone",
    kinds.ERASED: "words were taken out of what was; what a form asks stays the same",
}
