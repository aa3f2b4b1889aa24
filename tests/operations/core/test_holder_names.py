"""Whoever is refused reads who holds what is in the way, where they may know whose case it is."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects.signing_words import say_lacking
from casework.errors import Refused
from casework.operations.core.holder_names import name_holders, names_within, with_names
from casework.operations.core.perform import home_of
from casework.reasons.rights import Holder
from tests.support.world import World


def refusal(organisation: str, case: str) -> Refused:
    why = reasons.rights.IN_THE_WAY(
        right="CN 1",
        what="sole",
        since="2026-03-01",
        where=[reasons.rights.EVERYWHERE],
        uses=[reasons.rights.EVERY_USE],
        until=reasons.rights.NO_END,
        holder=Holder(organisation=organisation, case=case),
    )
    return Refused(reasons.cases.FOLLOWED, why)


@pytest.mark.parametrize(("who", "holder"), [("officer", "Chaoyang Green Bank"), ("foreign_officer", "another case")])
def test_the_holder_has_a_name_for_who_may_see_its_case(world: World, db: Connection, who: str, holder: str) -> None:
    case = home_of(db, world.open_case(db))
    refused = refusal(world.organisations["bank"], case)
    told = name_holders(db, world.actor(db, who), refused)
    assert str(told.reasons[1]).endswith(f"held by {holder}.")
    assert told.reasons[0] == refused.reasons[0]
    assert str(refused.reasons[1]).endswith("held by another case."), "it is named for one reader alone"


def test_a_refusal_of_something_else_stays_as_it_is(world: World, db: Connection) -> None:
    other, nameless = Refused(reasons.cases.FOLLOWED), refusal("", "")
    assert name_holders(db, world.actor(db, "officer"), other) is other
    assert name_holders(db, world.actor(db, "officer"), nameless) is nameless


@pytest.mark.parametrize(("who", "called"), [("officer", "Chaoyang Green Bank"), ("provider", "the need owner")])
def test_who_lacks_a_screening_has_a_name_for_who_reads_a_programme(
    world: World, db: Connection, who: str, called: str
) -> None:
    why, actor = say_lacking("need_owner", world.organisations["bank"], None), world.actor(db, who)
    assert str(with_names(why, names_within(db, actor, [why]))) == f"Not screened yet: {called}."
