"""The small world in which the journeys happen: a programme, its people, the providers, and four matches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.operations.catalogue.ip_rights import enter_right
from casework.operations.core.national_holidays import china
from casework.operations.core.record_log import Kept
from casework.operations.people.registry import grant_role, register_organisation, register_person, register_programme
from tests.support.world import add_record, note_rows

#: Every journey begins at nine on this Monday in Beijing, whatever day it is where the tests run.
START = datetime(2026, 3, 2, 1, tzinfo=UTC)

#: Who is who in the programme; a number behind a role is a second person of it.
PEOPLE = (
    "officer", "officer2", "officer3", "supervisor", "supervisor2", "compliance", "second_compliance", "dispute_officer", "manager",
    "auditor", "observer",
)  # fmt: skip
#: deputy: (role, for whom). A deputy may not do what that person may not.
DEPUTIES = {
    "deputy": ("supervisor", "supervisor"),
    "chief_deputy": ("supervisor", "chief"),
    "compliance_deputy": ("compliance", "compliance"),
    "stand_in": ("officer", "officer"),
}
#: Each provider with its service and its people; the first of them is the one who usually works there.
PROVIDERS = {
    "institute": ("assessment", {"assessor": "provider", "assessor2": "provider", "assessor_lead": "provider_lead"}),
    "test_centre": ("assessment", {"other_assessor": "provider"}),
    "laboratory": ("assessment", {"third_assessor": "provider"}),
    "mediators": ("mediation", {"mediator": "provider"}),
    "bank": ("pledge", {"banker": "provider", "banker_lead": "provider_lead"}),
    "other_bank": ("pledge", {"other_banker": "provider"}),
    "fund": ("finance", {"financier": "provider"}),
    "verifiers": ("verification", {"verifier": "verifier"}),
}
#: match: (need, technology). The sibling serves the same need; the rival wants the same technology and its patent.
MATCHES = {
    "main": ("plant", "filter"), "sibling": ("plant", "membrane"), "rival": ("mill", "filter"),
    # A Chinese technology for a plant abroad, a foreign one for a mill here, and an owner of whom nobody knows where it is.
    "export": ("foreign_plant", "filter"), "import": ("mill", "foreign_burner"), "unplaced": ("plant", "unplaced_kiln"),
    # No right of what the newcomer brings is recorded.
    "newcomer": ("mill", "sorbent"),
    # What a state-owned institute has, for a mill here and for a plant abroad.
    "state": ("mill", "institute_boiler"), "state_export": ("foreign_plant", "institute_boiler"),
}  # fmt: skip
COUNTRIES = {"foreign_plant": "DE", "foreign_burner": "DE", "unplaced_kiln": None}
STATE_OWNED = ("institute_boiler",)


def build_world(db: Connection) -> Mapping[str, str]:
    """Ids by name. The session's clock must stand at the start already."""
    ids: dict[str, str] = {}
    ids["programme"] = programme = register_programme(
        db, code="BJ", name="Beijing", name_zh=None, calendar=china(range(2026, 2032))
    )
    for name in PEOPLE:
        ids[name] = register_person(db, email=f"{name}@example.org", name=name.capitalize())
        grant_role(db, ids[name], name.removeprefix("second_").rstrip("23"), programme=programme)
    for provider, (service, people) in PROVIDERS.items():
        ids[provider] = register_organisation(db, name=provider, services=[service], kind="provider")
        for name, role in people.items():
            ids[name] = register_person(db, email=f"{name}@example.org", name=name.capitalize())
            grant_role(db, ids[name], role, organisation=ids[provider])
    # Officer, supervisor and provider in one person, to try what takes two.
    ids["chief"] = register_person(db, email="chief@example.org", name="Chief")
    for role in ("officer", "supervisor"):
        grant_role(db, ids["chief"], role, programme=programme)
    grant_role(db, ids["chief"], "provider", organisation=ids["test_centre"])
    for name, (role, whom) in DEPUTIES.items():
        ids[name] = register_person(db, email=f"{name}@example.org", name=name.capitalize())
        grant_role(db, ids[name], role, programme=programme, deputy_for=ids[whom])
    ids["venture"] = register_organisation(db, name="venture", country="CN", programme=programme)
    # What the plant has abroad, and what signs there in its place.
    ids["plant_abroad"] = register_organisation(db, name="plant_abroad", country="SG", programme=programme)
    ids["plant_twice"] = register_organisation(db, name="plant_twice", country="SG", programme=programme)
    _records(db, ids)
    return ids


def _records(db: Connection, ids: dict[str, str]) -> None:
    for need in ("plant", "mill", "foreign_plant"):
        _record(db, ids, "need", need)
    _record(db, ids, "technology", "sorbent")
    for technology in ("filter", "membrane", "foreign_burner", "unplaced_kiln", "institute_boiler"):
        _record(db, ids, "technology", technology)
        ids[f"{technology}_patent"] = right = str(uuid_utils.uuid7())
        kept = {
            "office": "CN",
            "number": f"ZL-{technology}",
            "owner": technology,
            "status": "in_force",
            "expires_on": date(2045, 1, 1),
            "fee_paid_to": date(2032, 1, 1),
            "checked_on": date(2026, 2, 1),
        }
        enter_right(
            db,
            By(ids["officer"], Role.OFFICER),
            right,
            ids["programme"],
            [ids[technology]],
            kind="invention",
            fields=kept,
            confirmed=True,
        )
    # A company's own patent, by which no technology of the programme is protected.
    ids["plant_patent"] = str(uuid_utils.uuid7())
    enter_right(
        db,
        By(ids["officer"], Role.OFFICER),
        ids["plant_patent"],
        ids["programme"],
        [],
        kind="invention",
        fields=kept | {"number": "ZL-plant", "owner": "plant"},
        confirmed=True,
    )
    for match, (need, technology) in MATCHES.items():
        ids[match] = str(uuid_utils.uuid7())
        db.execute(
            text(
                "INSERT INTO matches (id, programme_id, source, external_id, need_id, technology_id, rationale)"
                " VALUES (:id, :programme, 'search', :match, :need, :technology, 'It removes what must be removed.')"
            ),
            {
                "id": ids[match],
                "programme": ids["programme"],
                "match": match,
                "need": ids[need],
                "technology": ids[technology],
            },
        )
    note_rows(db, "matches")


def _record(db: Connection, ids: dict[str, str], noun: Kept, name: str) -> None:
    ids[f"{name}_owner"] = owner = register_organisation(
        db,
        name=f"Owner of the {name}",
        country=COUNTRIES.get(name, "CN"),
        more={"state_owned": True} if name in STATE_OWNED else None,
        programme=ids["programme"],
    )
    ids[name] = add_record(db, ids["programme"], noun, name, {"title": name, "owner_id": owner}, source="desk")
