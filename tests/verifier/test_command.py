"""The command says of a file whether it is whole, what is wrong and where, and remembers what it has seen."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from sqlalchemy import text

from casework.ledger.signed_notes import key_from_seed, parse_note, sign_note
from casework.records import log_keys
from tests.verifier.conftest import House, Run, told
from tests.verifier.forging import Forgery


def test_a_whole_file_is_whole(run: Run, case_file: Path, keys: Path) -> None:
    code, out = run(case_file, "--key", keys)
    assert code == 0, out
    assert "nothing is wrong" in out
    assert "未发现问题" in run(case_file, "--key", keys, "--language", "zh")[1]


def test_people_are_told_of_what_it_is_and_names_where_they_ask(run: Run, case_file: Path, keys: Path) -> None:
    (file,) = json.loads(run(case_file, "--key", keys, "--json")[1])["files"]
    first, about, signed, tree, *notes = run(case_file, "--key", keys)[1].splitlines()
    assert first == f"{case_file}: nothing is wrong."
    assert about == f"  Case: {file['number']}. Events: {file['events']}."
    assert signed == f"  Signed: up to event {file['signed_up_to']}."
    assert tree == f"  Checkpoint: {file['checkpoint']['origin']}, {file['checkpoint']['size']} entries."
    codes = [one["code"] for one in file["faults"]]
    long = [one for one in codes if one in ("replay_as_told_names", "told_unjudged")]
    assert len(long) > 1
    assert len(notes) == len(codes) - len(long) + 1
    assert f"--notes prints them, in {len(long)} lines." in notes[-1]
    whole = run(case_file, "--key", keys, "--notes")[1]
    assert [line for line in whole.splitlines() if "held against nothing:" in line]
    assert len(whole.splitlines()) == len(codes) + 4
    assert f"案件：{file['number']}。" in run(case_file, "--language", "zh")[1]


def test_so_is_that_of_a_case_that_follows_from_another_one(run: Run, other_file: Path, house: House) -> None:
    code, out = run(other_file, "--key", house.keys, "--json")
    assert (code, told(out)) == (0, [])


def test_programs_are_told_the_same(run: Run, case_file: Path, keys: Path) -> None:
    code, out = run(case_file, "--key", keys, "--json")
    answer = json.loads(out)
    assert (code, answer["exit"]) == (0, 0)
    (file,) = answer["files"]
    assert file["whole"]
    assert file["kind"] == "case"
    assert file["events"] > 3


def test_without_a_key_it_says_that_nobody_was_checked(run: Run, case_file: Path) -> None:
    code, out = run(case_file)
    assert code == 0
    assert "No key was given" in out


def test_another_key_did_not_sign_it(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    name = keys.read_text().split("+")[0]
    stranger.write_text(key_from_seed(name, bytes(range(32))).public.line)
    code, out = run(case_file, "--key", stranger, "--json")
    assert (code, told(out)) == (1, ["note_key"])


def test_what_cannot_be_read_is_said_so(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    wrong = {"a.txt": b"hello\n", "b.zip": b"PK\x03\x04junk", "c.json": b"{}", "d": b"", "e.bin": bytes(range(256))}
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
        code, out = run(tmp_path / name, "--key", keys, "--json")
        assert code == 2, name
        assert told(out)
    assert run(tmp_path / "nothing.zip")[0] == 2
    assert run(tmp_path, "--key", keys)[0] == 2
    assert run(case_file, "--key", tmp_path / "a.txt")[0] == 2
    assert run(case_file, "--key", tmp_path / "d")[0] == 2
    (tmp_path / "state").write_text("{")
    assert run(case_file, "--state", tmp_path / "state")[0] == 2
    assert run(case_file, "--state", tmp_path / "new")[0] == 2, "a state without any key remembers nothing"


def test_it_remembers_and_goes_on(run: Run, house: House, keys: Path, tmp_path: Path) -> None:
    state, tiles = tmp_path / "state.json", tmp_path / "tiles"
    first = house.take_out("first.zip")
    assert run(first, "--key", keys, "--state", state)[0] == 0
    kept = state.read_text()
    assert run(first, "--state", state)[0] == 0, "the key is remembered"
    assert state.read_text() == kept
    house.go_on()
    house.sign()
    second = house.take_out("second.zip")
    code, out = run(second, "--state", state)
    assert code == 2
    wanted = re.findall(r"tile/\S+\d", out)
    assert wanted
    assert state.read_text() == kept
    for path in wanted:
        save_tile(house, tiles, path)
    code, out = run(second, "--state", state, "--tiles", tiles)
    assert code == 0, out
    assert len(json.loads(state.read_text())["checkpoints"]) == 2
    assert run(first, second, "--state", state)[0] == 0, "both were seen"


def save_tile(house: House, folder: Path, path: str) -> None:
    """As it is served."""
    level, n, width = re.fullmatch(r"tile/(\d+)/(\d{3})(?:\.p/(\d+))?", path).groups()  # type: ignore[union-attr]  # it matches what was found
    with house.superuser.connect() as db:
        hashes = db.execute(
            text("SELECT hashes FROM tree_tiles WHERE level = :level AND n = :n"), {"level": int(level), "n": int(n)}
        ).scalar_one()
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(hashes)[: int(width or 256) * 32])


def test_an_export_of_the_log_is_held_against_its_root(
    run: Run, house: House, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    with house.superuser.connect() as db:
        note, size = db.execute(text("SELECT note, size FROM checkpoints ORDER BY n DESC LIMIT 1")).one()
    (folder / "checkpoint").write_text(note)
    assert run(folder / "checkpoint", "--key", keys)[0] == 0, "a checkpoint alone"
    assert size < 256
    save_tile(house, folder, f"tile/0/000.p/{size}")
    assert run(folder, "--key", keys)[0] == 0
    packed = tmp_path / "log.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(tmp_path))
    assert run(packed, "--key", keys)[0] == 0
    tile = folder / f"tile/0/000.p/{size}"
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    code, out = run(folder, "--key", keys, "--json")
    assert (code, told(out)) == (1, ["tiles_other"])
    tile.write_bytes(tile.read_bytes()[:-32])
    assert run(folder, "--key", keys)[0] == 2


def test_a_file_of_which_nothing_was_signed_is_not_whole_to_whoever_gave_a_key(
    run: Run, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    forged = Forgery(case_file)
    forged.proof = {"checkpoint": None, "leaves": [], "waiting": [row["seq"] for row in forged.rows]}
    assert run(forged.write(tmp_path / "a.zip"))[0] == 0
    assert run(forged.write(tmp_path / "a.zip"), "--key", keys)[0] == 2
    forged.index["form"] = 2
    without = forged.write(tmp_path / "b.zip", lambda parts: parts.__delitem__("proof.json"))
    assert run(without)[0] == 0
    assert run(without, "--key", keys)[0] == 2


def test_a_new_key_is_told_by_a_checkpoint_that_both_signed(
    run: Run, house: House, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    key = log_keys.read_key(house.settings)
    text = parse_note(Forgery(case_file).proof["checkpoint"]).text
    note = sign_note(text, [key, log_keys.new_key(house.settings, key.name)])
    (tmp_path / "checkpoint").write_text(note)
    code, out = run(tmp_path / "checkpoint", "--key", keys)
    assert code == 0
    assert "a key" in out
    assert "it was not checked" in out
