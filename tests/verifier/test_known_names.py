"""Whatever somebody puts into a file under a name that none has is told: of each file that is read, in each of its places."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.ledger.certificates import FACT, STATE, TWO_PERSONS
from casework.operations.cases.views import ConsentView, GrantView
from casework.operations.core.views import Named
from casework.operations.documents.views import DocumentRow, DocumentShare, VersionRow
from casework.operations.verification import case_archive
from casework.operations.verification.kept_rows import PARTS
from casework.records.tables import metadata
from casework_verify import known_names
from casework_verify.case_files import Checked
from casework_verify.command import check
from casework_verify.faults import Unreadable
from casework_verify.integrity.canonical import canonical
from casework_verify.known_names import ROWS, index_faults, proof_faults, roles_faults
from casework_verify.memory import Memory, read_keys, read_memory, write_memory
from casework_verify.tiles import Tiles
from casework_verify.words import NOTE, level_of
from tests.ledger.test_certificates import KEY
from tests.verifier.conftest import House
from tests.verifier.forging import INDEX, PROOF, Forgery
from tests.verifier.test_certificates import made

ROLES, PLANTED = "roles.json", "planted"


def places(value: Any, name: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Where a name can be put in, and what that place is called: of each kind one, with all that may stand in a list."""
    seen: set[str] = set()

    def walk(value: Any, name: str) -> Iterator[tuple[dict[str, Any], str]]:
        if isinstance(value, dict):
            if name not in seen:
                seen.add(name)
                yield value, name
            for key in sorted(value):
                yield from walk(value[key], f"{name}.{key}")
        elif isinstance(value, list):
            for one in value:
                yield from walk(one, name)

    return walk(value, name)


def verdict(path: Path, keys: Path) -> Checked:
    memory = Memory()
    memory.keys, memory.witnesses = read_keys(keys)
    return check(path, memory, Tiles())


def is_wrong(checked: Checked) -> bool:
    return any(level_of(fault) != NOTE for fault in checked.faults)


def taken_as_told(checked: Checked) -> set[str]:
    return {
        name for one in checked.faults if one.code == "told_unjudged" for name in str(one.values["names"]).split(", ")
    }


def test_a_name_that_no_file_of_a_case_has_is_told(case_file: Path, keys: Path, tmp_path: Path) -> None:
    whole = verdict(case_file, keys)
    assert not is_wrong(whole)
    cells = taken_as_told(whole)
    parts = [name for name in Forgery(case_file).parts if name.endswith(".json")]
    assert {INDEX, PROOF, ROLES} < set(parts)
    passed = set()
    for part in parts:
        forged = Forgery(case_file)
        content = json.loads(forged.parts[part])
        for within, name in list(places(content, part)):
            # One edition is as good as another, and its digest promises all of it.
            if part.startswith(("editions/", "calendars/")) and name != part:
                continue
            within[PLANTED] = 1
            forged.parts[part] = json.dumps(content, ensure_ascii=False).encode()
            if part == INDEX:
                forged.index = content
            if part == PROOF:
                forged.proof = content
            if not is_wrong(verdict(forged.write(tmp_path / "forged.zip"), keys)):
                passed.add(name.removeprefix(f"{INDEX}.").removeprefix("rows."))
            del within[PLANTED]
        forged.parts[part] = json.dumps(content, ensure_ascii=False).encode()
    # What is in a cell of which the verdict says that it was held against nothing is told by that.
    assert {name for name in passed if not any(f"{name}.".startswith(f"{cell}.") for cell in cells)} == set()
    assert passed, "there are such cells"


