"""Two worlds that differ only in what is not published give a stranger the same bytes, whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.kept_records import confirm_field, correct_record
from casework.operations.core.record_log import Kept
from casework.records.database import transaction
from tests.operations.matching.test_published import TOLD
from tests.operations.people.test_public_catalogues import show
from tests.support.world import World, add_record, new_request

#: What the secret records say and nothing else in the world does, and what they say as others do.
SECRET: dict[str, Any] = {
    "title": "Zeppelin straw boiler", "title_zh": "飞艇锅炉", "description": "Quicksilver straw.", "readiness_low": 2, "readiness_high": 9,
    "developed_in": ["PE", "DE"], "green_topics": ["Airships", "Heat"], "ipc": ["B64B 1/00"],
}  # fmt: skip
NEED: dict[str, Any] = {
    "title": "Zeppelin sludge",
    "problem": "Quicksilver.",
    "sector": "Airships",
    "district": "Yanqing",
}
ASKED = (
    "", "?kind=needs", "?q=straw", "?q=boiler", "?q=zeppelin", "?q=zepp", "?q=%E9%A3%9E%E8%89%87", "?q=quicksilver", "?readiness=2",
    "?readiness=6", "?country=PE", "?country=DE", "?topic=Airships", "?topic=Heat", "?ipc=B", "?ipc=F", "?q=straw&country=PE",
    "?kind=needs&q=sludge", "?kind=needs&q=zeppelin", "?kind=needs&district=Yanqing", "?kind=needs&sector=Airships", "?language=zh-Hans",
    "?source=catalogue", "?stands=claimed", "?status=published", "?q=straw&cursor=WzI1XQ",
)  # fmt: skip


def _open(db: Connection, world: World) -> None:
    show(db, world)
    programme = world.programmes["BJ"]
    for level in ("public", "on_request"):
        add_record(db, programme, "technology", level, TOLD | {"publication": level})
    add_record(db, programme, "need", "N-1", {"title": "Dry sludge", "sector": "Waste", "district": "Haidian"})


def _answers(app: Flask, extra: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    client = app.test_client()
    pages = [f"/catalogue{query}" for query in ASKED]
    pages += [page.replace("/catalogue", "/catalogue.json") for page in pages]
    records = [f"/catalogue/{kind}/{one}" for one in extra for kind in ("technologies", "needs")]
    pages += [f"{record}{ending}" for record in records for ending in ("", ".json")]
    told = {}
    with transaction(app.extensions["casework"]) as db:
        # So many pages are more than a network may ask for within a minute.
        db.execute(text("DELETE FROM allowances"))
    for page in pages:
        answer = client.get(page)
        told[page] = (answer.status_code, answer.text)
        assert "Set-Cookie" not in answer.headers
    return told


@pytest.mark.parametrize("what", ["technology", "need", "elsewhere", "withdrawn", "wholly told of an outline"])
def test_what_is_not_published_leaves_no_trace(app: Flask, engine: Engine, world: World, what: str) -> None:
    with transaction(engine) as db:
        _open(db, world)
    ids: list[str] = []
    before = _answers(app)
    assert any("straw" in text for _, text in before.values())
    with transaction(engine) as db:
        ids += _add(db, world, what)
    after = _answers(app)
    assert {page for page in before if before[page] != after[page]} == set()
    for page, (status, said) in _answers(app, tuple(ids[:3])).items():
        if any(one in page for one in ids):
            assert status == 404, page
            assert "eppelin" not in said


def _add(db: Connection, world: World, what: str) -> list[str]:
    """What the second world has besides."""
    programme = world.programmes["BJ"]
    kept: tuple[Kept, dict[str, Any]] = ("need", NEED) if what == "need" else ("technology", SECRET)
    if what == "wholly told of an outline":
        # More is known of what is shown in outline, and somebody stands for it.
        officer = world.actor(db, "officer")
        one = add_record(db, programme, "technology", "two", TOLD | {"publication": "closed"})
        fields = {"description": "Quicksilver.", "ip_text": "Zeppelin.", "website": "https://example.org/zeppelin"}
        correct_record(
            db, officer, "technology", one, fields=fields, source=None, reason="Seen.", request=new_request()
        )
        confirm_field(db, officer, "technology", one, field="title", request=new_request())
        return [one]
    level, where = {"elsewhere": ("public", world.programmes["SH"]), "withdrawn": ("public", programme)}.get(
        what, ("closed", programme)
    )
    fields = kept[1] | {"publication": level} | ({"status": "withdrawn"} if what == "withdrawn" else {})
    return [add_record(db, where, kept[0], f"{what} {n}", fields) for n in range(30)]


def test_an_outline_says_the_same_however_much_is_known_of_it(app: Flask, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        _open(db, world)
        one = add_record(db, world.programmes["BJ"], "technology", "outline", TOLD | {"publication": "on_request"})
    before = _answers(app) | _answers(app, (one,))
    with transaction(engine) as db:
        fields = {
            "description": "Quicksilver zeppelin straw.",
            "problem": "Airships.",
            "benefits": [],
            "owner_id": world.organisations["lab"],
        }
        correct_record(
            db,
            world.actor(db, "officer"),
            "technology",
            one,
            fields=fields,
            source=None,
            reason="Seen.",
            request=new_request(),
        )
    after = _answers(app) | _answers(app, (one,))
    assert {page for page in before if before[page] != after[page]} == set()
