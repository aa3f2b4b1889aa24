"""Whatever is wrong with a file, people are told in plain words, and nothing of how Python or the system says it."""

from __future__ import annotations

import json
import re
import zipfile
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from casework_verify import published, witness_command
from casework_verify.faults import Unreadable
from casework_verify.published import Published
from casework_verify.words.reasons import why_of
from tests.verifier.conftest import Run, told
from tests.verifier.forging import Forgery
from tests.verifier.test_hostile_files import EVIDENCE, HOSTILE, part
from tests.verifier.test_reading import HIDING

#: What only Python or the system says.
PYTHON = re.compile(
    r"Errno|Traceback|NoneType|expected str|object is not|indices must|codec|urlopen|isoformat|Error\b|Exception|<class|No such file|"
    r"Expecting|char \d|not subscriptable|has no attribute|invalid literal|unhashable|\bdict\b|\bint\b|\bstr\b|not iterable|: '\w*'"
)
JUNK = [
    b"null",
    b"[]",
    b"{}",
    b"7",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b"9" * 10_000,
    b"[" * 100_000,
    b'{"events": [{}]}',
    b'{"rows": 7}',
]


def plain(run: Run, *arguments: object) -> str:
    """What is said of it, in both languages and to programs."""
    said = [run(*arguments, "--notes", *more) for more in ((), ("--language", "zh"), ("--json",))]
    assert {code for code, _ in said} <= {1, 2}
    out = "\n".join(out for _, out in said)
    assert PYTHON.search(out) is None, out
    for line in said[1][1].splitlines()[1:]:
        assert re.search("[\u4e00-\u9fff]", line), line
    return out


@pytest.mark.parametrize("n", range(len(HOSTILE) + len(EVIDENCE)))
def test_a_part_that_was_made_to_harm_is_told_in_plain_words(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, n: int
) -> None:
    plain(run, Forgery(case_file).write(tmp_path / "a.zip", [*HOSTILE, *EVIDENCE][n]), "--key", keys)


@pytest.mark.parametrize("folder", ["index.json", "roles.json", "proof.json", "editions/", "calendars/"])
def test_so_is_any_part_that_is_junk(run: Run, case_file: Path, keys: Path, tmp_path: Path, folder: str) -> None:
    forged = Forgery(case_file)
    name = next(name for name in sorted(forged.parts) if name.startswith(folder))
    for junk in JUNK:
        plain(run, forged.write(tmp_path / "a.zip", part(name, junk)), "--key", keys)


@pytest.mark.parametrize("place", ["case", "documents", "rows", "head", "form", "at"])
def test_so_is_an_index_of_which_one_value_is_another(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, place: str
) -> None:
    for value in (None, 7, "x", [], [7], {}, {"x": 7}):
        forged = Forgery(case_file)
        changed = json.dumps({**forged.index, place: value}).encode()
        plain(run, forged.write(tmp_path / "a.zip", part("index.json", changed)), "--key", keys)


