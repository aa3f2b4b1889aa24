"""A routing table that the file of a case asks again by itself: what was forged is found, and cells hold as the office reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from casework.engine.decision_tables.conditions import parse
from casework.engine.decision_tables.values import NUMBER, TEXT
from casework.records.database import transaction
from casework_verify.replay import routing
from tests.operations.people.test_programme_routing import set_table
from tests.operations.tasks.test_allocation import rule, settle
from tests.verifier.conftest import House, Run, told
from tests.verifier.forging import Forgery

ROLES = "roles.json"


@pytest.fixture(scope="module")
def routed_file(house: House) -> Path:
    """The file of a case whose first task went by a row of the table."""
    world = house.world
    with transaction(house.engine) as db:
        rule(world, db, "intake", "shortest")
        set_table(db, world, ({"queue": '"intake"', "age": "[0..10)", "sector": 'not("x")'}, "other_officer"))
        number = world.new_case(db, "supervisor")
    assert settle(house.engine) == 1
    house.sign()
    return house.take_out("routed.zip", number)


def test_a_file_has_the_table_by_which_a_task_went(routed_file: Path, keys: Path, run: Run) -> None:
    roles = json.loads(Forgery(routed_file).parts[ROLES])
    assert [one["effects"]["routing"]["version"] for one in roles["events"] if "routing" in one["effects"]] == [2]
    code, out = run(routed_file, "--key", keys, "--json")
    assert (code, told(out)) == (0, [])


def _kept(forgery: Forgery) -> tuple[int, dict[str, Any], dict[str, Any]]:
    n = next(n for n, row in enumerate(forgery.rows) if "allocation" in row["effects"])
    effects = forgery.rows[n]["effects"]
    return n, effects, effects["allocation"]["routed"]


def _hits(forgery: Forgery) -> None:
    _kept(forgery)[2]["hits"] = [2]


def _input(forgery: Forgery) -> None:
    _kept(forgery)[2]["inputs"]["age"] = "11"


def _output(forgery: Forgery) -> None:
    _kept(forgery)[2]["outputs"] = [{"to": "anybody"}]


def _version(forgery: Forgery) -> None:
    _kept(forgery)[2]["version"] = 3


def _holder(forgery: Forgery) -> None:
    _, effects, routed = _kept(forgery)
    other = next(one["person"] for one in effects["allocation"]["among"] if one["person"] != routed["outputs"][0]["to"])
    effects["task_states"][0] |= {"holder": other, "to": other}


def _no_table(forgery: Forgery) -> None:
    roles = json.loads(forgery.parts[ROLES])
    roles["events"] = [one for one in roles["events"] if "routing" not in one["effects"]]
    forgery.parts[ROLES] = json.dumps(roles).encode()


def _broken_table(forgery: Forgery) -> None:
    roles = json.loads(forgery.parts[ROLES])
    for one in roles["events"]:
        if "routing" in one["effects"]:
            one["effects"]["routing"]["table"]["rules"][0]["inputs"][0] = "what?"
    forgery.parts[ROLES] = json.dumps(roles).encode()


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        (_hits, "routing_other"),
        (_input, "routing_other"),
        (_output, "routing_other"),
        (_version, "routing_missing"),
        (_holder, "routing_passed_over"),
        (_no_table, "routing_missing"),
        (_broken_table, "routing_unreadable"),
    ],
)
def test_what_was_forged_of_it_is_found(
    routed_file: Path, keys: Path, run: Run, tmp_path: Path, forge: Callable[[Forgery], None], code: str
) -> None:
    forgery = Forgery(routed_file)
    forge(forgery)
    forgery.rechain(_kept(forgery)[0])
    _, out = run(forgery.write(tmp_path / "forged.zip"), "--key", keys, "--json")
    assert code in told(out)


CELLS = [
    "-", "null", "not(null)", "5", "< 5", "<= 5", "> 5.5", ">= 5", "[5..7)", "(5..7]", "not([5..7])", "< 3, > 7", "< 3, null", "-1",
]  # fmt: skip


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("value", [None, "-1", "3", "5", "5.5", "7", "9"])
def test_a_cell_of_numbers_holds_as_the_office_reads_it(cell: str, value: str | None) -> None:
    ours = parse(cell, NUMBER).holds(None if value is None else Decimal(value))
    assert routing._holds(str(parse(cell, NUMBER)), "age", value) == ours


@pytest.mark.parametrize("cell", ["-", '"a"', '"a", "b, c"', 'not("a")', 'not("a", null)', '"say \\"a\\""', "null"])
@pytest.mark.parametrize("value", [None, "a", "b, c", 'say "a"', "z"])
def test_a_cell_of_texts_holds_as_the_office_reads_it(cell: str, value: str | None) -> None:
    assert routing._holds(str(parse(cell, TEXT)), "sector", value) == parse(cell, TEXT).holds(value)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"amount": "1500000.00", "currency": "CNY"}, "1500000"),
        ({"amount": "1.50", "currency": "CNY"}, "1.5"),
        ({"amount": "1", "currency": "EUR"}, None),
        ({"amount": "-1", "currency": "CNY"}, None),
        (None, None),
    ],
)
def test_an_amount_is_told_as_the_office_tells_it(wanted: Any, said: str | None) -> None:
    assert routing._amount(wanted) == said
