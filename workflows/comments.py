"""What is put to a party for its comments: a draft report, the terms, a letter. Each party answers for itself, by a link or otherwise."""

from __future__ import annotations

from casework.engine.definition.grammar import ByLink, Task, working_days
from casework.engine.roles import Role
from workflows.case_forms import PartyComment


def _comment(name: str, do: str, asks: str) -> Task:
    return Task(
        name,
        do,
        Role.OFFICER,
        working_days(10),
        PartyComment,
        per="party",
        unless_open=True,
        by_link=ByLink(
            asks,
            labels=(
                ("answer", "Do you want to comment on it?"),
                ("comment", "Your comments"),
                ("papers", "Papers that belong to your comments"),
            ),
            name="person",
            day="said_on",
            files="papers",
            without=(("answer", ("silent",)),),
        ),
    )


comment_on_draft = _comment(
    "comment_on_draft", "Get the party's comments on the draft report",
    "Please read the draft report of the assessment. Do you have comments on it?",
)  # fmt: skip
comment_on_terms = _comment(
    "comment_on_terms", "Ask a party for its comments on the terms",
    "Please read the terms that are proposed. Do you have comments on them?",
)  # fmt: skip
comment_on_letter = _comment(
    "comment_on_letter",
    "Ask a party for its comments on a letter",
    "Please read our letter. What do you say to it?",
)
