"""What each kind of notice is called: the same words in the pages and in mails."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.analysis.notification_rules import (
    CANCELLATION,
    DECISION,
    DELIVERY,
    DUE,
    EMERGENCY,
    LETTER,
    MENTION,
    MOVED,
    OFFER,
    OVERDUE,
    OWNERSHIP,
    QUESTION,
    READERS,
    REMINDER,
    RETURN,
    STOP,
    TASK,
)
from casework.operations.core.notification_preferences import DIGEST, NONE, NOW


def N_(words: str) -> str:
    """Marks words for the catalogue that are translated where they are shown."""
    return words


#: What happened, in a few words after the number of a case.
HAPPENED: Mapping[str, str] = {
    OFFER: N_("a new offer"), QUESTION: N_("a question for you"), RETURN: N_("returned for correction"),
    CANCELLATION: N_("cancelled"), DELIVERY: N_("something was delivered"), DECISION: N_("your decision is wanted"),
    DUE: N_("due now"), OVERDUE: N_("overdue"), STOP: N_("it stands still"), TASK: N_("something to do"),
    REMINDER: N_("a reminder"), MOVED: N_("it has moved on"), OWNERSHIP: N_("it is yours now"),
    MENTION: N_("you were mentioned"), READERS: N_("who may read it has changed"),
    EMERGENCY: N_("it was opened in an emergency"), LETTER: N_("a letter for you"),
}  # fmt: skip
#: What one chooses about.
KIND: Mapping[str, str] = {
    OFFER: N_("New offers"), QUESTION: N_("Questions"), RETURN: N_("What is returned for correction"),
    CANCELLATION: N_("Cancellations"), DELIVERY: N_("Deliveries"), DECISION: N_("Decisions that are wanted"),
    DUE: N_("What is due"), OVERDUE: N_("What is overdue"), STOP: N_("Stops"), TASK: N_("New tasks"),
    REMINDER: N_("Reminders before something is due"), MOVED: N_("Steps that others take"),
    READERS: N_("Who may read a sealed mediation"), EMERGENCY: N_("Cases opened in an emergency"),
    OWNERSHIP: N_("Cases handed over"), MENTION: N_("Where somebody mentions you"), LETTER: N_("Letters of the office"),
}  # fmt: skip
CHOICE: Mapping[str, str] = {NOW: N_("at once"), DIGEST: N_("in the daily digest"), NONE: N_("not by mail")}
#: Of a sealed mediation nothing else is said.
SEALED = N_("Something waits for you")
