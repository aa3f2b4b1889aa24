"""Whom one writes to at an organisation, by the programme that entered it."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.operations.core.organisations import contacts_of
from tests.support.additions import add_party
from tests.support.world import World


def test_contacts_are_those_of_the_programmes_asked_for(world: World, db: Connection) -> None:
    here, there = world.programmes["BJ"], world.programmes["SH"]
    party = add_party(db, world, "officer", here)
    [contact] = contacts_of(db, [party["party"]], [here])[party["party"]]
    assert (contact.id, contact.name, contact.language) == (party["contact"], "Li Wen", "en")
    assert contacts_of(db, [party["party"]], [there]) == {party["party"]: []}
    assert contacts_of(db, [], [here]) == {}
