"""Each kind of fault, seeded into a sound workflow; and the definitions that we publish have none."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from casework.definitions import load_definitions
from casework.engine import parts
from casework.engine.definition.editions import Edition
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.ledger.canonical_json import digest
from tests.engine.definition.seeds import Json, kinds, seeded, way
from tests.engine.definition.sound_toys import Above, Below, Sound

# --- seeding ---------------------------------------------------------------------------------------------------------


def _no_queue(rules: Json) -> None:
    rules["states"]["a"]["queue"] = None


def _strange_queue(rules: Json) -> None:
    rules["states"]["a"]["queue"] = "gardener"


def _no_limit(rules: Json) -> None:
    rules["states"]["checks.lab.trying"]["due"] = None


def _law_without_a_name(rules: Json) -> None:
    rules["states"]["a"]["due"] |= {"law": "some_law"}


def _law_of_a_task_without_a_name(rules: Json) -> None:
    rules["tasks"]["look"]["due"] |= {"law": "some_law"}


def _no_step(rules: Json) -> None:
    rules["states"]["a"]["step"] = ""


def _idle_queue(rules: Json) -> None:
    rules["states"]["a"]["queue"] = "compliance"


def _unknown_body(rules: Json) -> None:
    rules["states"]["b"]["awaits"] = "weather"


def _unknown_body_of_a_task(rules: Json) -> None:
    rules["tasks"]["look"]["awaits"] = "weather"


def _unknown_guard(rules: Json) -> None:
    way(rules, "hold")["guards"] = ["moon_is_full"]


def _unknown_guard_of_a_task(rules: Json) -> None:
    rules["tasks"]["look"]["guards"] = ["moon_is_full"]


def _unknown_effect(rules: Json) -> None:
    way(rules, "hold")["proposal_effects"] = ["rain"]


def _unknown_form(rules: Json) -> None:
    way(rules, "hold")["form"] = "Ode"


def _sealed_guard(rules: Json) -> None:
    way(rules, "hold")["guards"] = ["toy_reads_a_sealed_log"]


def _unknown_not_by(rules: Json) -> None:
    way(rules, "split")["not_by"] = ["nobody"]


def _unknown_ends(rules: Json) -> None:
    way(rules, "split")["ends"] = ["nothing"]


def _unknown_drops(rules: Json) -> None:
    way(rules, "split")["drops"] = ["nothing"]


def _unknown_also(rules: Json) -> None:
    way(rules, "hold")["also"] = [["neighbours", "sing"]]


def _unknown_task(rules: Json) -> None:
    way(rules, "hold")["opens"] = [{"open": "task", "task": "nothing"}]


def _no_queue_role(rules: Json) -> None:
    rules["tasks"]["look"]["queue"] = "gardener"


def _long_form(rules: Json) -> None:
    rules["forms"]["Report"] += [deepcopy(rules["forms"]["Report"][0]) | {"name": f"more_{n}"} for n in range(6)]


def _unknown_date(rules: Json) -> None:
    rules["states"]["b"]["due"]["since"] = "off"


def _unknown_date_of_an_action(rules: Json) -> None:
    way(rules, "lapse")["after"]["since"] = "hold.on"


def _unknown_date_of_a_task(rules: Json) -> None:
    rules["tasks"]["look"]["after"]["since"] = "note"


def _unknown_list(rules: Json) -> None:
    rules["tasks"]["each"]["per"] = "items:note"


def _unknown_condition(rules: Json) -> None:
    rules["tasks"]["look"]["where"] = ["note", ["x"]]


def _unknown_part_of_money(rules: Json) -> None:
    rules["money"] = {"promised": "go.price"}
    rules["forms"]["Report"].append({"name": "price", "type": "money", "required": True, "fact": True})


def _money_that_nobody_says(rules: Json) -> None:
    rules["money"] = {"paid": "go.price"}


def _money_that_is_a_day(rules: Json) -> None:
    rules["money"] = {"paid": "go.on"}


def _unknown_record_of_a_sheet(rules: Json) -> None:
    rules["sheets"] = {"fix": {"records": ["weather"]}}


def _unknown_part_of_a_sheet(rules: Json) -> None:
    rules["sheets"] = {"fix": {"records": ["need"], "gossip": []}}


def _sheet_of_what_no_request_says(rules: Json) -> None:
    rules["sheets"] = {"fix": {"records": [], "amounts": ["service.apply.amount|request.amount"]}}


def _sheet_of_another_provider(rules: Json) -> None:
    rules["sheets"] = {"fix": {"records": [], "claim": ["pledge.apply.amount"]}}


SEEDS: list[tuple[Callable[[Json], None], str]] = [
    (_no_queue, "no_queue"), (_strange_queue, "no_queue"), (_no_limit, "no_limit"), (_law_without_a_name, "law_unnamed"),
    (_law_of_a_task_without_a_name, "law_unnamed"),
    (_no_step, "no_step"),
    (_idle_queue, "idle_queue"), (_unknown_guard, "unknown_guard"), (_unknown_guard_of_a_task, "unknown_guard"),
    (_unknown_body, "unknown_body"), (_unknown_body_of_a_task, "unknown_body"),
    (_unknown_effect, "unknown_effect"), (_unknown_form, "unknown_form"), (_sealed_guard, "sealed_guard"),
    (_unknown_not_by, "unknown_not_by"), (_unknown_ends, "unknown_ends"), (_unknown_drops, "unknown_ends"), (_unknown_also, "unknown_also"),
    (_unknown_task, "unknown_task"), (_no_queue_role, "no_queue_role"), (_long_form, "long_form"),
    (_unknown_date, "unknown_date"), (_unknown_date_of_an_action, "unknown_date"), (_unknown_date_of_a_task, "unknown_date"),
    (_unknown_list, "unknown_date"), (_unknown_condition, "unknown_condition"), (_unknown_part_of_money, "unknown_money"),
    (_money_that_nobody_says, "unknown_money"), (_money_that_is_a_day, "unknown_money"),
    (_unknown_record_of_a_sheet, "unknown_sheet"), (_unknown_part_of_a_sheet, "unknown_sheet"),
    (_sheet_of_what_no_request_says, "unknown_sheet"), (_sheet_of_another_provider, "unknown_sheet"),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "kind"), SEEDS, ids=[seed.__name__ for seed, _ in SEEDS])
def test_a_seeded_fault_is_found_and_no_other(seed: Callable[[Json], None], kind: str) -> None:
    found = faults(seeded(seed))
    assert kinds(found) == {kind}
    assert all(fault.place and fault.sentence.endswith(".") for fault in found)


def test_a_sound_workflow_has_no_faults() -> None:
    assert faults(publish(Sound)) == []


def _part_nobody_knows(rules: Json) -> None:
    rules["tasks"]["extra"]["part"] = "plays_the_flute"


def _part_of_a_task(rules: Json) -> None:
    way(rules, "remark")["part"] = parts.MAKES_PLAN


def _twice_the_same(rules: Json) -> None:
    for name in ("remark", "hold"):
        way(rules, name)["part"] = parts.CHANGES_PLAN


def _scope_nobody_knows(rules: Json) -> None:
    way(rules, "remark")["scope"] = "everything"


def _decides_on_anything(rules: Json) -> None:
    way(rules, "remark")["decides"] = "anything"


def _task_decides_on_anything(rules: Json) -> None:
    rules["tasks"]["extra"]["decides"] = "anything"


@pytest.mark.parametrize(
    ("seed", "kind"),
    [
        (_scope_nobody_knows, "unknown_word"),
        (_decides_on_anything, "unknown_word"),
        (_task_decides_on_anything, "unknown_word"),
        (_part_nobody_knows, "unknown_part"),
        (_part_of_a_task, "unknown_part"),
        (_twice_the_same, "part_twice"),
    ],
)
def test_a_part_is_known_and_played_by_one_alone(seed: Callable[[Json], None], kind: str) -> None:
    assert kinds(faults(seeded(seed))) == {kind}


def _without(part: str) -> Callable[[Json], None]:
    def seed(rules: Json) -> None:
        for one in (*rules["transitions"], *rules["states"].values()):
            if one.get("part") == part:
                del one["part"]

    return seed


def test_a_referral_plays_what_asking_a_provider_needs() -> None:
    for part in (parts.SENDS, parts.ACCEPTS, parts.UNSENT):
        assert kinds(faults(seeded(_without(part), Above))) == {"part_missing"}, part


def test_nothing_leads_back_to_where_a_provider_was_not_asked_yet() -> None:
    def seed(rules: Json) -> None:
        way(rules, "agree")["to"] = "w"

    assert kinds(faults(seeded(seed, Above))) == {"unsent_again"}


def test_a_provider_is_asked_once_and_from_where_it_was_not_asked_yet() -> None:
    def seed(rules: Json) -> None:
        way(rules, "dispatch")["from"].append("x")

    assert kinds(faults(seeded(seed, Above))) == {"sent_twice"}


def test_one_workflow_alone_is_the_referral() -> None:
    other = publish(Above)
    rules = deepcopy(other.rules)
    rules["workflow"] = "another"
    another = Edition(rules, other.texts, digest(rules))
    assert "part_twice" in kinds(faults(another, {"below"}, [other, another, publish(Below)]))


def test_everything_wrong_is_told_at_once() -> None:
    def seed(rules: Json) -> None:
        way(rules, "reopen")["reopens"] = False
        for one in (_no_limit, _unknown_guard, _unknown_ends):
            one(rules)

    assert kinds(faults(seeded(seed))) == {"no_limit", "unknown_guard", "leaves_final", "unknown_ends"}


def test_an_unknown_workflow_is_found_in_a_library() -> None:
    above, below = publish(Above), publish(Below)
    names = {"referral", "below"}
    assert faults(above, names, [above, below]) == []
    assert faults(below, names, [above, below]) == []
    assert kinds(faults(above, {"referral"})) == {"unknown_workflow"}
    assert kinds(faults(below, {"below"})) == {"unknown_workflow"}


def test_what_is_fired_elsewhere_must_exist_there() -> None:
    def first(rules: Json) -> None:
        rules["first_step_fires"] = "leap"

    def also(rules: Json) -> None:
        way(rules, "start")["also"] = [["child", "leap"]]

    above, below = publish(Above), publish(Below)
    assert kinds(faults(seeded(first, Below), others=[above, below])) == {"unknown_also"}
    assert kinds(faults(seeded(also, Above), others=[above, below])) == {"unknown_also"}


@pytest.mark.parametrize(("name", "found"), [("start", set()), ("leap", {"unknown_also"})])
def test_what_is_fired_on_what_was_replaced_is_of_the_same_workflow(name: str, found: set[str]) -> None:
    def also(rules: Json) -> None:
        way(rules, "start")["also"] = [["replaced", name]]

    assert kinds(faults(seeded(also, Above), others=[publish(Above), publish(Below)])) == found


def test_a_long_form_may_have_what_is_filled_in_or_asked_only_sometimes() -> None:
    def seed(rules: Json) -> None:
        _long_form(rules)
        rules["forms"]["Report"][-1]["prefill"] = "case.number"
        rules["forms"]["Report"][-2]["when"] = ["note", ["x"]]

    assert faults(seeded(seed)) == []


def test_the_definitions_that_we_publish_have_no_faults() -> None:
    editions = [publish(one) for one in load_definitions()]
    names = {one.workflow for one in editions}
    assert {one.workflow: faults(one, names, editions) for one in editions} == {name: [] for name in names}
