"""The settings of a programme are set by whom and how they may be: what is forged, made to fit in chain and head, is found."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.case_objects.letterheads import COPIED, LETTERHEAD_SET
from casework.engine.case_objects.programme_editions import EDITIONS_SET
from casework.engine.case_objects.programme_lists import LIST_SET
from casework.engine.case_objects.programme_providers import PROVIDERS_SET
from casework.engine.case_objects.ranking_weights import WEIGHTS_ASKED, WEIGHTS_REFUSED, WEIGHTS_SET
from casework.engine.tasks.routing_tables import ROUTING_ASKED, ROUTING_REFUSED, ROUTING_SET
from casework.operations.catalogue.match_changes import correct_match
from casework.operations.catalogue.matches import MATCH_CORRECTED, MATCH_REFUSED, judge_match
from casework.operations.deadlines.limits import set_limit
from casework.operations.history.point_in_time import Past
from casework.operations.people.letterheads import set_letterhead
from casework.operations.people.programme_copies import copy_programme
from casework.operations.people.programme_editions import set_editions
from casework.operations.people.programme_lists import set_entry
from casework.operations.people.programme_providers import set_providers
from casework.operations.people.registry import grant_role
from casework.operations.verification.programme_judgement import settings_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.operations.people.test_programme_routing import set_table
from tests.operations.people.test_programme_weights import set_to
from tests.operations.verification.forger import Json, Scene, Stored, not_allowed, rebuild, sql
from tests.support.world import new_request


def _set(scene: Scene, attack: Connection) -> str:
    """A programme whose letterhead was set, and changed with a reason."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, who = scene.world.programmes["BJ"], scene.world.actor(attack, "supervisor")
    set_letterhead(attack, who, programme, fields={"office": "Office"}, reason=None, request=new_request())
    set_letterhead(attack, who, programme, fields={"office": "Other"}, reason="Moved.", request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    return programme


def test_what_a_supervisor_sets_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    programme = _set(scene, attack)
    assert list(settings_faults(Past(attack), programme, read_register(attack, programme))) == []
    assert verify_case(attack, programme) == []


@pytest.mark.parametrize(
    ("which", "header", "gone", "words"),
    [
        (0, {"role": "officer"}, "", "done by supervisor, not by officer"),
        (0, {"actor_of": "officer"}, "", "did not hold the role supervisor"),
        (1, {}, "reason", "does not say why"),
    ],
)
def test_a_forged_entry_is_found(
    scene: Scene, attack: Connection, which: int, header: dict[str, str], gone: str, words: str
) -> None:
    programme = _set(scene, attack)

    def forge(rows: list[Stored]) -> None:
        row = [row for row in rows if row["header"]["kind"] == LETTERHEAD_SET][which]
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        if gone:
            del row["body"][gone]

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def test_a_row_that_was_changed_is_named(scene: Scene, attack: Connection) -> None:
    programme = _set(scene, attack)
    sql(attack, "UPDATE letterheads SET office = 'Forged' WHERE programme_id = CAST(:id AS uuid)", id=programme)
    assert [(one.table, one.column) for one in verify_case(attack, programme)] == [("letterheads", "office")]


def test_the_first_letterhead_of_a_copy_that_has_lists_alone_needs_no_reason(scene: Scene, attack: Connection) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    source = scene.world.programmes["BJ"]
    entry = {"code": "soil", "label": "Soil", "label_zh": "土壤"}
    who = scene.world.actor(attack, "administrator")
    set_entry(attack, who, source, "sectors", fields=entry, reason=None, request=new_request())
    done = copy_programme(attack, who, source, code="TJ", name="Tianjin", name_zh=None, request=new_request())
    new = str(done.answer["id"])
    grant_role(attack, scene.world.people["supervisor"], "supervisor", programme=new)
    there = scene.world.actor(attack, "supervisor")
    set_letterhead(attack, there, new, fields={"office": "Office"}, reason=None, request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert list(settings_faults(Past(attack), new, read_register(attack, new))) == []


@pytest.mark.parametrize(
    ("header", "effects", "words"),
    [
        ({"actor_of": "officer"}, {}, "did not administer the programme"),
        ({}, {"copied_from": None}, "did not administer the programme"),
    ],
)
def test_a_forged_copy_is_found(
    scene: Scene, attack: Connection, header: dict[str, str], effects: dict[str, Json], words: str
) -> None:
    programme = _set(scene, attack)
    sql(attack, "SET LOCAL session_replication_role = origin")
    who = scene.world.actor(attack, "administrator")
    done = copy_programme(attack, who, programme, code="TJ", name="Tianjin", name_zh=None, request=new_request())
    new = str(done.answer["id"])
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert verify_case(attack, new) == []

    def forge(rows: list[Stored]) -> None:
        row = next(row for row in rows if row["header"]["kind"] == COPIED)
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"] |= effects

    rebuild(attack, new, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, new)))


