"""The command for decision tables in files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from casework.commands.table import table

ROUTING = {
    "name": "routing",
    "title": "Who gets a task",
    "hit_policy": "unique",
    "inputs": [
        {"name": "service", "type": "text", "allowed": '"pledge", "licence"'},
        {"name": "amount", "type": "whole", "allowed": ">= 0", "optional": True},
        {"name": "urgent", "type": "boolean"},
    ],
    "outputs": [{"name": "queue", "type": "text"}],
    "rules": [
        {"inputs": ['"pledge"', ">= 1000000", "-"], "outputs": ['"supervisor"']},
        {"inputs": ['"pledge"', "< 1000000, null", "-"], "outputs": ['"officer"']},
        {"inputs": ['"licence"', "-", "false"], "outputs": ['"officer"']},
        {"inputs": ['"licence"', "-", "true"], "outputs": ['"supervisor"']},
    ],
}


def run(*asked: object) -> Result:
    return CliRunner().invoke(table, [str(word) for word in asked])


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return write(tmp_path, ROUTING)


def write(folder: Path, said: Any) -> Path:
    path = folder / "routing.json"
    path.write_text(json.dumps(said), "utf-8")
    return path


def test_a_table_without_faults_is_said_to_be_so(kept: Path) -> None:
    result = run("check", kept)
    assert (result.exit_code, result.output) == (0, "4 rows under the hit policy unique: nothing is wrong.\n")


def test_gaps_and_overlaps_are_told_with_an_input(tmp_path: Path) -> None:
    rules = [*ROUTING["rules"][1:], {"inputs": ["-", "5", "true"], "outputs": [""]}]
    path = write(tmp_path, {**ROUTING, "rules": rules})
    result = run("check", path)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        'No row holds for service="pledge", amount="1000000", urgent=true.',
        'The rows 1 and 4 hold at once for service="pledge", amount="5", urgent=true.',
        'The rows 3 and 4 hold at once for service="licence", amount="5", urgent=true.',
    ]
    told = json.loads(run("check", path, "--json").output)
    assert told["gaps"] == [{"service": "pledge", "amount": "1000000", "urgent": True}]
    assert [one["rows"] for one in told["overlaps"]] == [[1, 4], [3, 4]]
    assert (told["sound"], told["whole"], told["idle"]) == (False, True, [])


def test_a_table_decides(kept: Path) -> None:
    result = run("eval", kept, "service=pledge", "amount=2000000", "urgent=false")
    assert (result.exit_code, result.output) == (0, 'rows: 1\nqueue="supervisor"\n')
    told = json.loads(run("eval", kept, "service=pledge", "urgent=true", "--json").output)
    assert told == {
        "inputs": {"service": "pledge", "amount": None, "urgent": True},
        "hits": [2],
        "outputs": [{"queue": "officer"}],
    }


def test_inputs_that_cannot_be_are_refused(kept: Path) -> None:
    result = run("eval", kept, "service=sale", "urgent=perhaps", "colour=red")
    assert result.exit_code == 1
    assert result.output.splitlines()[1:] == [
        "  colour: is not a field of this form",
        "  service: is not a value that this input may have",
        "  urgent: must be true or false",
    ]
    assert run("eval", kept, "service").exit_code == 2
    assert run("eval", kept, "service=pledge", "service=licence").exit_code == 2


def test_a_table_goes_to_dmn_and_comes_back(tmp_path: Path, kept: Path) -> None:
    dmn = tmp_path / "routing.dmn"
    dmn.write_text(run("convert", kept, "--to", "dmn").output, "utf-8")
    assert run("check", dmn).output == run("check", kept).output
    assert run("convert", dmn, "--to", "json").output == run("convert", kept, "--to", "json").output


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "is neither JSON nor XML"),
        (b"[" * 100_000, "is neither JSON nor XML"),
        (b"{}", "  name: a name has letters"),
        (b"<a/>", "line 1: a is not the definitions of a DMN model"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    result = run("check", path)
    assert result.exit_code == 1
    assert told in result.output
