"""What the demo's office knows of the companies in its cases: whom one writes to there, and which records were one company's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import uuid_utils
from sqlalchemy import text

from casework.demo.furnishing import print_extract
from casework.engine.roles import Role
from casework.operations.catalogue.kept_records import confirm_field, confirm_source
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisations import keep_row, record_organisation
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.screenings import record_screening, usual_end
from casework.operations.core.idempotency import Request
from casework.operations.core.organisations import STANDING
from casework.operations.core.record_log import Kept
from casework.operations.documents.storage import DocumentStore
from casework.permissions.actors import Actor
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.record_hand import screen_organisation
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: Whom one writes to: the company as the records name it, then name, what the person does there, mail, telephone and language.
CONTACTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("Nordlicht Brenner GmbH", "Katrin Vogel", "Head of sales", "k.vogel@nordlicht.example", "+49 40 555 0101", "en"),
    ("Ligurian Flame Systems", "Paolo Ferri", "Director", "p.ferri@ligurian.example", "+39 010 555 0102", "en"),
    ("Haidian Heat Supply Company", "吴静", "设备工程师", "wu.jing@haidian-heat.example", "+86 10 5550 0103", "zh"),
    ("Daxing Package Printing Works", "高敏", "副厂长", "gao.min@daxing.example", "+86 10 5550 0104", "zh"),
)  # fmt: skip
#: A company that was recorded twice, under the other name with its contact, and which record stays.
DOUBLE = ("Nordlicht Brenner", "Nordlicht Brenner GmbH", "Jonas Reimers")
#: One that still is: whoever opens it is shown the other.
LIKELY = "Ligurian Flame Systems S.r.l."
#: A technology that came twice with the list, under two titles: the newer record, and the one that stays.
DOUBLE_TECHNOLOGY = ("DEMO-T037", "DEMO-T009")
#: What an officer looks up first.
LOOKED_UP = {"need": ("title", "problem", "sector"), "technology": ("title", "description")}
#: A technology by the number that the list gives it.
_TECHNOLOGY = text("SELECT id::text FROM technologies WHERE external_id = :id")
#: An organisation by its name, the oldest of several.
_FOUND = text("SELECT id::text FROM organisations WHERE name = :name ORDER BY id LIMIT 1")


def furnish_parties(stage: Stage) -> None:
    """As the officer would who has looked the companies up and called them."""
    officer = find_actor(stage.db, stage.ids["chen"])
    assert officer is not None
    for company, name, role, email, telephone, language in CONTACTS:
        if (id := stage.db.execute(_FOUND, {"name": company}).scalar()) is not None:
            fields = {"name": name, "role": role, "email": email, "telephone": telephone, "language": language}
            _contact(stage, officer, id, fields)
    other, stays, contact = DOUBLE
    if (kept := stage.db.execute(_FOUND, {"name": stays}).scalar()) is not None:
        gone = _enter(stage, officer, other, "DE")
        _contact(stage, officer, gone, {"name": contact, "role": "Engineer", "language": "en"})
        reason = "Both have the address and the director that the German company register names."
        merge_organisations(stage.db, officer, gone, into=kept, reason=reason, request=_request(other))
    _enter(stage, officer, LIKELY, "IT")


def merge_doubles(stage: Stage) -> None:
    """As the officer does who finds that two records are about one technology of one owner."""
    officer = find_actor(stage.db, stage.ids["chen"])
    assert officer is not None
    gone, kept = (stage.db.execute(_TECHNOLOGY, {"id": id}).scalar_one() for id in DOUBLE_TECHNOLOGY)
    reason = (
        "One dryer of one owner: its brochure of last year and its page have the same figures and the same photograph."
    )
    merge_records(stage.db, officer, "technology", gone, into=kept, reason=reason, request=_request(gone))


def confirm_records(stage: Stage, source: str, matches: Sequence[tuple[str, str]]) -> None:
    """As the officer does who goes through the records of the cases: of some all values, of some a few, of others none."""
    officer = find_actor(stage.db, stage.ids["chen"])
    assert officer is not None
    for noun, table, side in (("need", "needs", 0), ("technology", "technologies", 1)):
        kept: Kept = "need" if noun == "need" else "technology"
        found = text(f"SELECT id::text FROM {table} WHERE external_id = :id")
        for n, external in enumerate(sorted({match[side] for match in matches if "." not in match[side]})):
            id = stage.db.execute(found, {"id": external}).scalar_one()
            if n % 3 == 0:
                confirm_source(stage.db, officer, kept, id, source=source, request=_request(external))
            elif n % 3 == 1:
                for field in LOOKED_UP[noun]:
                    confirm_field(stage.db, officer, kept, id, field=field, request=_request(field))


def screen_parties(stage: Stage, store: DocumentStore) -> None:
    """As compliance does at the end of a quarter: those that are likely to come again, for all their cases."""
    with stage.action():
        compliance = find_actor(stage.db, stage.ids[Role.COMPLIANCE])
        assert compliance is not None
        for company, *_ in CONTACTS:
            if (id := stage.db.execute(_FOUND, {"name": company}).scalar()) is None:
                continue
            fields = {
                "result": "clear",
                "checked_on": stage.today.isoformat(),
                "valid_until": usual_end(stage.today).isoformat(),
                "lists": "UN, EU and MOFCOM lists of this week",
                "evidence": "No entry in any of them",
            }
            papers = print_extract(store, id, stage.ids["programme"], "Answer of the lists", stage.today)
            record_screening(
                stage.db, compliance, id, fields=fields, owners={}, papers=papers, request=_request(company)
            )


def screened_to_sign(hand: OperationsHand) -> None:
    """Before the copies are signed compliance screens again whichever party's screening runs out; an assessment takes months."""
    with hand.action() as db:
        given = {
            "parties": sorted(id for id in hand.case.parties.values() if id),
            "programme": hand.case.programme,
            "until": hand.stage.today + timedelta(days=14),
        }
        lapsing = list(db.execute(_LAPSING, given).scalars())
    for organisation in lapsing:
        screen_organisation(hand, Role.COMPLIANCE, organisation)


#: Those of some organisations that no screening of a programme answers for until a day.
_LAPSING = text(f"""
    SELECT o.id::text FROM {STANDING} WHERE g.id = ANY(CAST(:parties AS uuid[])) AND NOT EXISTS (
        SELECT FROM organisation_screenings s WHERE s.organisation_id = o.id AND s.programme_id = CAST(:programme AS uuid)
        AND s.valid_until >= CAST(:until AS date)
    ) ORDER BY o.id
""")


def _enter(stage: Stage, officer: Actor, name: str, country: str) -> str:
    done = record_organisation(
        stage.db,
        officer,
        programme=stage.ids["programme"],
        fields={"name": name, "country": country},
        source="Matchmaking event, list of participants",
        request=replace(_request(name), sure=True),
    )
    return str(done.answer["id"])


def _contact(stage: Stage, officer: Actor, organisation: str, fields: dict[str, str]) -> None:
    keep_row(
        stage.db,
        officer,
        organisation,
        "contacts",
        None,
        fields=fields,
        source="A call",
        request=_request(fields["name"]),
    )


def _request(about: str) -> Request:
    return Request(str(uuid_utils.uuid7()), about)
