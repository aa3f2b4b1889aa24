"""A provider is told what became of its own referrals, and of nothing else; the numbers are those of the programme's figure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight.figures import count_programme
from casework.operations.oversight.provider_figures import count_own, list_own, show_own
from tests.support.way_to_referral import to_both, to_referral, to_request
from tests.support.world import World, new_request

Lines = dict[str, tuple[int, int | None]]


def told(db: Connection, world: World, who: str) -> Lines:
    rows = count_own(db, world.actor(db, who)).figure.rows
    return {row.line: (row.numerator, row.denominator) for row in rows}


def test_each_provider_counts_its_own_alone(world: World, db: Connection) -> None:
    _, lab, bank = to_both(world, db)
    for who, mine in (("provider", lab), ("provider_lead", lab), ("foreign_provider", bank)):
        own = count_own(db, world.actor(db, who))
        sent = next(row for row in own.figure.rows if row.line == "what:sent")
        assert (sent.numerator, sent.cases) == (1, (mine,)), who


def test_the_numbers_are_those_of_the_programme(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    provider = world.organisations["lab"]
    rows = count_programme(db, world.programmes["BJ"]).figures["referrals"].rows
    mine = [row for row in rows if row.of.get("provider") == provider]
    of_all = [replace(row, of={key: told for key, told in row.of.items() if key != "provider"}) for row in mine]
    theirs = {row.line: (row.numerator, row.denominator) for row in of_all}
    own = told(db, world, "provider")
    assert theirs == {line: numbers for line, numbers in own.items() if line in theirs}
    assert own["what:accepted"] == (1, 1)


def test_what_is_not_sent_is_not_counted(world: World, db: Connection) -> None:
    to_request(world, db)
    assert told(db, world, "provider")["what:sent"] == (0, None)


def test_a_mediation_changes_nothing(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    before = told(db, world, "provider")
    open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    assert told(db, world, "provider") == before


def test_who_is_shut_out_of_a_referral_is_not_told_of_it(world: World, db: Connection) -> None:
    _, referral = to_referral(world, db)
    person = world.people["provider"]
    db.execute(
        text("UPDATE tracks SET shut_out = array_append(shut_out, CAST(:person AS text)) WHERE id = CAST(:id AS uuid)"),
        {"person": person, "id": referral},
    )
    assert told(db, world, "provider")["what:sent"] == (0, None)
    assert told(db, world, "provider_lead")["what:sent"] == (1, None)
    assert list_own(db, world.actor(db, "provider"), [referral]) == []


def test_those_behind_a_number_are_listed_to_their_provider_alone(world: World, db: Connection) -> None:
    number, lab, bank = to_both(world, db)
    listed = list_own(db, world.actor(db, "provider"), [lab, bank])
    assert [(one.id, one.number, one.service, one.states) for one in listed] == [(lab, number, "assessment", ["sent"])]


@pytest.mark.parametrize("who", ["officer", "observer", "administrator", "dispute_officer"])
def test_to_who_is_of_no_provider_it_is_not_there(world: World, db: Connection, who: str) -> None:
    with pytest.raises(NotFound):
        count_own(db, world.actor(db, who))
    with pytest.raises(NotFound):
        list_own(db, world.actor(db, who), [])


def test_the_api_names_the_referrals_behind_a_line(world: World, db: Connection) -> None:
    _, referral = to_referral(world, db)
    shown = show_own(count_own(db, world.actor(db, "provider")))
    sent = next(row for row in shown["rows"] if row["of"] == {"what": "sent"})
    assert (sent["numerator"], sent["referrals"]) == (1, [referral])
