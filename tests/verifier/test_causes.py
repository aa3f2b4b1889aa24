"""One cause is told once: of what is missing or cannot be read, and not of every event that follows it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from casework_verify.integrity.canonical import canonical, digest
from casework_verify.replay.standing import Case, Event
from casework_verify.replay.told import told_faults
from tests.verifier.conftest import Run, told
from tests.verifier.forging import Forgery


def parts_of(forged: Forgery, folder: str) -> list[str]:
    return sorted(name for name in forged.parts if name.startswith(folder))


@pytest.mark.parametrize(("folder", "code"), [("editions/", "edition_missing"), ("calendars/", "calendar_missing")])
def test_a_part_that_is_missing_is_one_fault_and_what_follows_from_it_none(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, folder: str, code: str
) -> None:
    forged = Forgery(case_file)
    name = parts_of(forged, folder)[0]
    del forged.parts[name]
    assert run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")[0] == 1
    out = run(tmp_path / "a.zip", "--key", keys, "--json")[1]
    assert told(out) == [code]
    (fault,) = (one for one in json.loads(out)["files"][0]["faults"] if one["code"] == code)
    assert (fault["file"], fault["seq"]) == (name, 1)
    assert "replay_hindered" in out


@pytest.mark.parametrize("folder", ["editions/", "calendars/"])
def test_a_part_that_another_one_lies_in_the_place_of_is_one_fault(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, folder: str
) -> None:
    forged = Forgery(case_file)
    forged.parts[parts_of(forged, folder)[0]] = b"{}"
    code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
    assert (code, told(out)) == (1, [f"{folder[:-2]}_swapped"])


@pytest.mark.parametrize("folder", ["editions/", "calendars/"])
def test_a_part_that_no_event_names_is_wrong(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, folder: str
) -> None:
    forged = Forgery(case_file)
    value = json.loads(forged.parts[parts_of(forged, folder)[0]])
    value["workflow" if folder == "editions/" else "zone"] = "Asia/Tokyo"
    forged.parts[f"{folder}{digest(value)}.json"] = canonical(value)
    code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
    assert (code, told(out)) == (1, ["evidence_unused"])


def test_roles_that_are_missing_or_cannot_be_read_are_one_fault(
    run: Run, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    forged = Forgery(case_file)
    del forged.parts["roles.json"]
    code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
    assert (code, told(out)) == (1, ["part_missing"])
    for junk in (b"[]", b'{"events": 7}', b"null"):
        forged.parts["roles.json"] = junk
        code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
        assert (code, told(out)) == (1, ["roles_unreadable"])


def test_roles_without_any_event_are_one_fault(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    roles = json.loads(forged.parts["roles.json"])
    people = {row["header"]["actor"] for row in forged.rows} - {"system", "party"}
    assert len(people) > 1
    forged.parts["roles.json"] = json.dumps({**roles, "events": []}).encode()
    for keep in (True, False):
        if not keep:
            forged.proof["registers"] = {}
        code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
        assert (code, told(out)) == (1, ["roles_none"])
        assert "replay_hindered" in out


def test_a_role_that_was_never_given_is_told_of_the_first_event(
    run: Run, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    forged = Forgery(case_file)
    roles = json.loads(forged.parts["roles.json"])
    person = next(row["header"]["actor"] for row in forged.rows if row["header"]["role"] == "officer")
    gone = [one for one in roles["events"] if one["effects"].get("person") == person]
    for one in gone:
        roles["events"].remove(one)
        leaves = forged.proof["registers"][one["log"]]
        leaves.remove(next(leaf for leaf in leaves if leaf["seq"] == one["seq"]))
    forged.parts["roles.json"] = json.dumps(roles).encode()
    code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
    assert code == 1
    assert told(out).count("role_never") == 1


@pytest.mark.parametrize("title", ["A title that was erased", "Another title"])
def test_the_title_of_an_index_is_judged_by_one_condition(case_file: Path, title: str) -> None:
    """Once it was erased by an event an index has none, in its summary as in its rows."""
    forged = Forgery(case_file)
    case = Case(Event(forged.rows[0]))
    for row in forged.rows:
        case.take(Event(row))
    index = copy.deepcopy(forged.index)
    assert list(told_faults(case, index, set())) == []
    case.title_gone = True
    index["case"]["title"] = index["rows"]["cases"][0]["title"] = None
    assert list(told_faults(case, index, set())) == []
    index["case"]["title"] = title
    assert [fault.code for fault in told_faults(case, index, set())] == ["told_case"]
    index["rows"]["cases"][0]["title"] = title
    assert [fault.code for fault in told_faults(case, index, set())] == ["told_case", "told_row"]


def test_to_how_many_abroad_a_consent_does_not_reach_is_held_against_the_history(
    run: Run, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    forged = Forgery(case_file)
    assert "case.consents.withheld_abroad" not in run(case_file, "--key", keys, "--notes")[1]
    forged.index["case"]["consents"][0]["withheld_abroad"] += 1
    code, out = run(forged.write(tmp_path / "a.zip"), "--key", keys, "--json")
    assert (code, told(out)) == (1, ["told_row"])