def test_so_are_events_of_another_form(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    """Chained anew, so that nothing but the judging of them finds it."""
    given: list[Any] = [
        {"tracks": [{}]},
        {"case": {}},
        {"clocks": [7]},
        {"tasks": "x"},
        {"migration": {}},
        {"closed": 7},
    ]
    for effects in given:
        for n in (0, 3):
            forged = Forgery(case_file)
            forged.rows[n]["effects"] = effects
            forged.rechain()
            plain(run, forged.write(tmp_path / "a.zip"))


@pytest.mark.parametrize("how", sorted(HIDING))
def test_an_archive_with_something_beside_its_parts_is_called_that(
    run: Run, case_file: Path, keys: Path, tmp_path: Path, how: str
) -> None:
    (tmp_path / "a.zip").write_bytes(HIDING[how](case_file.read_bytes()))
    assert "file_hidden" in plain(run, tmp_path / "a.zip", "--key", keys)
    (tmp_path / "b.zip").write_bytes(b"junk" + case_file.read_bytes())
    assert "file_hidden" in plain(run, tmp_path / "b.zip", "--key", keys)


def test_a_folder_without_a_checkpoint_says_what_is_missing(run: Run, keys: Path, tmp_path: Path) -> None:
    assert "The folder holds no checkpoint" in plain(run, tmp_path, "--key", keys)


def test_a_state_that_is_none_says_so(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    for junk in [*JUNK, b'{"form": 1}', b'{"form": 1, "keys": [7], "checkpoints": [], "logs": {}}']:
        state.write_bytes(junk)
        out = plain(run, case_file, "--key", keys, "--state", state)
        assert str(state) in out.splitlines()[0]
    state.write_bytes(b"{}")
    assert "it is no state that casework-verify kept" in plain(run, case_file, "--state", state)


def test_a_state_lists_each_checkpoint_once_and_in_order(run: Run, case_file: Path, keys: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    assert run(case_file, "--key", keys, "--state", state)[0] == 0
    kept = json.loads(state.read_text())
    state.write_text(json.dumps({**kept, "checkpoints": kept["checkpoints"] * 2}))
    assert "out of order" in plain(run, case_file, "--state", state)


def test_tiles_that_are_not_there_are_told_of_by_the_name_that_was_given(
    run: Run, case_file: Path, keys: Path, tmp_path: Path
) -> None:
    for wrong in (tmp_path / "nothing", keys):
        out = plain(run, case_file, "--key", keys, "--state", tmp_path / "state", "--tiles", wrong)
        assert out.splitlines()[0] == f"{wrong}: cannot be judged."
        assert "tiles_folder" in out


def test_a_key_that_is_none_says_so(run: Run, case_file: Path, tmp_path: Path) -> None:
    for junk in (b"", b"x", b"x+y+z", b"\xff", b"x+00000000+AAAA", b" \n"):
        (tmp_path / "keys").write_bytes(junk)
        plain(run, case_file, "--key", tmp_path / "keys")
    for wrong in (tmp_path, tmp_path / "nothing", tmp_path / "keys" / "x", tmp_path / ("x" * 300)):
        plain(run, case_file, "--key", wrong)
        plain(run, wrong)


def test_where_no_witness_is_known_one_sentence_says_so(run: Run, case_file: Path, keys: Path) -> None:
    out = plain(run, case_file, "--key", keys, "--witnesses", "2")
    assert "2 witnesses are asked for, and the key of none is known here" in out
    assert told(run(case_file, "--key", keys, "--witnesses", "2", "--json")[1]) == ["witnesses_unknown"]


def test_whatever_is_raised_has_words_of_ours() -> None:
    raised: list[BaseException] = [
        KeyError("form"),
        KeyError(),
        TypeError("list indices must be integers or slices, not str"),
        ValueError(""),
        ValueError("Invalid isoformat string: 'x'"),
        OSError(2, "No such file or directory"),
        OSError("odd"),
        RecursionError("deep"),
        MemoryError(),
        zipfile.BadZipFile("File is not a zip file"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        AttributeError("'NoneType' object has no attribute 'get'"),
        OverflowError("date value out of range"),
    ]
    for one in raised:
        assert PYTHON.search(why_of(one)) is None
        assert why_of(one)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://nobody.invalid", "https://127.0.0.1:1"])
def test_an_address_that_does_not_answer_is_told_in_plain_words(address: str) -> None:
    with pytest.raises(Unreadable) as unread:
        Published(address).checkpoint()
    assert unread.value.fault.code == "address_unread"
    assert PYTHON.search(str(unread.value.fault.values["why"])) is None


def test_no_answer_of_another_kind_is_told_as_python_has_it() -> None:
    for one in (
        ValueError("unknown url type: x"),
        OSError(5, "Input/output error"),
        HTTPException("got more"),
    ):
        assert published._failed(one) == "no answer came as one should"


def test_a_witness_is_told_in_plain_words_and_in_the_language_asked_for_behind_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[Any]] = [
        [
            "watch",
            "http://127.0.0.1:1",
            "--once",
            "--key",
            tmp_path / "none",
            "--log",
            tmp_path / "none",
            "--state",
            tmp_path / "s",
        ],
        ["key", "a b", tmp_path / "k"],
        ["key", "a", tmp_path],
        ["public", tmp_path / "none"],
        ["cosign", tmp_path / "none", "--key", tmp_path, "--log", tmp_path, "--state", tmp_path / "s"],
    ]
    for arguments in asked:
        for language, pattern in (("en", "[a-z]"), ("zh", "[\u4e00-\u9fff]")):
            assert witness_command.main([*map(str, arguments), "--language", language]) == 2
            err = capsys.readouterr().err
            assert re.search(pattern, err)
            assert PYTHON.search(err) is None, err
            assert witness_command.main(["--language", language, *map(str, arguments)]) == 2
            assert capsys.readouterr().err == err
