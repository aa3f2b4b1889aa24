"""Each thing has one name: the catalogues use the glossary's words, and none of those that were given up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import casework
from casework.web.shell.glossary import TERMS

FOLDER = Path(casework.__file__).parent / "translations" / "zh_Hans" / "LC_MESSAGES"
#: What pages no longer say, as whole texts and within longer ones, and what they say instead.
GIVEN_UP = {
    "Do something with those ticked": "Bulk actions",
    "What can be done now": "Actions",
    "Stands at:": "State:",
    "Let it wait": "Snooze",
    "Take it": "Take the task",
    "Give it back": "Return to the queue",
    "Ask others as well": "Ask another provider as well",
    "Have it assessed again": "Order a new assessment",
    "Follow the talks": "Record the agreed text",
    "Have the parties choose a dispute clause": "Record the dispute clause",
    "Bring the agreement to signature": "Get the agreement signed",
    "Keep the check of the rights fresh": "Check the rights again",
    "Obtain the non-disclosure agreement": "Get the NDA signed",
    "Draw up the service plan": "Write the service plan",
    "Approve the plan, or return it": "Decide on the service plan",
    "Close the case, or return it to work": "Decide on closing",
    "Review why the case still waits": "Decide on the hold",
    "See the assessment through": "Follow the assessment",
    "Arrange the deal": "Structure the deal",
    "Do the work and deliver": "Deliver the service",
    "Get the decision": "Decide on the financing",
    "Clear the way, or cancel": "Resume or cancel the referral",
    "Go on to structuring": "Move to structuring",
    "Go on to signing": "Move to signing",
    "End the check": "Close the rights check",
    "Suspend": "Pause the referral",
    "Not possible now": "Not yet",
    "It took place earlier": "It happened on another day",
    "Nothing was recorded yet. Please correct:": "Nothing is recorded yet. Put right …",
    "is required": "must be answered, on pages: Enter …",
    "Filled in from what is on record.": "From the application of 14 Sep",
    "Whom to ask": "Suggested providers",
    "nothing is known of it yet": "no record yet",
    "nothing lies on it": "no pledge, no licence",
    "The fee is borne by": "Fee paid by",
    "stopped: nothing to do": "not your turn",
    "How this service goes": "Steps of this service",
    "Hand in documents": "Add documents",
    "Enter a paper without a file": "Add a document without a file",
    "%(who)s entered a paper: %(paper)s": "%(who)s added %(paper)s",
    "no file yet": "file missing",
    "Declare an interest": "Declare a conflict of interest",
    "a reminder": "Reminder",
    "something to do": "New task",
    "due now": "Due today",
    "was passed": "done",
    "back to where it was": "returns to the earlier state",
    "Papers and consents": "Documents",
    "By itself": "By the clock",
    "chain whole, all allowed": "Whole: every entry as recorded and allowed",
    "Others who could have": "3 others could",
    "Decisions of two persons": "Two-person decisions",
    "Late recordings": "Recorded late",
    "Who draws with the same seed gets the same cases.": "The same seed draws the same cases again.",
    "Cases that depend on too few people": "Cases without a stand-in",
    "Night after night": "Last 30 nights",
    "With it now": "Under way",
    "All that others must do": "All I wait for",
    "Go to where it is done": "Open the task",
    "To the beginning": "First page",
    "Make the account": "Create the account",
}  # fmt: skip
#: Short ones that may stand within a longer text that says something else.
WHOLE = {
    "Suspend",
    "Take it",
    "Get the decision",
    "was passed",
    "a reminder",
    "is required",
    "By itself",
    "due now",
    "no file yet",
}
#: What the specification of the domain, or a form, calls otherwise where the word stands for something narrower.
STATES = {
    "case.states.assessment", "case.states.consent", "case.states.monitoring", "pledge.states.overdue",
    "referral.states.conflict", "mediation.states.submission", "finance.title", "finance.states.term_sheet",
    "assessment.states.verified", "deployment.title", "mediation.forms.Dispute.contract.choices.licence",
    "finance.forms.Profile.stage.choices.pilot", "pledge.forms.Refusal.reason.choices.technology",
}  # fmt: skip
#: A message that is another thing than the word of the glossary: a step, a letter, what a service track came to.
OTHER_THINGS = {"Accept", "Match", "match", "Reminder", "Replaced", "Withdraw", "failed", "replaced"}
LETTER = "\u3400-\u9fff"


@cache
def texts() -> tuple[tuple[str, str, str], ...]:
    """English, Chinese and context of everything that is translated."""
    return tuple(_texts())


def _texts() -> Iterator[tuple[str, str, str]]:
    for name in ("messages.po", "workflows.po"):
        with (FOLDER / name).open("rb") as file:
            for entry in read_po(file):
                ids = entry.id if isinstance(entry.id, list | tuple) else (entry.id,)
                said = entry.string if isinstance(entry.string, list | tuple) else (entry.string,)
                for english in ids:
                    for chinese in said:
                        if english:
                            yield english, str(chinese), entry.context or ""


def test_nothing_says_what_was_given_up() -> None:
    still = {
        old for old in GIVEN_UP for english, _, _ in texts() if (english == old if old in WHOLE else old in english)
    }
    assert still == set()


def test_a_word_of_the_glossary_is_said_as_it_says() -> None:
    known: dict[str, set[str]] = {}
    for term in TERMS:
        known.setdefault(term.key.lower(), set()).add(term.chinese.partition("（")[0])
    wrong = [
        (english, chinese, context)
        for english, chinese, context in texts()
        if (called := english.lower().removeprefix("the ")) in known
        and context not in STATES
        and english not in OTHER_THINGS
        and not any(word in chinese for word in known[called])
    ]
    assert wrong == []


def test_each_word_stands_once() -> None:
    words = [term.english for term in TERMS]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("readers are addressed with 您", "你"),
        ("a technology is 落地, not 部署", "部署"),
        ("no dash", "—|–(?=[^0-9%])"),
        ("full-width punctuation between Chinese letters", f"[{LETTER}][,;:!?()][{LETTER}]"),
        ("no blank between Chinese letters", f"[{LETTER}] [{LETTER}]"),
        ("a sentence ends with a full-width stop", rf"[{LETTER}][.!?]$"),
    ],
)
def test_chinese_keeps_to_its_rules(rule: str, pattern: str) -> None:
    assert [chinese for _, chinese, _ in texts() if re.search(pattern, chinese)] == [], rule


def test_a_meaning_is_a_sentence_in_both_languages() -> None:
    chinese = {english: said for english, said, _ in texts()}
    for term in TERMS:
        if term.means:
            assert term.means.endswith((".", "?")), term.english
            assert chinese[term.means].endswith(("。", "？")), term.english
