"""The assessment of the city's needs with which the demo's programme began: whom the office asked, whom it visited, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from casework.operations.catalogue.assessment_needs import set_origin
from casework.operations.catalogue.assessment_visits import add_visit
from casework.operations.catalogue.needs_assessments import (
    add_enterprises,
    change_assessment,
    plan_assessment,
    set_enterprise,
)
from casework.operations.core.idempotency import Request
from casework.permissions.actors import Actor
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: So many days before the end it began, and after so many it ends.
BEGAN, LASTS = 150, 240
TITLE, TITLE_ZH = "Needs of the northern and eastern districts", "北部和东部城区技术需求调研"
SECTORS, DISTRICTS = ("Energy", "Pollution and waste", "Water"), ("Chaoyang", "Daxing", "Haidian", "Shijingshan")
#: How many it wants to ask, and how many needs it wants to publish.
ENTERPRISES, NEEDS = 8, 6
#: Whom the office asked, and how that stands; of whom nothing is said is still to be asked.
ASKED = (
    ("Haidian Heat Supply Company", "answered", "Visit to the boiler house"),
    ("Daxing Package Printing Works", "answered", "Telephone call with Ms Gao"),
    ("Chaoyang Waste Treatment Station", "answered", "Round table of the districts"),
    ("Shijingshan Steam Supply Company", "answered", "Telephone call"),
    ("Lantern Street Restaurants", "asked", "Letter of the office"),
    ("Capital Ready-Mix Company", "refused", "Telephone call: no money for it this year"),
    ("Former Coke Works Renewal Company", None, None),
)
#: Visits and events: what it was, how many days before the end, its name, where, the district, who came with which task, and what was said.
VISITS = (
    ("visit", 132, "Visit to the boiler house", "海淀区供热站", "Haidian", (("Haidian Heat Supply Company", "吴静", "设备工程师"),),
     "十二台锅炉，冬季满负荷；氮氧化物在部分负荷下超标。可提供两个采暖季的运行数据。"),
    ("visit", 118, "Visit to the printing hall", "大兴区印刷厂", "Daxing", (("Daxing Package Printing Works", "高敏", "副厂长"),),
     "活性炭每周更换；希望回收溶剂。车间停产只能安排在春节。"),
    ("event", 96, "Round table of the districts", "北京市知识产权局", None,
     (("Chaoyang Waste Treatment Station", None, None), ("Shijingshan Steam Supply Company", None, None), (None, "赵岚", "区发展改革委")),
     "四个区介绍了污染治理和供热方面的需求；三家企业愿意近期提交。"),
)  # fmt: skip
#: By its number in the list of needs the visit at which a need was told; none: in answer to what the enterprise was asked.
CAME_OF = {
    "BJ-N001": "Visit to the boiler house",
    "BJ-N002": "Visit to the printing hall",
    "BJ-N004": "Round table of the districts",
    "BJ-N027": None,
}
#: An organisation by its name, the oldest of several.
_ORGANISATION = text(
    "SELECT id::text FROM organisations WHERE name = :name AND merged_into IS NULL ORDER BY id LIMIT 1"
)
#: A need by the number that the list gives it.
_NEED = text(
    "SELECT id::text FROM needs WHERE programme_id = CAST(:programme AS uuid) AND external_id = :id AND merged_into IS NULL"
)
#: An enterprise on the list of an assessment.
_LISTED = text("""
    SELECT id::text FROM assessment_enterprises WHERE assessment_id = CAST(:of AS uuid) AND organisation_id = CAST(:organisation AS uuid)
""")


def assess_needs(stage: Stage) -> None:
    """As the officer keeps it who plans it, asks, visits, and says of each need where it came from."""
    programme = stage.ids["programme"]
    with stage.action() as db:
        officer = find_actor(db, stage.ids["chen"])
        assert officer is not None
        fields: dict[str, Any] = {
            "title": TITLE,
            "title_zh": TITLE_ZH,
            "starts_on": (stage.today - timedelta(days=BEGAN)).isoformat(),
            "ends_on": (stage.today - timedelta(days=BEGAN - LASTS)).isoformat(),
            "sectors": list(SECTORS),
            "districts": list(DISTRICTS),
            "enterprises_target": ENTERPRISES,
            "needs_target": NEEDS,
        }
        done = plan_assessment(db, officer, programme=programme, fields=fields, request=Request.anew())
        id = str(done.answer["id"])
        change_assessment(db, officer, id, fields={"status": "under_way"}, request=Request.anew())
        _ask(stage, officer, id)
        visits = _visit(stage, officer, id)
        for number, visit in CAME_OF.items():
            need = db.execute(_NEED, {"programme": programme, "id": number}).scalar()
            if need is not None:
                set_origin(db, officer, need, origin=visits[visit] if visit else id, request=Request.anew())


def _ask(stage: Stage, officer: Actor, assessment: str) -> None:
    found = {name: _named(stage, name) for name, _, _ in ASKED}
    known = [id for id in found.values() if id is not None]
    add_enterprises(stage.db, officer, assessment, organisations=known, request=Request.anew())
    for name, state, source in ASKED:
        if state is not None and found[name] is not None:
            enterprise = stage.db.execute(_LISTED, {"of": assessment, "organisation": found[name]}).scalar_one()
            set_enterprise(stage.db, officer, enterprise, state=state, source=source, request=Request.anew())


def _visit(stage: Stage, officer: Actor, assessment: str) -> dict[str, str]:
    visits = {}
    for kind, days, title, place, district, came, notes in VISITS:
        fields = {
            "kind": kind,
            "day": (stage.today - timedelta(days=days)).isoformat(),
            "title": title,
            "place": place,
            "district": district,
            "participants": [
                {"organisation": _named(stage, company) if company else None, "name": name, "role": role}
                for company, name, role in came
            ],
            "staff": [officer.person],
            "notes": notes,
        }
        done = add_visit(stage.db, officer, assessment, fields=fields, request=Request.anew())
        visits[title] = str(done.answer["id"])
    return visits


def _named(stage: Stage, name: str) -> str | None:
    id = stage.db.execute(_ORGANISATION, {"name": name}).scalar()
    return None if id is None else str(id)
