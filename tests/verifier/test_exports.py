"""The verifier judges an export by itself: that its rows follow from the events that it holds, and that these are the ones signed."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework_verify import certificates, exports
from casework_verify.command import check
from casework_verify.finding_rows import row_of, step_faults
from casework_verify.integrity.canonical import canonical, digest
from casework_verify.integrity.chain import commitment, event_hash
from casework_verify.memory import Memory, read_keys
from casework_verify.tiles import Tiles
from casework_verify.words import NOTE, level_of
from tests.ledger.test_certificates import OTHER
from tests.verifier.conftest import Change, Judge, Run, told

ID = "01a23397-0000-7000-8000-000000000000"


@pytest.fixture
def taken_out(findings_export: bytes) -> bytes:
    return findings_export


def closed(content: Any) -> Any:
    """The finding with the longest log."""
    return max(content["findings"], key=lambda one: len(one["events"]))


def seal(finding: Any, first: int = 0) -> None:
    """Build the chain anew from an event on, and name its end, as somebody would who forges a log and has no key."""
    events = finding["events"]
    for n, event in enumerate(events[first:], first):
        header = event["header"]
        header["prev"] = events[n - 1]["hash"] if n else header["prev"]
        header["effects"], header["body"] = digest(event["effects"]), commitment(event["body"])
        event["hash"] = event_hash(header)
    finding["head"] = {"seq": len(events), "hash": events[-1]["hash"]}


def follow(content: Any, finding: Any) -> None:
    """Make the row that of its events."""
    finding["row"] = row_of(finding["events"], content["at"]) | {"id": finding["row"]["id"]}


def test_what_was_taken_out_is_whole_and_says_what_it_can_show(
    findings_export: bytes, keys: Path, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "findings.json"
    path.write_bytes(findings_export)
    code, out = run(path, "--key", keys)
    events = sum(len(one["events"]) for one in json.loads(findings_export)["findings"])
    assert code == 0
    assert "It holds 3 findings as of " in out
    assert f"all {events} events" in out
    assert "Whether a whole finding was left out" in out
    code, out = run(path, "--key", keys, "--language", "zh")
    assert code == 0
    assert "其中有截至" in out
    assert not re.search(r"[{}\[\]]|\.[0-9]{6}Z", out)


# --- attacks, each by somebody without the key --------------------------------------------------------------------------


def change_row(content: Any) -> None:
    closed(content)["row"]["answer"] = "It snowed."


def close_row(content: Any) -> None:
    one = content["findings"][0]["row"]
    one["state"], one["closed_by"], one["closed_at"] = "closed", one["raised_by"], one["raised_at"]


def be_late(content: Any) -> None:
    content["findings"][1]["row"]["late"] = True


def true_for_one(content: Any) -> None:
    content["findings"][0]["row"]["revision"] = True


def remove_row(content: Any) -> None:
    content["findings"][0]["row"] = {}


def remove_column(content: Any) -> None:
    del content["findings"][0]["row"]["owner"]


def add_column(content: Any) -> None:
    content["findings"][0]["row"]["note"] = "x"


def add_finding(content: Any) -> None:
    made = copy.deepcopy(content["findings"][0])
    event = made["events"][0]
    made["row"]["id"] = event["log"] = event["header"]["log"] = ID
    seal(made)
    content["findings"].insert(0, made)


def repeat_finding(content: Any) -> None:
    content["findings"].insert(0, copy.deepcopy(content["findings"][0]))


def change_event(content: Any) -> None:
    closed(content)["events"][1]["body"]["words"]["value"] = "It snowed."


def forge_event(content: Any) -> None:
    one = closed(content)
    one["events"][1]["body"]["words"]["value"] = "It snowed."
    seal(one, 1)
    follow(content, one)


def forge_actor(content: Any) -> None:
    one = closed(content)
    one["events"][-1]["header"]["actor"] = ID
    seal(one, len(one["events"]) - 1)
    follow(content, one)


def cut_end(content: Any) -> None:
    closed(content)["events"].pop()


def cut_end_and_row(content: Any) -> None:
    one = closed(content)
    one["events"].pop()
    follow(content, one)


def cut_end_row_and_head(content: Any) -> None:
    cut_end_and_row(content)
    seal(closed(content), len(closed(content)["events"]))


def cut_middle(content: Any) -> None:
    one = closed(content)
    del one["events"][1:3]
    del one["leaves"][1:3]
    seal(one, 1)
    follow(content, one)


def cut_start(content: Any) -> None:
    one = closed(content)
    del one["events"][0]
    follow(content, one)


def add_event(content: Any) -> None:
    one = content["findings"][0]
    event = copy.deepcopy(closed(content)["events"][1])
    event["seq"] = event["header"]["seq"] = 2
    event["log"] = event["header"]["log"] = one["row"]["id"]
    one["events"].append(event)
    seal(one, 1)
    follow(content, one)


def splice(content: Any) -> None:
    content["findings"][0]["events"][0] = content["findings"][1]["events"][0]


def splice_whole(content: Any) -> None:
    one, other = content["findings"][0], content["findings"][1]
    for name in ("events", "leaves", "head"):
        one[name], other[name] = other[name], one[name]


def swap_leaves(content: Any) -> None:
    leaves = closed(content)["leaves"]
    leaves[0]["index"], leaves[1]["index"] = leaves[1]["index"], leaves[0]["index"]


def take_leaf_out(content: Any) -> None:
    closed(content)["leaves"].pop(1)


def repeat_leaf(content: Any) -> None:
    closed(content)["leaves"].append(closed(content)["leaves"][-1])


def other_checkpoint(content: Any) -> None:
    lines = content["checkpoint"].split("\n")
    lines[2] = "A" * 43 + "="
    content["checkpoint"] = "\n".join(lines)


def other_state(content: Any) -> None:
    content["scope"]["state"] = "open"


def other_programme(content: Any) -> None:
    content["scope"]["programmes"] = [ID]


def say_that_there_are_more(content: Any) -> None:
    content["scope"]["more"] = True


def another_order(content: Any) -> None:
    content["findings"].reverse()


def earlier(content: Any) -> None:
    content["at"] = closed(content)["events"][0]["at"]


def other_form(content: Any) -> None:
    content["at"] = "yesterday"


ATTACKS = [
    (change_row, "export_row"), (close_row, "export_row"), (be_late, "export_row"), (true_for_one, "export_row"),
    (remove_row, "export_row"), (remove_column, "export_row"), (add_column, "export_name"), (add_finding, "leaf_proof"),
    (repeat_finding, "export_twice"), (change_event, "event_body"), (forge_event, "leaf_proof"), (forge_actor, "leaf_proof"),
    (cut_end, "log_cut"), (cut_end_and_row, "log_cut"), (cut_end_row_and_head, "export_leaves"), (cut_middle, "leaf_proof"),
    (cut_start, "event_missing"), (add_event, "leaf_missing"), (splice, "event_foreign"), (splice_whole, "event_foreign"),
    (swap_leaves, "leaf_proof"), (take_leaf_out, "leaf_missing"), (repeat_leaf, "export_leaves"), (other_checkpoint, "note_signature"),
    (other_state, "export_outside"), (other_programme, "export_outside"), (say_that_there_are_more, "export_count"),
    (another_order, "export_order"), (earlier, "export_later"), (other_form, "export_form"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code"), ATTACKS)
def test_what_was_changed_is_wrong(judge: Judge, change: Change, code: str) -> None:
    exit_code, codes = judge(change)
    assert exit_code == 1
    assert code in codes


def test_what_another_log_signed_is_wrong(judge: Judge, tmp_path: Path) -> None:
    key = tmp_path / "other.pub"
    key.write_text(f"{OTHER.public.line}\n")
    assert judge(key=key)[0] == 1


def test_whole_findings_left_out_and_later_ends_are_seen_by_who_remembers(
    findings_export: bytes, keys: Path, tmp_path: Path
) -> None:
    memory, path = Memory(), tmp_path / "findings.json"
    memory.keys, memory.witnesses = read_keys(keys)
    path.write_bytes(findings_export)
    assert all(level_of(one) == NOTE for one in check(path, memory, Tiles()).faults)
    content = json.loads(findings_export)
    one = closed(content)
    one["events"].pop()
    one["leaves"].pop()
    seal(one, len(one["events"]))
    follow(content, one)
    path.write_bytes(canonical(content))
    forgetful = Memory(memory.keys)
    # It is what the finding was once, and no file says that it did not end there.
    assert all(level_of(one) == NOTE for one in check(path, forgetful, Tiles()).faults)
    assert "log_shorter" in {one.code for one in check(path, memory, Tiles()).faults}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(one, (*at, key))


def test_whatever_is_changed_anywhere_is_told(findings_export: bytes, keys: Path, tmp_path: Path) -> None:
    assert changed_unseen(json.loads(findings_export), keys, tmp_path / "findings.json") <= HARMLESS


def changed_unseen(content: Any, keys: Path, path: Path) -> set[tuple[Any, ...]]:
    """Any value in any place, put there by somebody who knows the form: told as wrong or unreadable, and never a crash. Gives the places
    of which nothing was told."""
    chance, unseen = random.Random(16), set[tuple[Any, ...]]()
    known, _ = read_keys(keys)
    everywhere = [at for at in places(content) if at]
    for at in chance.sample(everywhere, min(150, len(everywhere))):
        forged = copy.deepcopy(content)
        within: Any = forged
        for step in at[:-1]:
            within = within[step]
        others = [one for one in (None, True, 7, "x", [], {}, [None], {"x": 1}) if one != within[at[-1]]]
        within[at[-1]] = chance.choice(others)
        path.write_bytes(canonical(forged))
        memory = Memory([*known])
        found = [one for one in check(path, memory, Tiles()).faults if level_of(one) != NOTE]
        if not found:
            unseen.add((*at, canonical(within[at[-1]]).decode()))
    return unseen


#: How many are taken out at once is said of the installation; and with no finding in it a file says nothing of any.
HARMLESS: set[tuple[Any, ...]] = {("scope", "most", "7"), ("findings", "[]")}


@pytest.mark.parametrize(
    "hostile",
    [b'{"export":1}', b'{"export":true}', b'{"export":2}', b'{"export":1,"of":"findings","findings":[{"row":1}]}'],
)
def test_what_has_another_form_is_no_crash(run: Run, keys: Path, tmp_path: Path, hostile: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(hostile)
    assert run(path, "--key", keys)[0] in (1, 2)


# --- steps --------------------------------------------------------------------------------------------------------------


def log_of(*steps: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"header": {"kind": kind, "actor": actor, "role": role}} for kind, actor, role in steps]


RAISED, ANSWERED = ("raised", "a", "auditor"), ("answered", "o", "officer")


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ([RAISED, ANSWERED, ("closed", "a", "auditor")], []),
        ([RAISED, ("assigned", "s", "supervisor"), ("fell_due", "system", "system"), ANSWERED], []),
        ([RAISED, RAISED], ["export_step", "export_person"]),
        ([ANSWERED], ["export_step"]),
        ([RAISED, ("closed", "b", "auditor")], ["export_step"]),
        ([RAISED, ANSWERED, ("closed", "s", "supervisor")], ["export_role"]),
        ([RAISED, ("answered", "a", "officer")], ["export_person"]),
        ([RAISED, ("fell_due", "o", "officer")], ["export_role"]),
        ([RAISED, ("attested", "a", "auditor")], ["export_step"]),
        ([RAISED, ANSWERED, ("closed", "a", "auditor"), ANSWERED], ["export_step"]),
    ],
)
def test_each_step_of_a_finding_follows_the_one_before(steps: list[tuple[str, str, str]], codes: list[str]) -> None:
    assert [one.code for one in step_faults(log_of(*steps), "x")] == codes


def test_it_alone_may_be_larger_than_a_certificate(
    findings_export: bytes, keys: Path, run: Run, tmp_path: Path
) -> None:
    assert findings_export.startswith(exports.BEGINS)
    path, content = tmp_path / "a.json", json.loads(findings_export)
    content["findings"][0]["row"]["words"] = "x" * certificates.MOST
    path.write_bytes(canonical(content))
    assert "export_row" in told(run(path, "--key", keys, "--json")[1])
    path.write_bytes(canonical({"attestation": 1, "event": "x" * certificates.MOST, "grown": []}))
    assert told(run(path, "--key", keys, "--json")[1]) == ["file_large"]
