"""What stands on the lists of a programme, and what a form of it takes."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from casework.engine.case_objects.programme_lists import find
from casework.errors import InvalidForm
from casework.operations.core.programme_lists import insist_listed, names_on, read_lists, why_not_listed
from casework.operations.people.programme_lists import set_entry
from casework.records.database import transaction
from tests.support.world import World, new_request


def test_a_programme_that_said_nothing_has_what_the_product_has(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        lists = read_lists(db, world.programmes["BJ"])
    assert all(entry.shipped for entries in lists.values() for entry in entries)
    assert why_not_listed(lists, "sectors", "Water") is None
    assert why_not_listed(lists, "sectors", "water") is not None


def test_what_one_programme_retires_another_one_offers(engine: Engine, world: World) -> None:
    fields = {"code": "Water", "label": "Water", "label_zh": "水", "retired": True}
    with transaction(engine) as db:
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        set_entry(db, actor, programme, "sectors", fields=fields, reason="None.", request=new_request())
        lists, others = read_lists(db, programme), read_lists(db, world.programmes["SH"])
    with pytest.raises(InvalidForm) as refusal:
        insist_listed(lists, "sectors", "Water", "sector")
    assert set(refusal.value.fields) == {"sector"}
    assert find(lists["sectors"], "Water") is not None
    insist_listed(others, "sectors", "Water", "sector")


def test_a_programmes_own_words_have_its_names_whatever_their_letters_are(engine: Engine, world: World) -> None:
    fields = {"code": "Boilers", "label": "Steam boilers", "label_zh": "蒸汽锅炉"}
    with transaction(engine) as db:
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        set_entry(db, actor, programme, "sectors", fields=fields, reason=None, request=new_request())
        ours, others = names_on(db, programme, "sectors", "benefits"), names_on(db, None, "sectors")
    assert (ours["boilers"].name, ours["boilers"].name_zh) == ("Steam boilers", "蒸汽锅炉")
    assert {"water", "odour"} <= ours.keys()
    assert "boilers" not in others
    assert "odour" not in others
    assert others["water"].name_zh == "水"
