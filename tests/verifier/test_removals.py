"""The file of a case whose contents were removed under retention: whole, says so, and every forgery of it is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.ledger.canonical_json import instant, parse_instant
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.case_archive import check_case_file, make_case_file
from casework.operations.verification.sequencer import sequence
from casework.records import log_keys
from casework.records.database import connect_engine, transaction
from tests.operations.privacy.removal_scene import set_scene
from tests.support.databases import DatabaseServer
from tests.support.published import publish
from tests.support.world import build_world
from tests.verifier.conftest import Run, told
from tests.verifier.forging import Forgery


@dataclass
class Removed:
    """The file of a case before and after its contents were removed, what was remembered between, and the keys."""

    before: Path
    after: Path
    state: Path
    keys: Path
    decision: int
    folder: Path


@pytest.fixture(scope="module")
def removed(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Removed]:
    folder = tmp_path_factory.mktemp("removed")
    name = database_server.create(template_database)
    settings = database_server.settings(name, folder / "var")
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
    store = document_store_of(engine, settings)
    scene = set_scene(engine, superuser, settings, world, store)

    def take_out(called: str, since: int | None = None) -> Path:
        sequence(scene.engine, settings)
        publish(superuser)
        with transaction(scene.engine) as db:
            file = make_case_file(db, world.actor(db, "auditor"), store, scene.numbers[0], "/cases/x/file", since=since)
        path = folder / called
        path.write_bytes(b"".join(file.pieces()))
        return path

    before = take_out("before.zip")
    keys = folder / "keys.pub"
    keys.write_text("".join(f"{key.line}\n" for key in log_keys.public_keys(settings)))
    size = int(Forgery(before).proof["checkpoint"].splitlines()[1])
    decision = scene.remove()
    made = Removed(before, take_out("after.zip", size), folder / "state.json", keys, decision, folder)
    yield made
    for one in (engine, scene.engine, superuser):
        one.dispose()


def test_both_files_are_whole_and_the_later_goes_on_from_the_earlier(removed: Removed, run: Run) -> None:
    for file in (removed.before, removed.after):
        code, out = run(file, "--key", removed.keys, "--state", removed.state, "--json")
        assert (code, told(out)) == (0, [])


def test_it_says_when_and_by_which_decision(removed: Removed, run: Run) -> None:
    said = run(removed.after, "--key", removed.keys)[1]
    assert f"by decision {removed.decision} (event" in said
    assert "were removed under retention on 20" in said
    assert "they were erased" not in said
    assert f"依第 {removed.decision} 号决定按保存期限清除" in run(removed.after, "--language", "zh")[1]


def test_what_is_gone_is_the_words_and_nothing_else(removed: Removed) -> None:
    before, after = Forgery(removed.before), Forgery(removed.after)
    kept = [{**row, "body": None} for row in before.rows]
    assert [{**row, "body": None} for row in after.rows[:-1]] == kept
    # The seal of each value is what it was: the same digest over its hash.
    assert [row["header"]["body"] for row in after.rows[:-1]] == [row["header"]["body"] for row in before.rows]
    assert all(part.keys() == {"hash"} for row in after.rows for part in row["body"].values())


def test_the_application_takes_the_file_for_whole_too(removed: Removed) -> None:
    assert check_case_file(removed.after) == []


def _roles(change: Callable[[list[Any]], None]) -> Callable[[dict[str, bytes]], None]:
    def changed(parts: dict[str, bytes]) -> None:
        roles = json.loads(parts["roles.json"])
        change(roles["events"])
        parts["roles.json"] = json.dumps(roles).encode()

    return changed


def _of(events: list[Any], kind: str) -> Any:
    return next(event for event in events if event["header"]["kind"] == kind)


def _leave_out(kind: str) -> Callable[[list[Any]], None]:
    return lambda events: events.remove(_of(events, kind))


def _alone(events: list[Any]) -> None:
    _of(events, "removal_agreed")["header"]["actor"] = _of(events, "removal_asked")["header"]["actor"]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (_leave_out("removal_agreed"), {"removal_undecided"}),
        (_leave_out("removal_asked"), {"removal_undecided"}),
        (_leave_out("case_removed"), {"removal_untold"}),
        (_alone, {"removal_alone", "role_leaf", "role_unsealed"}),
    ],
)
def test_a_decision_that_is_missing_or_was_changed_is_found(
    removed: Removed, run: Run, change: Callable[[list[Any]], None], codes: set[str]
) -> None:
    path = Forgery(removed.after).write(removed.folder / "forged.zip", _roles(change))
    code, out = run(path, "--key", removed.keys, "--json")
    assert (code, set(told(out))) == (1, codes)


def _other_decision(forgery: Forgery) -> None:
    forgery.rows[-1]["effects"]["removal"]["decision"] -= 1


def _fewer(forgery: Forgery) -> None:
    forgery.rows[-1]["effects"]["erased"]["fields"].pop()


def _left_open(forgery: Forgery) -> None:
    forgery.rows[-1]["effects"]["task_states"].pop()


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_other_decision, "removal_undecided"),
        (_fewer, "erased_untold"),
        (_left_open, "removed_unended"),
    ],
)
def test_an_event_that_was_changed_is_named(
    removed: Removed, run: Run, change: Callable[[Forgery], None], wanted: str
) -> None:
    forgery = Forgery(removed.after)
    change(forgery)
    forgery.rechain()
    code, out = run(forgery.write(removed.folder / "forged.zip"), "--key", removed.keys, "--json")
    assert code == 1
    assert {wanted, "leaf_proof"} <= set(told(out))


def test_what_follows_a_removal_is_named(removed: Removed, run: Run) -> None:
    forgery = Forgery(removed.after)
    by, last = forgery.rows[1]["header"], forgery.rows[-1]
    later = instant(parse_instant(last["header"]["at"]) + timedelta(seconds=1))
    header = {**last["header"], "at": later, "kind": "interest_declared", "actor": by["actor"], "role": by["role"]}
    forgery.rows.append({**last, "header": header, "effects": {"interest": [by["actor"]]}, "body": {}})
    forgery.rechain()
    code, out = run(forgery.write(removed.folder / "forged.zip"), "--key", removed.keys, "--json")
    found = [one for file in json.loads(out)["files"] for one in file["faults"] if one["code"] == "removed_before"]
    assert (code, [one["seq"] for one in found]) == (1, [len(forgery.rows)])


def test_words_that_were_taken_out_before_are_named_by_their_event(removed: Removed, run: Run) -> None:
    """Somebody empties a body without any decision."""
    forgery = Forgery(removed.before)
    forgery.rows[0]["body"] = Forgery(removed.after).rows[0]["body"]
    code, out = run(forgery.write(removed.folder / "forged.zip"), "--key", removed.keys, "--json")
    found = [one for file in json.loads(out)["files"] for one in file["faults"] if one["level"] != "note"]
    assert code == 1
    assert {(one["code"], one["seq"]) for one in found} == {("erased_untold", 1)}
