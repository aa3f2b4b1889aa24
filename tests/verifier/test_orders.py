"""What no signature covers follows from the rest: each list has one order and nothing twice, and the words for people are ours."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework_verify.case_files import check_case_file
from casework_verify.memory import Memory, read_keys
from casework_verify.orders import order_faults
from casework_verify.reading import Archive
from casework_verify.tiles import Tiles
from casework_verify.words import NOTE, level_of
from tests.verifier.forging import Forgery

Change = Callable[[list[Any]], None]
#: By the part, the lists of it that have an order of their own.
LISTS = [
    ("roles.json", "events"), ("proof.json", "leaves"), ("index.json", "rows.tracks"),
    ("index.json", "rows.tasks"), ("index.json", "rows.clocks"),
]  # fmt: skip


def doubled(listed: list[Any]) -> None:
    listed.append(copy.deepcopy(listed[-1]))


def at(value: Any, place: str) -> Any:
    for name in place.split("."):
        value = value[name]
    return value


def wrong(path: Path, keys: Path) -> list[tuple[str, str | None]]:
    """The codes of what is wrong with a file, and in which part."""
    memory = Memory(*read_keys(keys)[:1])
    with path.open("rb") as file:
        faults = check_case_file(Archive(file), memory, Tiles()).faults
    return [(fault.code, fault.file) for fault in faults if level_of(fault) != NOTE]


@pytest.fixture
def changed(case_file: Path, keys: Path, tmp_path: Path) -> Callable[..., list[tuple[str, str | None]]]:
    def change(part: str, content: bytes | None) -> list[tuple[str, str | None]]:
        def put(parts: dict[str, bytes]) -> None:
            parts.pop(part, None)
            parts.update({} if content is None else {part: content})

        return wrong(Forgery(case_file).write(tmp_path / "a.zip", put), keys)

    return change


def test_the_words_for_people_are_part_of_the_file(
    case_file: Path, changed: Callable[..., list[tuple[str, str | None]]]
) -> None:
    said = Forgery(case_file).parts["README.txt"]
    assert changed("README.txt", said) == []
    assert changed("README.txt", None) == [("part_missing", "README.txt")]
    for other in (
        b"",
        b"The case was granted.\n",
        said + b" ",
        said.replace(b"BJ-", b"SH-"),
        said.replace(b"\n", b"\r\n"),
    ):
        assert changed("README.txt", other) == [("read_me_other", "README.txt")]


@pytest.mark.parametrize("change", [doubled, list.reverse], ids=["doubled", "reversed"])
@pytest.mark.parametrize(("part", "place"), LISTS, ids=lambda one: str(one))
def test_a_list_that_was_doubled_or_reversed_is_wrong(
    case_file: Path, changed: Callable[..., list[tuple[str, str | None]]], part: str, place: str, change: Change
) -> None:
    value = json.loads(Forgery(case_file).parts[part])
    listed = at(value, place)
    change(listed)
    assert ("list_order", part) in changed(part, json.dumps(value).encode())


def test_proofs_of_registers_and_checksums_stand_there_once(
    case_file: Path, keys: Path, tmp_path: Path, changed: Callable[..., list[tuple[str, str | None]]]
) -> None:
    proof = json.loads(Forgery(case_file).parts["proof.json"])
    log = max(proof["registers"], key=lambda log: len(proof["registers"][log]))
    for change in (doubled, list.reverse):
        told = copy.deepcopy(proof)
        change(told["registers"][log])
        assert changed("proof.json", json.dumps(told).encode()) == [("list_order", "proof.json")]


def test_a_proof_of_what_is_not_there_is_wrong(
    case_file: Path, changed: Callable[..., list[tuple[str, str | None]]]
) -> None:
    proof = json.loads(Forgery(case_file).parts["proof.json"])
    log = next(iter(proof["registers"]))
    for leaves, code in ((proof["leaves"], "leaf_more"), (proof["registers"][log], "role_more")):
        leaves.append({**leaves[-1], "seq": 99_999})
        assert changed("proof.json", json.dumps(proof).encode()) == [(code, "proof.json")]
        leaves.pop()
    for waiting in ([1], None, "none", [99_999]):
        assert changed("proof.json", json.dumps({**proof, "waiting": waiting}).encode()) == [
            ("waiting_other", "proof.json")
        ]


@pytest.mark.parametrize(
    "index",
    [
        {"case": {"consents": [{"id": "b"}, {"id": "a"}]}},
        {"case": {"grants": [{"id": "a"}, {"id": "a"}]}},
        {"documents": [{"id": "a", "versions": [{"version": 1}, {"version": 2}]}]},
        {"documents": [{"id": "a", "versions": [], "shared": [{"id": "b"}, {"id": "a"}]}]},
        {"rows": {"tracks": [{"id": "a", "position": 2}, {"id": "b", "position": 1}]}},
    ],
)
def test_each_list_of_an_index_has_an_order(index: Any) -> None:
    assert [fault.code for fault in order_faults({"index.json": index})] == ["list_order"]


def test_a_list_of_another_form_is_told_by_whoever_reads_it() -> None:
    given: list[Any] = [None, 7, [7, None], [{}, {}], [{"log": 1, "seq": "x"}, {"log": "x", "seq": 1}]]
    for events in given:
        assert order_faults({"roles.json": {"events": events}}) == []
