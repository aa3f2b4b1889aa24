"""Differences of two editions: every change that is sown into one is named, and nothing else; the other way round it is mirrored."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from casework.definitions import load_definitions
from casework.engine.definition.differences import Change, compare, differences
from casework.engine.definition.editions import Edition, workflow_name
from casework.engine.definition.publisher import publish
from casework.ledger.canonical_json import digest
from tests.engine.definition.seeds import add_state, add_way, seeded, way
from tests.engine.definition.sound_toys import Sound

Json = Any
#: What a change names: its kind, the thing, its name and the rule.
Named = tuple[str, str, str, str]
EDITIONS = [publish(one) for one in (*load_definitions(), Sound)]


def named(changes: tuple[Change, ...]) -> list[Named]:
    return sorted((one.kind, one.thing, one.name, one.rule) for one in changes)


def made(rules: Json, texts: Json) -> Edition:
    return Edition(rules, texts, digest(rules))


# --- what is sown: each takes the rules and texts of an edition, and says what is to be named ---------------------------


def _other_limit(rules: Json, texts: Json, chance: random.Random) -> Named:
    name = chance.choice([one for one in rules["states"] if rules["states"][one].get("due")])
    rules["states"][name]["due"] = {**rules["states"][name]["due"], "n": 777}
    return "changed", "state", name, "due"


def _other_queue(rules: Json, texts: Json, chance: random.Random) -> Named:
    name = chance.choice([one for one in rules["states"] if rules["states"][one]["type"] == "state"])
    rules["states"][name]["queue"] = "somebody"
    return "changed", "state", name, "queue"


def _new_state(rules: Json, texts: Json, chance: random.Random) -> Named:
    add_state(rules, "brand_new")
    rules["order"].insert(chance.randrange(len(rules["order"]) + 1), "brand_new")
    texts["states.brand_new"] = "Brand new"
    texts["states.brand_new.do"] = "Do it"
    return "added", "state", "brand_new", ""


def _ways_rule(key: str, value: Json) -> Callable[[Json, Json, random.Random], Named]:
    def sown(rules: Json, texts: Json, chance: random.Random) -> Named:
        one = chance.choice(rules["transitions"])
        one[key] = value
        return "changed", "transition", one["name"], key

    return sown


def _new_way(rules: Json, texts: Json, chance: random.Random) -> Named:
    one = deepcopy(chance.choice(rules["transitions"]))
    rules["transitions"].insert(
        chance.randrange(len(rules["transitions"]) + 1), one | {"name": "brand_new_way", "kind": "x"}
    )
    texts["transitions.brand_new_way.do"] = "Go"
    return "added", "transition", "brand_new_way", ""


def _no_way(rules: Json, texts: Json, chance: random.Random) -> Named:
    names = [one["name"] for one in rules["transitions"]]
    one = chance.choice([one for one in rules["transitions"] if names.count(one["name"]) == 1])
    rules["transitions"].remove(one)
    for key in [key for key in texts if key.startswith(f"transitions.{one['name']}.")]:
        del texts[key]
    return "removed", "transition", one["name"], ""


def _new_field(rules: Json, texts: Json, chance: random.Random) -> Named:
    form = chance.choice(sorted(rules["forms"]))
    rules["forms"][form].append({"name": "brand_new", "type": "yes_no", "required": True, "fact": True, "must": None})
    texts[f"forms.{form}.brand_new.label"] = "Is it new?"
    return "added", "field", f"{form}.brand_new", ""


def _other_field(rules: Json, texts: Json, chance: random.Random) -> Named:
    form = chance.choice(sorted(rules["forms"]))
    field = chance.choice(rules["forms"][form])
    field["required"] = not field["required"]
    return "changed", "field", f"{form}.{field['name']}", "required"


def _no_form(rules: Json, texts: Json, chance: random.Random) -> Named:
    form = chance.choice(sorted(rules["forms"]))
    del rules["forms"][form]
    for key in [key for key in texts if key.startswith(f"forms.{form}.")]:
        del texts[key]
    return "removed", "form", form, ""


def _other_words(rules: Json, texts: Json, chance: random.Random) -> Named:
    key = chance.choice(sorted(texts))
    texts[key] += " indeed"
    return "changed", "text", key, ""


def _more_words(rules: Json, texts: Json, chance: random.Random) -> Named:
    name = chance.choice(sorted(rules["states"]))
    texts[f"states.{name}.brand_new"] = "Of a state that was there before"
    return "added", "text", f"states.{name}.brand_new", ""


def _other_order(rules: Json, texts: Json, chance: random.Random) -> Named:
    rules["order"].reverse()
    return "changed", "workflow", rules["workflow"], "order"


def _other_escalation(rules: Json, texts: Json, chance: random.Random) -> Named:
    rules["escalation"] = {"remind": 10, "escalate": 1, "flag": 3}
    return "changed", "workflow", rules["workflow"], "escalation"


def _other_task(rules: Json, texts: Json, chance: random.Random) -> Named:
    if not rules["tasks"]:
        rules["tasks"]["brand_new"] = {"name": "brand_new", "queue": "officer"}
        return "added", "task", "brand_new", ""
    key = chance.choice(sorted(rules["tasks"]))
    rules["tasks"][key]["unless_open"] = not rules["tasks"][key]["unless_open"]
    return "changed", "task", key, "unless_open"


def _new_limit(rules: Json, texts: Json, chance: random.Random) -> Named:
    rules["limits"] = {**rules.get("limits", {}), "toy.limits.brand_new": {"n": 3, "unit": "wd", "least": 1, "most": 9}}
    texts["limits.brand_new"] = "It takes"
    return "added", "limit", "toy.limits.brand_new", ""


SOWN = [
    _other_limit, _other_queue, _new_state, _new_way, _no_way, _new_field, _other_field, _no_form, _other_words, _more_words,
    _other_order, _other_escalation, _other_task, _new_limit, _ways_rule("guards", ["brand_new_guard"]),
    _ways_rule("effects", ["brand_new_effect"]), _ways_rule("by", ["nobody"]), _ways_rule("confirm_by", ["somebody"]),
    _ways_rule("not_by", ["brand_new"]), _ways_rule("after", {"n": 999, "unit": "cd", "since": None}),
    _ways_rule("from", ["nowhere"]), _ways_rule("to", "nowhere"), _ways_rule("opens", [{"open": "beside"}, {"open": "beside"}]),
]  # fmt: skip


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: one.workflow)
@pytest.mark.parametrize("sow", SOWN, ids=range(len(SOWN)))
def test_what_is_sown_into_an_edition_is_named_and_nothing_else(edition: Edition, sow: Any) -> None:
    for seed in range(3):
        rules, texts = deepcopy(edition.rules), dict(edition.texts)
        expected = sow(rules, texts, random.Random(seed))
        assert named(differences(edition, made(rules, texts))) == [expected]


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: one.workflow)
def test_an_edition_is_no_other_than_itself(edition: Edition) -> None:
    assert differences(edition, made(deepcopy(edition.rules), dict(edition.texts))) == ()


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: one.workflow)
def test_from_the_other_side_everything_is_mirrored(edition: Edition) -> None:
    chance = random.Random(18)
    for _ in range(5):
        rules, texts = deepcopy(edition.rules), dict(edition.texts)
        for sow in chance.sample([one for one in SOWN if one is not _no_form], 5):
            sow(rules, texts, chance)
        other = made(rules, texts)
        mirrored = sorted((one.mirrored() for one in differences(edition, other)), key=lambda one: one.place)
        assert mirrored == list(differences(other, edition))


def test_two_that_have_little_in_common_are_mirrored_too() -> None:
    whole = [one for one in EDITIONS if one.workflow in ("case", "agreement", "ip")]
    for one in whole:
        for other in whole:
            rules = {**other.rules, "workflow": one.workflow}
            alike = made(rules, other.texts)
            mirrored = sorted((change.mirrored() for change in differences(one, alike)), key=lambda told: told.place)
            assert mirrored == list(differences(alike, one))


def _rename(rules: Json, old: str, new: str) -> None:
    rules["states"] = {new if path == old else path: rule for path, rule in rules["states"].items()}
    rules["order"] = [new if path == old else path for path in rules["order"]]
    for one in rules["transitions"]:
        one["from"] = [new if path == old else path for path in one["from"]]
        one["to"] = new if one["to"] == old else one["to"]


def test_a_state_that_was_renamed_went_and_came_with_a_hint() -> None:
    sound = publish(Sound)
    changes = differences(sound, seeded(lambda rules: _rename(rules, "held", "paused")))
    states = {(one.kind, one.name): one.like for one in changes if one.thing == "state"}
    assert states == {("removed", "held"): "paused", ("added", "paused"): "held"}


def test_one_that_was_renamed_and_is_otherwise_too_has_no_hint() -> None:
    def sow(rules: Json) -> None:
        _rename(rules, "held", "paused")
        rules["states"]["paused"]["queue"] = "supervisor"

    states = [one for one in differences(publish(Sound), seeded(sow)) if one.thing == "state"]
    assert [one.like for one in states] == ["", ""]


def test_a_transition_that_was_renamed_has_a_hint() -> None:
    changes = differences(publish(Sound), seeded(lambda rules: way(rules, "hold").update(name="pause")))
    assert [(one.kind, one.name, one.like) for one in changes] == [
        ("removed", "hold", "pause"),
        ("added", "pause", "hold"),
    ]


def test_of_two_that_could_be_meant_neither_is_hinted_at() -> None:
    def sow(rules: Json) -> None:
        add_way(rules, "one", "a", "b")
        add_way(rules, "two", "a", "b")
        rules["transitions"] = [one for one in rules["transitions"] if one["name"] != "hold"]

    changes = [one for one in differences(publish(Sound), seeded(sow)) if one.thing == "transition"]
    assert {one.like for one in changes} == {""}


def test_of_two_transitions_with_one_name_the_one_that_changed_is_named_by_its_states() -> None:
    def sow(rules: Json) -> None:
        add_way(rules, "twice", "a", "b")
        add_way(rules, "twice", "held", "b")

    edition = seeded(sow)
    rules = deepcopy(edition.rules)
    rules["transitions"][-1]["effects"] = ["brand_new"]
    [change] = differences(edition, made(rules, edition.texts))
    assert (change.name, change.rule, change.at) == ("twice", "effects", ("held",))


def test_a_state_that_moved_into_another_stage_is_told() -> None:
    def sow(rules: Json) -> None:
        rules["states"]["checks"]["regions"].reverse()
        rules["states"]["checks.lab"]["children"].remove("checks.lab.good")
        rules["states"]["checks.site"]["children"].append("checks.lab.good")

    changes = differences(publish(Sound), seeded(sow))
    assert {(one.name, one.rule) for one in changes} == {("checks.lab", "children"), ("checks.site", "children")}


def test_the_edition_of_a_definition_and_its_number_are_no_difference() -> None:
    sound = publish(Sound)
    assert differences(sound, seeded(lambda rules: rules.update(edition=7))) == ()


def test_two_editions_are_compared_by_their_fingerprints() -> None:
    sound, other = publish(Sound), seeded(lambda rules: way(rules, "go").update(kind="exception"))
    told = compare(sound, other)
    assert (told.workflow, told.earlier, told.later) == (workflow_name(Sound), sound.fingerprint, other.fingerprint)
    assert [one.rule for one in told.changes] == ["kind"]
