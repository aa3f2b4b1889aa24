"""An organisation is kept by whom and how it may be: what is forged, made to fit in chain, head and row, is found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.case_objects.organisations import ROW_MERGED
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.contact_merging import merge_contacts
from casework.operations.catalogue.organisations import (
    confirm_organisation,
    keep_row,
    record_organisation,
    remove_row,
)
from casework.operations.history.point_in_time import Past
from casework.operations.verification.organisation_judgement import organisation_faults
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.operations.privacy.erasure_scene import Scene as Erasing
from tests.operations.verification.forger import Json, Scene, not_allowed, rebuild, sql, the
from tests.support.world import World, new_request


def _kept(scene: Scene, attack: Connection) -> str:
    sql(attack, "SET LOCAL session_replication_role = origin")
    organisation = _enter(scene.world, attack)
    sql(attack, "SET LOCAL session_replication_role = replica")
    return organisation


def _enter(world: World, attack: Connection) -> str:
    """An organisation that was entered and corrected, with a contact that was changed and one that has left."""
    who = world.actor(attack, "officer")
    fields = {"name": "Forged Kiln Works", "country": "DE", "register_number": "HRB 77"}
    done = record_organisation(
        attack, who, programme=world.programmes["BJ"], fields=fields, source="Register", request=new_request()
    )
    organisation = str(done.answer["id"])
    confirm_organisation(
        attack, who, organisation, fields={"size": "large"}, source="Register", reason="Grown.", request=new_request()
    )
    contact = keep_row(
        attack, who, organisation, "contacts", None, fields={"name": "Li"}, source="A call", request=new_request()
    ).answer["id"]
    remove_row(attack, who, organisation, "contacts", contact, reason="Left.", request=new_request())
    one, other = (
        str(
            keep_row(
                attack, who, organisation, "contacts", None, fields=fields, source="A call", request=new_request()
            ).answer["id"]
        )
        for fields in ({"name": "Wu Jing", "email": "wu@kiln.example"}, {"name": "Ms Wu", "telephone": "1"})
    )
    merge_contacts(attack, who, organisation, other, into=one, reason="One person.", request=new_request())
    return organisation


def test_what_officers_do_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    organisation = _kept(scene, attack)
    assert list(organisation_faults(Past(attack), read_register(attack, organisation))) == []
    assert verify_case(attack, organisation) == []


@pytest.mark.parametrize(
    ("of", "header", "effects", "gone", "words"),
    [
        ("confirmed", {"role": "auditor"}, {}, "", "done by officer or supervisor, not by auditor"),
        ("row_kept", {"role": "compliance"}, {}, "", "done by officer or supervisor, not by compliance"),
        ("row_removed", {"role": "supervisor"}, {}, "", "did not hold the role supervisor"),
        ("registered", {"actor_of": "provider"}, {}, "", "did not hold the role officer"),
        ("confirmed", {}, {"programme": None}, "", "does not say for which programme"),
        ("confirmed", {}, {}, "reason", "does not say why"),
        ("row_removed", {}, {}, "reason", "does not say why"),
        ("row_merged", {}, {}, "reason", "does not say why"),
        ("row_merged", {"role": "compliance"}, {}, "", "done by officer or supervisor, not by compliance"),
    ],
)
def test_a_forged_entry_is_found(
    scene: Scene, attack: Connection, of: str, header: dict[str, str], effects: dict[str, Json], gone: str, words: str
) -> None:
    organisation = _kept(scene, attack)

    def forge(rows: list[dict[str, Json]]) -> None:
        row = the(rows, of)
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"] |= effects
        if gone:
            del row["body"][gone]

    rebuild(attack, organisation, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, organisation)))


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"telephone": "2"}, None),
        ({"email": "mallory@kiln.example"}, "it changes what the contact that stays said before"),
        (None, "it does not merge two contacts that stood on record"),
    ],
)
def test_a_merging_of_contacts_changes_nothing_that_stood(
    scene: Scene, attack: Connection, told: dict[str, str] | None, words: str | None
) -> None:
    events = list(read_register(attack, _kept(scene, attack)))
    merged = events[-1]
    [kept] = [name for name, row in merged.body.items() if name.startswith("organisation_contacts") and row is not None]
    row = merged.body[kept]
    assert isinstance(row, dict)
    forged = replace(merged, body={**merged.body, kept: None if told is None else row | told})
    found = [why for _, why in organisation_faults(Past(attack), [*events[:-1], forged])]
    assert found == ([] if words is None else [words])


@pytest.mark.parametrize("named", ["Wu Jing", "Ms Wu"])
def test_a_merging_of_contacts_is_no_wrong_after_one_of_them_was_erased(
    world: World, engine: Engine, named: str
) -> None:
    with transaction(engine) as db:
        organisation = _enter(world, db)
    Erasing(engine, engine, world, "", "").erase(person=None, words=[named], reason="They have left.")
    with transaction(engine) as db:
        assert verify_case(db, organisation) == []
        events = list(read_register(db, organisation))
        [at] = [n for n, event in enumerate(events) if event.kind == ROW_MERGED]
        assert ERASED in [value for event in events[: at + 1] for value in event.body.values()]
        [gone] = [name for name, row in events[at].body.items() if row is None]
        for body in (
            {name: row for name, row in events[at].body.items() if name != gone},
            {gone + "0" if name == gone else name: row for name, row in events[at].body.items()},
        ):
            forged = [*events[:at], replace(events[at], body=body)]
            found = [why for _, why in organisation_faults(Past(db), forged)]
            assert found == ["it does not merge two contacts that stood on record"]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE organisations SET size = 'small' WHERE id = CAST(:id AS uuid)", "organisations.size"),
        ("UPDATE organisations SET register_number = 'X' WHERE id = CAST(:id AS uuid)", "register_number"),
        (
            "INSERT INTO organisation_contacts (id, organisation_id, programme_id, name) SELECT gen_random_uuid(), id,"
            " programme_id, 'Somebody' FROM organisations WHERE id = CAST(:id AS uuid)",
            "A row of organisation_contacts is in no event",
        ),
        (
            "INSERT INTO organisation_owners (id, organisation_id, programme_id, name, kind) SELECT gen_random_uuid(), id,"
            " programme_id, 'Somebody', 'person' FROM organisations WHERE id = CAST(:id AS uuid)",
            "A row of organisation_owners is in no event",
        ),
    ],
)
def test_a_forged_row_is_named(scene: Scene, attack: Connection, statement: str, words: str) -> None:
    organisation = _kept(scene, attack)
    sql(attack, statement, id=organisation)
    found = [finding.sentence for finding in verify_case(attack, organisation)]
    assert any(words in sentence for sentence in found), json.dumps(found)
