"""A file that was made to harm ends in a sentence and an exit code, soon and in little memory; never in a traceback."""

from __future__ import annotations

import copy
import json
import os
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework_verify.command import main
from casework_verify.integrity.canonical import digest
from casework_verify.integrity.chain import event_hash
from tests.verifier.forging import Forgery

Change = Callable[[dict[str, bytes]], None]


def verdict(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    tracemalloc.start()
    began = time.monotonic()
    try:
        code = main([str(one) for one in arguments])
        assert tracemalloc.get_traced_memory()[1] < 150 * 2**20
        assert time.monotonic() - began < 30
    finally:
        tracemalloc.stop()
    return code, capsys.readouterr().out


def part(name: str, content: bytes) -> Change:
    return lambda parts: parts.update({name: content})


def without(name: str) -> Change:
    def change(parts: dict[str, bytes]) -> None:
        del parts[name]

    return change


HOSTILE: list[Change] = [
    part("index.json", b"[" * 200_000), part("index.json", b'{"form": NaN}'), part("index.json", b"null"), part("index.json", b"{}"),
    part("index.json", b'{"form": 3, "form": 2}'), part("index.json", b'{"form": 99, "log": "x", "at": "y"}'),
    part("index.json", b'{"form": 3, "log": "x", "at": "y", "documents": 7}'), part("index.json", b"9" * 10_000),
    part("index.json", b'{"form": 3, "log": "x", "at": "y", "documents": [{"id": [], "versions": [{"path": {}, "version": 1}]}]}'),
    part("history.ndjson", b""), part("history.ndjson", b"\n\n"), part("history.ndjson", b"[]\n" * 1000),
    part("history.ndjson", b"\xff\xfe"),
    part("history.ndjson", b'{"seq": 1e400}'), part("history.ndjson", b'{"header": ' + b"[" * 100_000), part("proof.json", b"[]"),
    part("proof.json", b'{"checkpoint": 7}'), part("proof.json", b'{"checkpoint": "\\ud800"}'), part("proof.json", b'{"checkpoint": ""}'),
]  # fmt: skip


@pytest.mark.parametrize("n", range(len(HOSTILE)))
def test_a_part_that_was_made_to_harm_ends_in_a_sentence(
    n: int, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = verdict(capsys, Forgery(case_file).write(tmp_path / "a.zip", HOSTILE[n]), "--key", keys)
    assert code in (1, 2)
    assert "  ! " in out or "  ? " in out


#: What only the judging of events reads.
EVIDENCE: list[Change] = [
    part("roles.json", b'{"events": 7}'), part("roles.json", b"[]"), without("roles.json"),
]  # fmt: skip


@pytest.mark.parametrize("n", range(len(EVIDENCE)))
def test_what_events_are_judged_by_may_have_any_form(
    n: int, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verdict(capsys, Forgery(case_file).write(tmp_path / "a.zip", EVIDENCE[n]), "--key", keys)[0] == 1


@pytest.mark.parametrize("name", ["editions/", "calendars/"])
def test_a_file_without_what_its_events_are_judged_by_is_not_whole(
    name: str, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Forgery(case_file)
    forged.parts = {part: content for part, content in forged.parts.items() if not part.startswith(name)}
    assert verdict(capsys, forged.write(tmp_path / "a.zip"), "--key", keys)[0] == 1


@pytest.mark.parametrize(
    "name",
    ["decision.pdf", "Documents/1.pdf", "editions/decision.pdf", "documents.pdf", "index.json.bak", "history.NDJSON"],
)
def test_a_part_that_nobody_looked_at_is_not_called_whole(
    name: str, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Forgery(case_file).write(tmp_path / "a.zip", part(name, b"The case was granted."))
    code, out = verdict(capsys, forged, "--key", keys)
    assert (code, name in out) == (1, True)


@pytest.mark.parametrize("place", [{"seq": True}, {"log": None}, {"seq": None}, {"seq": "3"}])
def test_a_role_that_names_no_place_in_a_register_is_not_taken_for_proved(
    place: dict[str, Any], case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Forgery(case_file)
    roles = json.loads(forged.parts["roles.json"])
    granted = copy.deepcopy(next(one for one in roles["events"] if one["header"]["kind"] == "granted"))
    granted["header"].update(place, effects=digest(granted["effects"]))
    granted["hash"] = event_hash(granted["header"])
    roles["events"].append(granted)
    changed = forged.write(tmp_path / "a.zip", part("roles.json", json.dumps(roles).encode()))
    code, out = verdict(capsys, changed, "--key", keys)
    assert (code, "names no place in a register" in out) == (1, True)


LEAVES: list[Any] = [
    7, [7], [{}], [{"seq": 1}], [{"seq": "1", "index": 0, "hashes": []}], [{"seq": 1, "index": -1, "hashes": []}],
    [{"seq": 1, "index": 2**80, "hashes": []}], [{"seq": 1, "index": 0, "hashes": ["x"]}], [{"seq": 1, "index": 0, "hashes": 7}],
    [{"seq": 1, "index": 0, "hashes": ["AAAA"] * 1000}], [{"seq": True, "index": False, "hashes": []}],
]  # fmt: skip


@pytest.mark.parametrize("leaves", LEAVES, ids=lambda leaves: json.dumps(leaves)[:40])
def test_a_proof_of_another_form_ends_in_a_sentence(
    leaves: Any, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Forgery(case_file)
    forged.proof["leaves"] = leaves
    assert verdict(capsys, forged.write(tmp_path / "a.zip"), "--key", keys)[0] in (1, 2)


def test_a_bomb_and_a_name_that_is_there_twice(
    case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(case_file) as whole, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        for name in whole.namelist():
            made.writestr(name, whole.read(name))
        made.writestr("documents/bomb", bytes(200 * 2**20))
    assert verdict(capsys, bomb, "--key", keys)[0] == 2
    twice = tmp_path / "twice.zip"
    twice.write_bytes(case_file.read_bytes())
    with zipfile.ZipFile(twice, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("index.json", b"{}")
    assert verdict(capsys, twice, "--key", keys)[0] in (1, 2)


@pytest.mark.parametrize("seed", range(60))
def test_bytes_that_were_changed_by_chance_are_never_taken_for_whole(
    seed: int, case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    content = bytearray(case_file.read_bytes())
    at = chance.randrange(len(content) - 4)
    if seed % 3:
        content[at : at + 4] = chance.randbytes(4)
    else:
        del content[at:]
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    code, _ = verdict(capsys, path, "--key", keys)
    same = code == 0 and _parts(path) == _parts(case_file)
    assert code in (1, 2) or same, "what an archive says twice may differ in one place, where the parts do not"


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_state_is_kept_whole_or_not_at_all(
    case_file: Path, keys: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    state = folder / "state.json"
    assert verdict(capsys, case_file, "--key", keys, "--state", state)[0] == 0
    before = state.read_text()
    for broken in (b"{}", b"[]", b'{"form": 1}', b'{"form": 2}', before.replace('"size"', '"sise"').encode(), b"\xff"):
        state.write_bytes(broken)
        assert verdict(capsys, case_file, "--state", state)[0] == 2
        assert state.read_bytes() == broken
    assert os.listdir(folder) == ["state.json"]
    assert verdict(capsys, case_file, "--key", keys, "--state", tmp_path / "none" / "state.json")[0] == 2
