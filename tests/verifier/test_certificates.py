"""The verifier judges a certificate by itself, and finds whatever was changed in one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework.ledger.certificates import EVENT, FACT, STATE, TWO_PERSONS, make
from casework.ledger.signed_notes import parse_note, sign_note
from casework_verify.command import main
from casework_verify.integrity.canonical import canonical
from tests.ledger.test_certificates import KEY, OTHER, RANDOM, Tree, events, two_persons
from tests.support.databases import ROOT

Judge = Callable[..., tuple[int, list[str]]]


def made(kind: str) -> bytes:
    if kind == TWO_PERSONS:
        tree = Tree(two_persons())
        return make(kind, [tree.chosen(0), tree.chosen(1)], tree.note)
    tree = Tree(events())
    return make(
        kind, [tree.chosen(1, ["amount", "reason"] if kind == FACT else (), with_effects=kind == FACT)], tree.note
    )


def changed(data: bytes, *path: Any, to: Any) -> bytes:
    content = at = json.loads(data)
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return canonical(content)


@pytest.fixture
def judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judge:
    """The exit code, and the codes of what is told."""

    def judged(data: bytes, key: str = KEY.public.line) -> tuple[int, list[str]]:
        (tmp_path / "certificate.json").write_bytes(data)
        (tmp_path / "key").write_text(key)
        code = main([str(tmp_path / "certificate.json"), "--key", str(tmp_path / "key"), "--json"])
        (file,) = json.loads(capsys.readouterr().out)["files"]
        return code, [fault["code"] for fault in file["faults"]]

    return judged


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (EVENT, ["certificate_event", "certificate_states"]),
        (
            FACT,
            ["certificate_event", "certificate_step", "certificate_states", "certificate_field", "certificate_field"],
        ),
        (STATE, ["certificate_event", "certificate_shows_state"]),
        (
            TWO_PERSONS,
            [*["certificate_event", "certificate_step_hidden", "certificate_states"] * 2, "certificate_shows_persons"],
        ),
    ],
)
def test_a_whole_certificate_says_what_it_shows(judge: Judge, kind: str, shown: list[str]) -> None:
    assert judge(made(kind)) == (0, shown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_said_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str) -> None:
    (tmp_path / "certificate.json").write_bytes(made(FACT))
    (tmp_path / "key").write_text(KEY.public.line)
    asked = [str(tmp_path / "certificate.json"), "--key", str(tmp_path / "key"), "--language", language]
    assert main(asked) == 0
    assert "8812.50" in capsys.readouterr().out


def told(tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, language: str = "en") -> str:
    (tmp_path / "certificate.json").write_bytes(data)
    (tmp_path / "key").write_text(KEY.public.line)
    asked = [str(tmp_path / "certificate.json"), "--key", str(tmp_path / "key"), "--language", language]
    assert main(asked) == 0
    return capsys.readouterr().out


def referral(fields: list[str], **effects: Any) -> bytes:
    """Of a step in an edition that comes with Casework, as its history has it."""
    published = json.loads((ROOT / "workflows" / "published" / "referral-2.json").read_text("utf-8"))
    said = {"kind": "fired", "edition": published["fingerprint"], "from": ["sent"], "to": ["accepted"]}
    parts = {"transition": "accept", "data": {"charge": "free", "planned_on": "2026-06-01"}, **effects}
    tree = Tree(events(effects=parts, **said))
    return make(FACT, [tree.chosen(1, fields, with_effects=True)], tree.note)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                "Accept the request",
                "from Sent to Accepted",
                "“Price, if it is not as the request says”: Free of charge",
            ],
        ),
        ("zh", ["接受转介请求", "由“已发出”到“已接受”", "”写有：免费"]),
    ],
)
def test_a_step_its_states_and_its_fields_are_called_as_their_edition_calls_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, words: list[str]
) -> None:
    said = told(tmp_path, capsys, referral(["charge"]), language)
    assert [one for one in words if one not in said] == []
    # What was not chosen stands in the file, and is not told as what it is about.
    assert "2026-06-01" not in said


def test_the_step_and_states_of_an_unknown_edition_keep_their_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(tmp_path, capsys, made(FACT))
    assert "taken or proposed: accept." in said
    assert "from review to decision" in said


@pytest.mark.parametrize(
    ("path", "to", "code"),
    [
        (("claim", "fields"), ["planned_off"], "certificate_claim"),
        (("claim", "fields"), [], "certificate_claim"),
        (("events", 0, "effects", "data", "charge"), "priced", "event_effects"),
        (("events", 0, "effects", "transition"), "decline", "event_effects"),
        (("events", 0, "effects"), None, "certificate_claim"),
    ],
)
def test_a_changed_fact_is_found(judge: Judge, path: tuple[Any, ...], to: Any, code: str) -> None:
    assert judge(changed(referral(["charge"]), *path, to=to)) == (1, [code])


@pytest.mark.parametrize(
    "effects",
    [
        {"data": ["charge"], "task_states": "x"},
        {"data": None, "task_states": [7, {"result": 1}]},
        {"transition": 7},
        {"transition": ["accept"]},
    ],
)
def test_effects_of_another_form_make_nothing_fail(judge: Judge, effects: dict[str, Any]) -> None:
    tree = Tree(events(effects={**RANDOM, **effects}))
    assert judge(make(EVENT, [tree.chosen(1, with_effects=True)], tree.note))[0] == 0


@pytest.mark.parametrize(
    ("path", "to", "code"),
    [
        (("events", 0, "header", "at"), "2026-05-04T00:00:00.000000Z", "leaf_proof"),
        (("events", 0, "header", "role"), "supervisor", "leaf_proof"),
        (("events", 0, "header", "extra"), None, "certificate_form"),
        (("events", 0, "effects"), {}, "event_effects"),
        (("events", 0, "body", "amount", "value"), "8813.50", "event_body"),
        (("events", 0, "body", "note"), {"hash": "00" * 32}, "event_body"),
        (("events", 0, "body", "note"), {}, "event_form"),
        (("events", 0, "body"), None, "certificate_claim"),
        (("events", 0, "proof"), None, "leaf_missing"),
        (("events", 0, "proof"), "c2sp.org/tlog-proof@v1\nindex 1\n\nx", "note_form"),
        (("events",), [], "certificate_claim"),
        (("claim",), {"kind": "event"}, "certificate_claim"),
        (("claim", "kind"), ["fact"], "certificate_claim"),
        (("claim", "fields"), ["amount"], "certificate_claim"),
        (("told",), "what nothing proves", "certificate_form"),
    ],
)
def test_a_changed_part_is_found(judge: Judge, path: tuple[Any, ...], to: Any, code: str) -> None:
    assert judge(changed(made(FACT), *path, to=to)) == (1, [code])


def test_a_state_that_was_not_reached_is_found(judge: Judge) -> None:
    assert judge(changed(made(STATE), "claim", "states", to=["closed"])) == (1, ["certificate_state"])


def test_one_person_twice_is_found(judge: Judge) -> None:
    content = json.loads(made(TWO_PERSONS))
    content["events"][1]["header"]["actor"] = content["events"][0]["header"]["actor"]
    assert judge(canonical(content)) == (1, ["certificate_persons"])


def test_another_spelling_is_found(judge: Judge) -> None:
    assert judge(json.dumps(json.loads(made(EVENT))).encode()) == (1, ["certificate_form"])


def test_another_key_proves_nothing(judge: Judge) -> None:
    assert judge(made(EVENT), OTHER.public.line) == (1, ["note_key"])


def test_another_checkpoint_proves_nothing(judge: Judge) -> None:
    tree, other = Tree(events()), Tree(events(7))
    code, found = judge(make(EVENT, [tree.chosen(1)], other.note))
    # Nor is it shown.
    assert (code, found) == (1, ["leaf_proof"])


def test_a_checkpoint_that_was_not_signed_is_found(judge: Judge) -> None:
    tree = Tree(events())
    text = parse_note(tree.note).text
    forged = tree.note.replace(text, text.replace(f"\n{tree.size}\n", f"\n{tree.size + 1}\n"))
    assert forged != sign_note(text, [KEY])
    assert judge(make(EVENT, [tree.chosen(1)], forged)) == (1, ["note_signature"])


@pytest.mark.parametrize(
    ("data", "code"), [(b"{", "file_json"), (b"{}", "file_kind"), (b'{"certificate":2}', "file_form")]
)
def test_what_is_no_certificate_cannot_be_judged(judge: Judge, data: bytes, code: str) -> None:
    assert judge(data) == (2, [code])


def test_every_tenth_byte_matters(judge: Judge) -> None:
    whole = made(STATE)
    wrong = [
        at for at in range(0, len(whole), 10) if judge(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])[0] == 0
    ]
    assert wrong == []
