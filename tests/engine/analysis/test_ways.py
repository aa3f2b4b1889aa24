"""In which ways a step is done: the one that its task opens stands first, and none that is written for other steps besides."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from casework.engine.analysis.ways import ends_more, ways_from
from casework.engine.definition.editions import Edition
from casework.engine.roles import Role

WAYS: dict[tuple[str, str, Role], tuple[str, ...]] = {
    # What bears the name of the step comes before what ends it.
    ("ip", "clear", Role.OFFICER): ("recheck", "end"),
    ("ip", "checking", Role.OFFICER): ("confirm", "find_gap"),
    ("ip", "gaps", Role.OFFICER): ("mended",),
    ("referral", "delivered", Role.OFFICER): ("approve", "return"),
    ("referral", "info_asked", Role.OFFICER): ("supply_info",),
    ("agreement", "signing", Role.OFFICER): ("sign_local", "sign_cross", "sign_to_licence"),
    # To send back to drafting is written for two steps, and no way in which either is done.
    ("agreement", "negotiating", Role.OFFICER): ("agree",),
    # What an authority answers is one of two things, and its refusal is written for all that waits for one.
    ("agreement", "letter_awaited", Role.OFFICER): ("letter_issued", "refused_by_authority"),
    ("agreement", "licence_awaited", Role.OFFICER): ("licence_issued", "refused_by_authority"),
    ("agreement", "letter_due", Role.OFFICER): ("apply_for_letter", "sign_first"),
    ("agreement", "licence_due", Role.OFFICER): (
        "ask_licence",
        "ask_import_licence",
        "ask_import_at_once",
        "ask_dual_use_licence",
    ),
    ("case", "scoping", Role.OFFICER): (),
    ("case", "scoping", Role.SUPERVISOR): ("approve_plan",),
}


def edition_of(workflow: str) -> Edition:
    editions = [edition for edition in load_library().editions.values() if edition.workflow == workflow]
    return max(editions, key=lambda edition: edition.number)


@pytest.mark.parametrize("step", WAYS, ids=str)
def test_the_ways_of_a_step(step: tuple[str, str, Role]) -> None:
    workflow, leaf, role = step
    assert ways_from(edition_of(workflow), leaf, {role}) == WAYS[step]


#: What ends is asked for by name; following something until it ends does not ask for its end.
ENDS = {
    ("agreement", "in_force", "end"): True,
    ("pledge", "servicing", "repaid"): True,
    ("agreement", "signing", "sign_cross"): False,
    ("agreement", "drafting", "propose"): False,
    ("ip", "checking", "confirm"): False,
    ("case", "closing", "close"): True,
}


@pytest.mark.parametrize("way", ENDS, ids=str)
def test_a_way_that_ends_what_its_step_follows_is_told(way: tuple[str, str, str]) -> None:
    workflow, leaf, name = way
    assert ends_more(edition_of(workflow), leaf, name) is ENDS[way]
