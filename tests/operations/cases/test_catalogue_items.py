"""An item of a catalogue: chosen from what the programme offers, readable after it is retired, and judged again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm
from casework.operations.cases.form_choices import choices_of
from casework.operations.core import references
from casework.operations.core.perform import home_of
from casework.operations.core.reader_names import names_in_chinese
from casework.operations.documents.storage import DocumentStore
from casework.operations.history.point_in_time import Past
from casework.operations.history.timeline import read_history
from casework.operations.people.programme_lists import import_entries, set_entry
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

ITEMS = "version,code,label,label_zh\n2025,1.3.2,Heat pumps,热泵\n2021,3.2,Older heat pumps,旧版热泵\n"


@dataclass
class Screening:
    """A bank that screens a project, with a paper of its own."""

    world: World
    number: str
    track: str
    paper: str

    def fire(self, db: Connection, item: str) -> None:
        data: dict[str, Any] = {"item": item, "evidence": [self.paper]}
        self.world.fire(db, "foreign_provider", self.number, "green", data, track=self.track)

    def offers(self, db: Connection) -> list[str]:
        case = load(db, home_of(db, self.number), "case")
        rule = {"type": "listed", "name": "item", "catalogue": "green_items"}
        actor = self.world.actor(db, "foreign_provider")
        return [one.id for one in choices_of(db, actor, case, case.tracks[self.track], [rule])["item"]]


@pytest.fixture
def screening(engine: Engine, world: World, document_store: DocumentStore) -> Screening:
    with transaction(engine) as db:
        number, _ = to_referral(world, db, more_plan={"finance": "bank"})
        referral = world.referral(db, number, "finance")
        world.send(db, number, referral, "finance")
        accepted = {
            "interest": False,
            "confidentiality": True,
            "service": "finance",
            "person": world.people["foreign_provider"],
            "charge": "free",
            "planned_on": (today() + timedelta(days=30)).isoformat(),
        }
        world.fire(db, "foreign_provider", number, "accept", accepted, track=referral)
        below = text("SELECT id FROM tracks WHERE parent_id = CAST(:id AS uuid)")
        track = str(db.execute(below, {"id": referral}).scalar_one())
        actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
        import_entries(db, actor, programme, "green_items", content=ITEMS, reason="As printed.", request=new_request())
        retire(db, world, "2021", "3.2", "Older heat pumps", "旧版热泵")
    paper = world.hand_in(document_store, number, "foreign_provider", referral=referral)
    return Screening(world, number, track, paper)


def retire(db: Connection, world: World, version: str, code: str, label: str, label_zh: str) -> None:
    fields = {"code": code, "version": version, "label": label, "label_zh": label_zh, "retired": True}
    actor, programme = world.actor(db, "administrator"), world.programmes["BJ"]
    set_entry(db, actor, programme, "green_items", fields=fields, reason="It ended.", request=new_request())


def test_what_is_offered_is_chosen_and_stays_readable_once_it_is_retired(engine: Engine, screening: Screening) -> None:
    world = screening.world
    with transaction(engine) as db:
        offered = screening.offers(db)
    assert "2025/1.3.2" in offered
    assert "2025/9" in offered
    assert "2021/3.2" not in offered
    for wrong in ("2021/3.2", "2025/7.7", "green"):
        with pytest.raises(InvalidForm) as refusal, transaction(engine) as db:
            screening.fire(db, wrong)
        assert set(refusal.value.fields) == {"item"}
    with transaction(engine) as db:
        screening.fire(db, "2025/1.3.2")
    with transaction(engine) as db:
        retire(db, world, "2025", "1.3.2", "Heat pumps", "热泵")
    with transaction(engine) as db:
        assert "2025/1.3.2" not in screening.offers(db)
        for reader in ("officer", "foreign_provider"):
            entries = read_history(db, world.actor(db, reader), screening.number).items
            names = next(one.names for one in entries if one.transition == "green")
            assert names["2025/1.3.2"] == "2025/1.3.2 Heat pumps"
    with transaction(engine) as db, names_in_chinese(db, True):
        entries = read_history(db, world.actor(db, "officer"), screening.number).items
        assert next(one.names for one in entries if one.transition == "green")["2025/1.3.2"] == "2025/1.3.2 热泵"
    assert list(verify_all(engine)) == []


def test_what_was_not_offered_then_is_found(
    engine: Engine, screening: Screening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "why_not_listed", lambda *_: None)
    with transaction(engine) as db:
        screening.fire(db, "2025/7.7")
    assert [finding.sentence for finding in verify_all(engine) if "2025/7.7" in finding.sentence]


def test_the_past_knows_what_a_list_offered_when(engine: Engine, screening: Screening) -> None:
    programme = screening.world.programmes["BJ"]
    with transaction(engine) as db:
        told = text("SELECT at FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'list_set' ORDER BY seq")
        first, second = db.execute(told, {"log": programme}).scalars()
        past = Past(db)
        assert "2021/3.2" not in past.listed(programme, "green_items", first - timedelta(minutes=1))
        # Who had begun just before it changed saw it as it was then.
        assert "2021/3.2" in past.listed(programme, "green_items", first - timedelta(seconds=1))
        assert "2021/3.2" in past.listed(programme, "green_items", first)
        # Who read the list just before still saw it.
        assert "2021/3.2" in past.listed(programme, "green_items", second + timedelta(seconds=20))
        assert "2021/3.2" not in past.listed(programme, "green_items", second + timedelta(minutes=2))
        assert "2025/1" in past.listed(programme, "green_items", second + timedelta(minutes=2))