def test_a_name_in_an_event_is_told(case_file: Path, keys: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    for within, _ in list(places(forged.rows[0], "event")):
        within[PLANTED] = 1
        assert is_wrong(verdict(forged.write(tmp_path / "forged.zip"), keys))
        del within[PLANTED]


@pytest.mark.parametrize("kind", [FACT, STATE, TWO_PERSONS])
def test_a_name_in_a_certificate_is_told(kind: str, tmp_path: Path) -> None:
    key = tmp_path / "keys.pub"
    key.write_text(KEY.public.line)
    every_place_is_looked_at(json.loads(made(kind)), key, tmp_path / "certificate.json")


def test_a_name_in_an_attestation_is_told(attestation: bytes, keys: Path, tmp_path: Path) -> None:
    every_place_is_looked_at(json.loads(attestation), keys, tmp_path / "attestation.json")


def test_a_name_in_an_export_is_told(findings_export: bytes, keys: Path, tmp_path: Path) -> None:
    every_place_is_looked_at(json.loads(findings_export), keys, tmp_path / "findings.json")


def test_a_name_in_an_export_of_readings_is_told(readings_export: bytes, keys: Path, tmp_path: Path) -> None:
    every_place_is_looked_at(json.loads(readings_export), keys, tmp_path / "readings.json")


def every_place_is_looked_at(content: Any, keys: Path, path: Path) -> None:
    path.write_bytes(canonical(content))
    assert not is_wrong(verdict(path, keys))
    passed = []
    for within, name in list(places(content, "")):
        within[PLANTED] = 1
        path.write_bytes(canonical(content))
        if not is_wrong(verdict(path, keys)):
            passed.append(name)
        del within[PLANTED]
    assert passed == []


def test_a_name_in_a_state_is_refused(house: House, case_file: Path, keys: Path, tmp_path: Path) -> None:
    memory = Memory()
    memory.keys, memory.witnesses = read_keys(keys)
    check(case_file, memory, Tiles())
    path = tmp_path / "state.json"
    write_memory(memory, path)
    content = json.loads(path.read_text())
    assert content["logs"]
    assert content["checkpoints"]
    for within, _ in list(places(content, "")):
        within[PLANTED] = 1
        path.write_text(json.dumps(content))
        with pytest.raises(Unreadable):
            read_memory(path)
        del within[PLANTED]
    path.write_text(json.dumps(content))
    assert read_memory(path).logs == memory.logs


def test_what_lies_beside_a_published_log_is_told_and_harms_nothing(
    keys: Path, case_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "checkpoint").write_text(Forgery(case_file).proof["checkpoint"])
    assert verdict(tmp_path, keys).faults == []
    (tmp_path / "report.html").write_text("All is well.")
    told = verdict(tmp_path, keys)
    assert [(one.code, one.values["count"]) for one in told.faults] == [("log_beside", 1)]
    assert not is_wrong(told)


# --- what the application writes ------------------------------------------------------------------------------------------


def names_of(view: Any) -> set[str]:
    return {one.name for one in dataclasses.fields(view)}


def test_the_verifier_knows_each_column() -> None:
    assert {*ROWS} == {"cases", "mediations", *PARTS}
    for table, names in ROWS.items():
        assert names.split() == [one.name for one in metadata.tables[table].columns], table


def test_the_verifier_knows_each_name_of_the_index() -> None:
    known = {place: set(names.split()) for place, names in known_names.INDEX_NAMES.items()}
    written: dict[str, tuple[Any, set[str]]] = {
        "case": (case_archive._AboutCase, set()),
        "case.owner": (Named, set()),
        "case.team.*": (Named, set()),
        "case.consents.*": (ConsentView, set()),
        "case.grants.*": (GrantView, set()),
        "documents.*": (DocumentRow, set()),
        "documents.*.versions.*": (VersionRow, {"path"}),
        "documents.*.shared.*": (DocumentShare, set()),
    }
    for place, (view, more) in written.items():
        assert known[place] == names_of(view) | more, place
    assert known.keys() == {"", "head", *written}


@pytest.mark.parametrize(
    "value", [None, [], "x", 1, {"case": 1}, {"documents": {"x": [1]}}, {"rows": [{}]}, {"events": 1}]
)
@pytest.mark.parametrize("look", [index_faults, roles_faults, lambda one: proof_faults(one, [1, "x"])])
def test_what_has_another_form_is_no_crash(value: Any, look: Callable[[Any], list[Any]]) -> None:
    for fault in look(value):
        assert fault.code == "name_unknown"