@pytest.mark.parametrize(
    ("header", "effects", "gone", "words"),
    [
        ({"role": "officer"}, {}, "", "done by supervisor, not by officer"),
        ({"actor_of": "officer"}, {}, "", "did not hold the role supervisor"),
        ({}, {}, "reason", "does not say why"),
        ({}, {"limits": {"case.states.proposed": [None, 4]}}, "", "others than it says were set"),
        ({}, {"limits": {}}, "", "others than it says were set"),
        ({}, {"calendar": {"zone": "Asia/Urumqi"}}, "", "changes when people work"),
        (
            {},
            {
                "limits": {"agreement.states.letter_awaited": [None, 3]},
                "calendar": {"limits": {"agreement.states.letter_awaited": 3}},
            },
            "",
            "no limit that a programme sets",
        ),
        # Beyond what may be set.
        (
            {},
            {
                "limits": {"case.limits.screening_holds": [None, 400], "case.states.proposed": [None, 3]},
                "calendar": {"limits": {"case.limits.screening_holds": 400, "case.states.proposed": 3}},
            },
            "",
            "case.limits.screening_holds is no limit that a programme sets so",
        ),
    ],
)
def test_a_forged_limit_is_found(
    scene: Scene, attack: Connection, header: dict[str, str], effects: dict[str, Json], gone: str, words: str
) -> None:
    programme = scene.world.programmes["BJ"]
    sql(attack, "SET LOCAL session_replication_role = origin")
    who = scene.world.actor(attack, "supervisor")
    set_limit(attack, who, programme, "case.states.proposed", n=3, reason="Small.", request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert verify_case(attack, programme) == []

    def forge(rows: list[Stored]) -> None:
        row = next(row for row in rows if "limits" in row["effects"])
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"]["calendar"] |= effects.get("calendar", {})
        row["effects"] |= {key: value for key, value in effects.items() if key != "calendar"}
        if gone:
            del row["body"][gone]

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def _listed(scene: Scene, attack: Connection) -> str:
    """A programme that added an entry to a list, and retired one with a reason."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, who = scene.world.programmes["BJ"], scene.world.actor(attack, "administrator")
    for code, reason in (("steel", None), ("Water", "Not here.")):
        fields = {"code": code, "label": code, "label_zh": "行业", "retired": code == "Water"}
        set_entry(attack, who, programme, "sectors", fields=fields, reason=reason, request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    return programme


def test_a_refusal_for_a_reason_that_was_not_offered_is_found(scene: Scene, attack: Connection) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, officer = scene.world.programmes["BJ"], scene.world.actor(attack, "officer")
    match = scene.world.matches[1]
    given: dict[str, Any] = {"refused": True, "reason": "No.", "code": "other", "request": new_request()}
    judge_match(attack, officer, match, **given)
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert list(settings_faults(Past(attack), programme, read_register(attack, programme))) == []

    def forge(rows: list[Stored]) -> None:
        next(row for row in rows if row["header"]["kind"] == MATCH_REFUSED)["effects"]["refusal"] = "too_hot"

    rebuild(attack, programme, forge)
    assert any(
        "did not offer “too_hot” then" in sentence for _, sentence in not_allowed(verify_case(attack, programme))
    )


def test_a_correction_of_a_match_by_somebody_who_could_not_do_it_is_found(scene: Scene, attack: Connection) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, officer = scene.world.programmes["BJ"], scene.world.actor(attack, "officer")
    fields = {"score": "0.1"}
    correct_match(attack, officer, scene.world.matches[1], fields=fields, reason=None, request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert not_allowed(verify_case(attack, programme)) == []

    def forge(rows: list[Stored]) -> None:
        next(row for row in rows if row["header"]["kind"] == MATCH_CORRECTED)["header"]["actor"] = scene.world.people[
            "auditor"
        ]

    rebuild(attack, programme, forge)
    found = [sentence for _, sentence in not_allowed(verify_case(attack, programme))]
    assert any("by somebody who could not do it then" in sentence for sentence in found)


@pytest.mark.parametrize(
    ("which", "header", "gone", "offered", "words"),
    [
        (0, {"role": "officer"}, "", None, "done by supervisor or administrator, not by officer"),
        (0, {"actor_of": "officer"}, "", None, "did not hold the role administrator"),
        (1, {}, "reason", None, "of an entry that was there before"),
        (1, {}, "", {"Water": True}, "its rows say of its entries something else"),
        (1, {}, "", {"Water": False, "Energy": False}, "its rows say of its entries something else"),
    ],
)
def test_a_forged_change_of_a_list_is_found(
    scene: Scene,
    attack: Connection,
    which: int,
    header: dict[str, str],
    gone: str,
    offered: dict[str, bool] | None,
    words: str,
) -> None:
    programme = _listed(scene, attack)
    assert verify_case(attack, programme) == []

    def forge(rows: list[Stored]) -> None:
        row = [row for row in rows if row["header"]["kind"] == LIST_SET][which]
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        if gone:
            del row["body"][gone]
        if offered is not None:
            row["effects"]["lists"][0]["offered"] = offered

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def test_a_version_of_a_list_that_is_not_the_next_one_is_found(scene: Scene, attack: Connection) -> None:
    programme = _listed(scene, attack)

    def forge(rows: list[Stored]) -> None:
        row = [row for row in rows if row["header"]["kind"] == LIST_SET][1]
        (entry,) = (value for name, value in row["body"].items() if name.startswith("list_entries"))
        assert entry["value"]["since"] == 3
        entry["value"]["since"] = 7

    rebuild(attack, programme, forge)
    assert any(
        "another version of the list “sectors”" in sentence
        for _, sentence in not_allowed(verify_case(attack, programme))
    )


def test_an_officer_changes_the_glossary_alone(scene: Scene, attack: Connection) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, officer = scene.world.programmes["BJ"], scene.world.actor(attack, "officer")
    fields = {"code": "frob", "label": "frobnicator", "label_zh": "弗罗布"}
    set_entry(attack, officer, programme, "glossary", fields=fields, reason=None, request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert not_allowed(verify_case(attack, programme)) == []

    def forge(rows: list[Stored]) -> None:
        next(row for row in rows if row["header"]["kind"] == LIST_SET)["header"]["role"] = "auditor"

    rebuild(attack, programme, forge)
    assert any(
        "done by supervisor or administrator or officer, not by auditor" in sentence
        for _, sentence in not_allowed(verify_case(attack, programme))
    )


# --- which providers are asked -----------------------------------------------------------------------------------------


def _asked(scene: Scene, attack: Connection) -> str:
    """A programme that has begun a list, added to it, and made it shorter with a reason."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, who = scene.world.programmes["BJ"], scene.world.actor(attack, "supervisor")
    lab, bank = scene.world.organisations["lab"], scene.world.organisations["bank"]
    for providers, reason in (([bank], "These."), ([bank, lab], None), ([bank], "It closed.")):
        set_providers(attack, who, programme, providers=providers, reason=reason, request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    return programme


def test_who_is_asked_is_set_as_it_may_be_and_speaks_against_no_earlier_request(
    scene: Scene, attack: Connection
) -> None:
    programme = _asked(scene, attack)
    assert verify_case(attack, programme) == []
    assert verify_case(attack, scene.log) == []


@pytest.mark.parametrize(
    ("which", "header", "gone", "effects", "words"),
    [
        (1, {"role": "officer"}, "", {}, "done by supervisor, not by officer"),
        (0, {"actor_of": "officer"}, "", {}, "did not hold the role supervisor"),
        (0, {}, "reason", {}, "does not say why"),
        (2, {}, "reason", {}, "does not say why"),
        (1, {}, "", {"providers": []}, "does not say why"),
        (1, {"kind": "changed"}, "", {}, "by an event of its own"),
    ],
)
def test_a_forged_list_of_providers_is_found(
    scene: Scene,
    attack: Connection,
    which: int,
    header: dict[str, str],
    gone: str,
    effects: dict[str, Json],
    words: str,
) -> None:
    programme = _asked(scene, attack)

    def forge(rows: list[Stored]) -> None:
        row = [row for row in rows if row["header"]["kind"] == PROVIDERS_SET][which]
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"] |= effects
        if gone:
            del row["body"][gone]

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def test_a_list_of_providers_that_nobody_set_is_named(scene: Scene, attack: Connection) -> None:
    programme = _asked(scene, attack)
    sql(attack, "UPDATE programmes SET providers = NULL WHERE id = CAST(:id AS uuid)", id=programme)
    assert [(one.table, one.column) for one in verify_case(attack, programme)] == [("programmes", "providers")]


def test_a_request_to_a_provider_off_the_list_is_found(scene: Scene, attack: Connection) -> None:
    programme = _asked(scene, attack)
    long_ago = (
        "UPDATE events SET at = at - interval '9 days' WHERE log_id = CAST(:id AS uuid) AND kind = 'providers_set'"
    )
    sql(attack, long_ago, id=programme)
    assert any(
        "the programme did not ask then" in sentence for _, sentence in not_allowed(verify_case(attack, scene.log))
    )


# --- by which editions it begins ---------------------------------------------------------------------------------------


def _chosen(scene: Scene, attack: Connection) -> str:
    """A programme that begins referrals by their first edition."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    programme, who = scene.world.programmes["BJ"], scene.world.actor(attack, "supervisor")
    set_editions(attack, who, programme, editions={"referral": 1}, reason="Known.", request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    return programme


@pytest.mark.usefixtures("older_edition")
def test_an_edition_is_chosen_as_it_may_be_and_speaks_against_no_earlier_track(
    scene: Scene, attack: Connection
) -> None:
    programme = _chosen(scene, attack)
    assert verify_case(attack, programme) == []
    assert verify_case(attack, scene.log) == []


@pytest.mark.usefixtures("older_edition")
@pytest.mark.parametrize(
    ("header", "gone", "words"),
    [
        ({"role": "officer"}, "", "done by supervisor, not by officer"),
        ({}, "reason", "does not say why"),
        ({"kind": "changed"}, "", "by an event of its own"),
    ],
)
def test_a_forged_choice_of_editions_is_found(
    scene: Scene, attack: Connection, header: dict[str, str], gone: str, words: str
) -> None:
    programme = _chosen(scene, attack)

    def forge(rows: list[Stored]) -> None:
        row = next(row for row in rows if row["header"]["kind"] == EDITIONS_SET)
        row["header"] |= header
        if gone:
            del row["body"][gone]

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


@pytest.mark.usefixtures("older_edition")
def test_a_choice_of_editions_that_nobody_made_is_named(scene: Scene, attack: Connection) -> None:
    programme = _chosen(scene, attack)
    sql(attack, "UPDATE programmes SET editions = '{}' WHERE id = CAST(:id AS uuid)", id=programme)
    assert [(one.table, one.column) for one in verify_case(attack, programme)] == [("programmes", "editions")]


@pytest.mark.usefixtures("older_edition")
def test_a_track_by_another_edition_than_was_chosen_is_found(scene: Scene, attack: Connection) -> None:
    programme = _chosen(scene, attack)
    long_ago = (
        "UPDATE events SET at = at - interval '9 days' WHERE log_id = CAST(:id AS uuid) AND kind = 'editions_set'"
    )
    sql(attack, long_ago, id=programme)
    found = [sentence for _, sentence in not_allowed(verify_case(attack, scene.log))]
    assert any("by another edition than the programme had chosen" in sentence for sentence in found)


def _forge(scene: Scene, attack: Connection, kind: str, header: dict[str, str], effects: Json) -> None:
    """Change the first event of a kind in the programme's log."""

    def forge(rows: list[Stored]) -> None:
        row = next(row for row in rows if row["header"]["kind"] == kind)
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"] |= effects

    rebuild(attack, scene.world.programmes["BJ"], forge)


def _routed(scene: Scene, attack: Connection) -> str:
    """A programme for which a supervisor proposed a routing table, to which an administrator agreed."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    set_table(attack, scene.world, ({"kind": '"side"'}, "officer"))
    sql(attack, "SET LOCAL session_replication_role = replica")
    return scene.world.programmes["BJ"]


def test_a_routing_table_that_two_people_set_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    assert verify_case(attack, _routed(scene, attack)) == []


@pytest.mark.parametrize(
    ("kind", "header", "effects", "words"),
    [
        (ROUTING_SET, {"role": "officer"}, {}, "done by supervisor or administrator, not by officer"),
        (ROUTING_SET, {"actor_of": "supervisor", "role": "supervisor"}, {}, "also agreed to it"),
        (ROUTING_SET, {}, {"routing": {"version": 2, "asked": 2, "table": {}}}, "another routing table was set"),
        (ROUTING_SET, {}, {"routing": None}, "another routing table was set"),
        (ROUTING_SET, {"kind": "changed"}, {}, "by an event of its own"),
        (ROUTING_ASKED, {"kind": ROUTING_REFUSED}, {}, "nobody had proposed this routing table"),
        (ROUTING_ASKED, {"role": "administrator"}, {}, "done by supervisor, not by administrator"),
    ],
)
def test_a_routing_table_that_was_forged_is_found(
    scene: Scene, attack: Connection, kind: str, header: dict[str, str], effects: Json, words: str
) -> None:
    programme = _routed(scene, attack)
    _forge(scene, attack, kind, header, effects)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def _weighed(scene: Scene, attack: Connection) -> str:
    """A programme for which a supervisor proposed weights, to which an administrator agreed."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    set_to(attack, scene.world, title="3")
    sql(attack, "SET LOCAL session_replication_role = replica")
    return scene.world.programmes["BJ"]


def test_weights_that_two_people_set_are_not_spoken_against(scene: Scene, attack: Connection) -> None:
    assert verify_case(attack, _weighed(scene, attack)) == []


@pytest.mark.parametrize(
    ("kind", "header", "effects", "words"),
    [
        (WEIGHTS_SET, {"role": "officer"}, {}, "done by supervisor or administrator, not by officer"),
        (WEIGHTS_SET, {"actor_of": "supervisor", "role": "supervisor"}, {}, "also agreed to them"),
        (WEIGHTS_SET, {}, {"weights": {"version": 2, "title": "9"}}, "other weights were set than those"),
        (WEIGHTS_SET, {}, {"weights": None}, "other weights were set than those"),
        (WEIGHTS_SET, {"kind": "changed"}, {}, "by an event of their own"),
        (WEIGHTS_ASKED, {"kind": WEIGHTS_REFUSED}, {}, "nobody had proposed these weights"),
        (WEIGHTS_ASKED, {"role": "administrator"}, {}, "done by supervisor, not by administrator"),
    ],
)
def test_weights_that_were_forged_are_found(
    scene: Scene, attack: Connection, kind: str, header: dict[str, str], effects: Json, words: str
) -> None:
    programme = _weighed(scene, attack)
    _forge(scene, attack, kind, header, effects)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))
