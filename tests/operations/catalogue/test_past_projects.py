"""Past projects: imported as they are told, listed newest first, counted by outcome, and seen in their programme alone."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.errors import InvalidForm
from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.past_projects import list_past_projects
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.world import World, today

HEAD = "external_id,title,title_zh,need_owner,started_on,ended_on,outcome,contract_value,contract_currency,effect\n"
GOOD = "P1,Boiler of a district,区域锅炉,Heat Works,2021-03-01,2023-05-31,deployed_measured,1200000,CNY,-18 % gas\n"
MORE = "P2,Sludge dryer,,,,2022-12-31,no_agreement,,,\n"


def _import(engine: Engine, rows: str, **more: Any) -> Report:
    file = io.BytesIO((HEAD + rows).encode())
    return import_records(engine, "past_projects", file, programme="BJ", name="past.csv", **more)


def test_they_come_once_and_are_told_by_the_history(engine: Engine, owner_engine: Engine, world: World) -> None:
    made = _import(engine, GOOD + MORE)
    assert (made.created, made.bad, made.faults) == (2, 0, [])
    again = _import(engine, GOOD.replace("-18 %", "-17 %") + MORE)
    assert (again.created, again.updated, again.unchanged) == (0, 1, 1)
    with transaction(engine) as db:
        found = list_past_projects(db, world.actor(db, "officer"), limit=1)
        assert [(one.external_id, one.contract_value, one.effect) for one in found.items] == [
            ("P1", "1200000", "-17 % gas")
        ]
        assert found.counts == {"deployed_measured": 1, "no_agreement": 1}
        following = list_past_projects(db, world.actor(db, "officer"), cursor=found.next)
        assert [one.external_id for one in following.items] == ["P2"]
        only = list_past_projects(db, world.actor(db, "officer"), outcome="no_agreement")
        assert [one.external_id for one in only.items] == ["P2"]
        assert list_past_projects(db, world.actor(db, "provider")).counts == {}
        with pytest.raises(InvalidForm):
            list_past_projects(db, world.actor(db, "officer"), cursor="WyJ4IiwieSJd")
    assert list(verify_all(engine)) == []
    with transaction(owner_engine) as db:
        db.execute(text("UPDATE past_projects SET outcome = 'deployed_verified' WHERE external_id = 'P2'"))
    found_wrong = [str(finding) for finding in verify_all(engine)]
    assert any("past_projects.outcome" in words for words in found_wrong), found_wrong


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (GOOD.replace("deployed_measured", "won"), "outcome"),
        (GOOD.replace("2023-05-31", (today() + timedelta(days=7)).isoformat()), "ended_on"),
        (GOOD.replace("2023-05-31", "2020-01-01"), "ended_on"),
        (GOOD.replace("2023-05-31", ""), "ended_on"),
        (GOOD.replace(",CNY,", ",,"), "contract_currency"),
        (GOOD.replace("1200000", "-5"), "contract_value"),
    ],
)
def test_a_bad_row_is_told_with_its_field_and_changes_nothing(
    engine: Engine, world: World, row: str, field: str
) -> None:
    made = _import(engine, row + MORE)
    assert (made.created, [(one.row, one.field) for one in made.faults]) == (1, [(2, field)])


def test_a_dry_run_changes_nothing(engine: Engine, world: World) -> None:
    assert _import(engine, GOOD, dry_run=True).created == 1
    with transaction(engine) as db:
        assert list_past_projects(db, world.actor(db, "officer")).items == []
