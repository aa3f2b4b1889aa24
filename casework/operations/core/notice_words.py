"""What each kind of notice is called: the same words in the pages and in mails."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.analysis.notification_rules import (
    ANSWER,
    CANCELLATION,
    CATALOGUE,
    DECISION,
    DELIVERY,
    DUE,
    EMERGENCY,
    FINDING,
    LETTER,
    LINKED,
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


#: What an alarm of a witness of the log says, by its kind.
ALARM_SAYS = {
    "other_root": N_("%(name)s has signed a tree of %(size)s leaves, and here these leaves have another root."),
    "longer": N_("%(name)s has signed a tree of %(size)s leaves, and here there are fewer."),
}
#: Of an answer by mail that was not taken, or not whole: what happened, what to do.
REPLY_SAYS = {
    "over": N_("The address that you answered takes mails for 30 days, and these are over. Write on the page."),
    "closed": N_("Nothing can be written there by you now. The page says more, if you may see it."),
    "doubt": N_(
        "It does not look as if it were meant for everybody who would read it. Write it on the page, which says why and asks you."
    ),
    "empty": N_("No text of yours was found in it. Write above what you quote, or on the page."),
    "long": N_("It is longer than a message may be: 10,000 characters. Write less, or hand in a document on the page."),
    "files": N_("Its text was taken, its files were not. Hand them in on the page."),
}
#: What happened, in a few words after the number of a case.
HAPPENED: Mapping[str, str] = {
    OFFER: N_("New offer"), QUESTION: N_("Question for you"), RETURN: N_("Returned for correction"),
    CANCELLATION: N_("Cancelled"), DELIVERY: N_("Delivered"), DECISION: N_("Your decision is needed"),
    DUE: N_("Due today"), OVERDUE: N_("overdue"), STOP: N_("Stopped"), TASK: N_("New task"),
    REMINDER: N_("Reminder"), MOVED: N_("Moved on"), OWNERSHIP: N_("Now yours"),
    MENTION: N_("You were mentioned"), READERS: N_("Readers changed"),
    EMERGENCY: N_("Opened in an emergency"), LETTER: N_("Letter for you"),
    ANSWER: N_("A party has answered"), CATALOGUE: N_("New in the catalogue"),
    LINKED: N_("Links with other cases changed"),
    FINDING: N_("Finding of the audit"),
}  # fmt: skip
#: What one chooses about.
KIND: Mapping[str, str] = {
    OFFER: N_("New offers"), QUESTION: N_("Questions"), RETURN: N_("Returns for correction"),
    CANCELLATION: N_("Cancellations"), DELIVERY: N_("Deliveries"), DECISION: N_("Decisions needed from you"),
    DUE: N_("Tasks due"), OVERDUE: N_("Overdue tasks"), STOP: N_("Stops"), TASK: N_("New tasks"),
    REMINDER: N_("Reminders before something is due"), MOVED: N_("Steps taken by others"),
    READERS: N_("Who may read a sealed mediation"), EMERGENCY: N_("Cases opened in an emergency"),
    OWNERSHIP: N_("Cases handed over"), MENTION: N_("Mentions of you"), LETTER: N_("Letters of the office"),
    ANSWER: N_("Answers of parties by a link"), CATALOGUE: N_("Proposed matches and saved searches"),
    LINKED: N_("Links between cases"),
    FINDING: N_("Findings of the audit"),
}  # fmt: skip
CHOICE: Mapping[str, str] = {NOW: N_("at once"), DIGEST: N_("in the daily digest"), NONE: N_("not by mail")}
#: Of a sealed mediation nothing else is said.
SEALED = N_("Something needs your attention")
