"""The verifier judges an attestation by itself: its words, its signer, and the checkpoint on which it rests."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.ledger.hash_chain import event_hash
from casework.ledger.redactable_bodies import hashes_of_fields
from casework_verify.attested import told_of
from casework_verify.integrity.canonical import digest
from casework_verify.integrity.chain import commitment
from casework_verify.words import sentence
from tests.ledger.test_certificates import OTHER
from tests.verifier.conftest import Change, Judge, Run, told


@pytest.fixture
def taken_out(attestation: bytes) -> bytes:
    return attestation


def test_what_was_signed_is_whole(judge: Judge) -> None:
    assert judge() == (0, [])


def test_it_says_what_was_signed_by_whom_and_on_what(attestation: bytes, keys: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(attestation)
    _, out = run(path, "--key", keys)
    named = json.loads(attestation)["event"]["effects"]["attestation"]["checkpoint"]
    assert "Nothing was left out." in out
    assert f"{named['size']} leaves and the root {named['root']}" in out
    assert event_hash(json.loads(attestation)["event"]["header"]) in out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_said_in_sentences(attestation: bytes, keys: Path, run: Run, tmp_path: Path, language: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(attestation)
    _, out = run(path, "--key", keys, "--language", language, "--zone", "Asia/Shanghai")
    assert not re.search(r"[{}\[\]]|\.[0-9]{6}Z", out)
    assert " Asia/Shanghai" in out
    codes = {one["code"] for one in json.loads(run(path, "--key", keys, "--json")[1])["files"][0]["faults"]}
    assert codes >= {"attestation_period", "attestation_findings", "attestation_verified"}
    assert "attestation_says" not in codes


SAID = {
    "period": {"since": "2026-01-01", "until": "2026-01-31"},
    "cases": {
        "all": False, "numbers": [f"BJ-2026-{n:04}" for n in range(40)], "count": 40, "opened_by": "2026-02-01T00:00:00.000000Z",
        "sample": {
            "number": 1, "seed": "ab", "as_of": "2026-01-31T00:00:00.000000Z", "population": 90, "in_order": 3, "finding": 1,
        },
    },
    "findings": {
        "open": 1, "answered": 0, "closed": 2, "not_closed": 1,
        "named": [{"id": "x", "number": "BJ-2026-0001", "event": 3, "state": "open"}],
    },
    "verification": {
        "at": "2026-02-01T00:00:00.000000Z", "states": {"wrong": 1, "changed": 0, "unread": 0, "whole": 39}, "wrong": ["BJ-2026-0002"],
        "night": "2026-01-31T18:00:00.000000Z", "night_wrong": False, "alarms": 2,
    },
}  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(one, (*at, key))


def test_every_word_of_a_statement_is_said_whatever_its_form() -> None:
    said = [sentence(one, language) for one in told_of(SAID) for language in ("en", "zh")]
    assert all(any(f"BJ-2026-{n:04}" in one for one in said) for n in range(40))
    assert "Not closed: the finding about entry 3 of BJ-2026-0001, which is not answered." in said
    assert not any("…" in one for one in said)
    for at in [one for one in places(SAID) if one]:
        for other in (None, True, 7, "x", [], {}, [None], {"x": 1}):
            forged = copy.deepcopy(SAID)
            within: Any = forged
            for step in at[:-1]:
                within = within[step]
            within[at[-1]] = other
            assert all(sentence(one, language) for one in told_of(forged) for language in ("en", "zh"))


def statement(content: Any) -> Any:
    return content["event"]["body"]["statement"]["value"]


def seal(content: Any) -> None:
    """As somebody would who forges the whole event, and has no key of the log."""
    event = content["event"]
    event["header"]["effects"] = digest(event["effects"])
    event["header"]["body"] = commitment(event["body"])


def forge_words(content: Any) -> None:
    content["event"]["body"]["words"]["value"] = "All was well."


def forge_words_whole(content: Any) -> None:
    forge_words(content)
    seal(content)


def other_signer(content: Any) -> None:
    content["event"]["header"]["actor"] = statement(content)["signer"] = "01a23397-0000-7000-8000-000000000000"
    seal(content)


def signer_in_the_header_alone(content: Any) -> None:
    content["event"]["header"]["actor"] = "01a23397-0000-7000-8000-000000000000"


def another_root(content: Any) -> None:
    told = content["event"]["effects"]["attestation"]["checkpoint"]
    told["root"] = statement(content)["checkpoint"]["root"] = "A" * 43 + "="
    seal(content)


def another_root_in_the_statement(content: Any) -> None:
    statement(content)["checkpoint"]["root"] = "A" * 43 + "="
    seal(content)


def another_role(content: Any) -> None:
    content["event"]["header"]["role"] = "supervisor"


def cut_growth(content: Any) -> None:
    content["grown"] = content["grown"][:-1]


def hide_finding(content: Any) -> None:
    statement(content)["findings"]["closed"] = 99


def more_in_it(content: Any) -> None:
    content["note"] = "x"


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (forge_words, "event_body"),
        (forge_words_whole, "leaf_proof"),
        (hide_finding, "event_body"),
        (other_signer, "leaf_proof"),
        (signer_in_the_header_alone, "attestation_signer"),
        # Neither is the event the one of the leaf, nor its checkpoint one of the tree.
        (another_root, "leaf_proof attestation_tree"),
        (another_root_in_the_statement, "attestation_checkpoint"),
        (another_role, "attestation_role"),
        (cut_growth, "attestation_tree"),
        (more_in_it, "attestation_form"),
    ],
)
def test_what_was_changed_is_wrong(judge: Judge, change: Change, codes: str) -> None:
    assert judge(change) == (1, codes.split())


def test_what_another_log_signed_is_wrong(judge: Judge, tmp_path: Path) -> None:
    key = tmp_path / "other.pub"
    key.write_text(f"{OTHER.public.line}\n")
    assert judge(key=key) == (1, ["note_key"])


def test_words_that_were_erased_leave_the_rest_whole(judge: Judge) -> None:
    def erase(content: Any) -> None:
        body = content["event"]["body"]
        body["words"] = {"hash": hashes_of_fields(body)["words"]}

    assert judge(erase) == (0, [])


def test_a_statement_that_was_erased_cannot_be_judged(judge: Judge) -> None:
    def erase(content: Any) -> None:
        body = content["event"]["body"]
        body["statement"] = {"hash": hashes_of_fields(body)["statement"]}

    assert judge(erase) == (2, ["attestation_erased"])


@pytest.mark.parametrize(
    ("hostile", "expected"),
    [
        (b'{"attestation":1}', (1, ["attestation_form"])),
        (b'{"attestation":true}', (2, ["file_form"])),
        (b'{"attestation":2,"event":{},"grown":[]}', (2, ["file_form"])),
    ],
)
def test_what_has_another_form_is_no_crash(
    run: Run, keys: Path, tmp_path: Path, hostile: bytes, expected: tuple[int, list[str]]
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(hostile)
    code, out = run(path, "--key", keys, "--json")
    assert (code, told(out)) == expected
