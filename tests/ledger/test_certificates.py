"""Certificates: what was chosen can be checked, nothing else can be read from one, and nothing in one can be changed."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.canonical_json import canonical
from casework.ledger.certificates import (
    EVENT,
    FACT,
    STATE,
    TWO_PERSONS,
    BadCertificate,
    Chosen,
    Guessable,
    NotSo,
    check,
    fault_of_two,
    hides,
    make,
    read_proof,
)
from casework.ledger.hash_chain import SealedEvent, genesis, seal_event
from casework.ledger.leaves import leaf_of
from casework.ledger.merkle import BadProof, grow, node_from, prove_inclusion
from casework.ledger.redactable_bodies import erase, hashes_of_fields, seal
from casework.ledger.signed_notes import Checkpoint, key_from_seed, sign_note
from tests.ledger.logs import LOG, header_of, salt_of

KEY = key_from_seed("office.example/log", bytes(range(32)))
OTHER = key_from_seed("office.example/log", bytes(range(1, 33)))
ASKER, AGREER = "0192f0c1-0000-7000-8000-00000000000a", "0192f0c1-0000-7000-8000-00000000000b"
TASKS = ["0192f0c1-1111-7abc-8123-4567890abcde", "0192f0c1-2222-7abc-8123-4567890abcde"]
#: As an event that opened two tasks.
RANDOM = {"transition": "accept", "tasks": [{"id": id, "name": "look"} for id in TASKS]}
WORDS = {"note": "Zinc-canary of the enterprise", "amount": "8812.50", "reason": "企业金丝雀"}


def events(count: int = 4, effects: Any = None, words: Any = None, **said: Any) -> list[SealedEvent]:
    """A log in which the second event has these parts."""
    made, prev = [], genesis(LOG)
    for seq in range(1, count + 1):
        mine, form = (said, WORDS if words is None else words) if seq == 2 else ({}, {"note": f"of {seq}"})
        salts = iter([salt_of(seq, field) for field in form])
        parts = RANDOM if effects is None else effects
        event = seal_event({**header_of(LOG, seq), **mine}, parts, seal(form, salts.__next__), prev)
        made.append(event)
        prev = event.hash
    return made


def two_persons(**changed: Any) -> list[SealedEvent]:
    """What one asked for and another carried out, with what the second event says otherwise."""
    first = seal_event({**header_of(LOG, 1), "kind": "proposed", "actor": ASKER}, RANDOM, {}, genesis(LOG))
    said = {**header_of(LOG, 2), "kind": "fired", "actor": AGREER, "because": 1, **changed}
    return [first, seal_event(said, RANDOM, {}, first.hash)]


class Tree:
    """Events in a signed tree, among others."""

    def __init__(self, made: Sequence[SealedEvent], before: int = 5) -> None:
        strangers = [hashlib.sha256(bytes([n])).digest() for n in range(before)]
        leaves = [*strangers, *(leaf_of(bytes.fromhex(event.hash)) for event in made)]
        grown = grow(0, lambda level, n: b"", leaves)
        self.size, self.before, self.made = grown.size, before, made
        self.read = node_from(lambda level, n: grown.pieces.get((level, n), b""))
        self.note = sign_note(Checkpoint(KEY.name, grown.size, grown.root).text, [KEY])

    def chosen(self, n: int, fields: Sequence[str] = (), body: Any = None, *, with_effects: bool = False) -> Chosen:
        event, leaf = self.made[n], self.before + n
        path = prove_inclusion(self.read, leaf, self.size)
        kept = event.body if body is None else body
        return Chosen(event.header, event.effects, kept, leaf, path, fields, with_effects)


def certificate(kind: str, fields: Sequence[str] = (), *, with_effects: bool = False, **said: Any) -> bytes:
    tree = Tree(events(**said))
    return make(kind, [tree.chosen(1, fields, with_effects=with_effects)], tree.note)


def changed(data: bytes, *path: Any, to: Any) -> bytes:
    """The certificate with another value at a place, written as it should be."""
    content = json.loads(data)
    at = content
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = to
    return canonical(content)


# --- what is shown -----------------------------------------------------------------------------------------------------------


def test_an_event_is_shown_with_its_header_and_nothing_else() -> None:
    told = check(certificate(EVENT), [KEY.public])
    event = told.events[0]
    assert (event.header["seq"], event.effects, event.values, event.hidden) == (2, None, {}, ())


def test_the_digest_is_that_of_the_file() -> None:
    data = certificate(EVENT)
    assert check(data, [KEY.public]).digest == hashlib.sha256(data).hexdigest()


def test_a_fact_is_shown_alone() -> None:
    event = check(certificate(FACT, ["amount"]), [KEY.public]).events[0]
    assert (event.values, event.hidden) == ({"amount": "8812.50"}, ("note", "reason"))


def test_a_state_is_the_one_that_the_event_led_to() -> None:
    assert check(certificate(STATE), [KEY.public]).claim["states"] == ["decision"]


#: As an event whose form said two things to the guards.
SAID = {**RANDOM, "data": {"executed_on": "2026-05-03", "reason_code": "other"}}
#: The same of a task that was finished.
FINISHED = {"task_states": [{"id": TASKS[0], "result": SAID["data"]}, {"id": TASKS[1]}]}


@pytest.mark.parametrize("effects", [SAID, FINISHED])
def test_what_a_form_said_to_the_guards_is_a_fact_that_is_shown_with_what_followed(effects: dict[str, Any]) -> None:
    event = check(certificate(FACT, ["executed_on"], with_effects=True, effects=effects), [KEY.public]).events[0]
    assert (event.values, event.hidden, event.effects) == ({"executed_on": "2026-05-03"}, (), effects)


def test_it_is_shown_beside_words_whose_neighbours_stay_hidden() -> None:
    data = certificate(FACT, ["amount", "executed_on"], with_effects=True, effects=SAID)
    event = check(data, [KEY.public]).events[0]
    assert (event.values, event.hidden) == ({"amount": "8812.50", "executed_on": "2026-05-03"}, ("note", "reason"))


def test_it_is_not_shown_without_what_followed() -> None:
    with pytest.raises(NotSo):
        certificate(FACT, ["executed_on"], effects=SAID)


@pytest.mark.parametrize("fields", [["executed_on", "paid_on"], ["paid_on"], []])
def test_what_it_did_not_say_cannot_be_claimed(fields: list[str]) -> None:
    data = certificate(FACT, ["executed_on"], with_effects=True, effects=SAID)
    with pytest.raises(BadCertificate):
        check(changed(data, "claim", "fields", to=fields), [KEY.public])


def test_effects_are_shown_whole_where_they_are_chosen() -> None:
    assert check(certificate(EVENT, with_effects=True), [KEY.public]).events[0].effects == RANDOM


def test_two_persons_are_shown_by_what_each_did() -> None:
    tree = Tree(two_persons())
    told = check(make(TWO_PERSONS, [tree.chosen(0), tree.chosen(1)], tree.note), [KEY.public])
    assert [event.header["actor"] for event in told.events] == [ASKER, AGREER]


@given(st.sets(st.sampled_from(sorted(WORDS)), min_size=1))
def test_nothing_stands_in_it_but_what_was_chosen(fields: set[str]) -> None:
    data = certificate(FACT, sorted(fields)).decode()
    for field, words in WORDS.items():
        assert (words in data) == (field in fields)
        assert (salt_of(2, field) in data) == (field in fields)
    assert not any(id in data for id in TASKS)


def test_not_even_the_names_of_fields_stand_there_where_none_is_chosen() -> None:
    data = certificate(EVENT).decode()
    assert not any(f'"{field}"' in data for field in WORDS if field != "reason")


# --- effects that could be guessed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "effects",
    [
        {},
        {"transition": "accept", "data": {"eligible": True}},
        {"tasks": [{"id": TASKS[0]}]},
        # Many know who works in an office.
        {"owner": TASKS[0], "team": TASKS},
        # What the header says is no secret.
        {"tasks": [{"id": TASKS[0]}, {"id": ASKER}]},
        # Made from the log and the number of the event, and no chance.
        {"impacts": [{"id": id.replace("-7", "-5")} for id in TASKS]},
    ],
)
def test_effects_that_could_be_guessed_are_not_hidden(effects: Mapping[str, Any]) -> None:
    with pytest.raises(Guessable):
        certificate(EVENT, effects=effects)


def test_effects_that_could_be_guessed_may_be_shown() -> None:
    assert check(certificate(EVENT, effects={}, with_effects=True), [KEY.public]).events[0].effects == {}


def test_two_random_ids_hide_what_stands_beside_them() -> None:
    assert hides(header_of(LOG, 2), RANDOM)


# --- what cannot be claimed ----------------------------------------------------------------------------------------------------


def test_no_state_is_claimed_of_an_event_that_led_to_none() -> None:
    with pytest.raises(NotSo):
        certificate(STATE, to=[])


def test_a_field_that_is_not_there_cannot_be_shown() -> None:
    with pytest.raises(NotSo):
        certificate(FACT, ["colour"])


@pytest.mark.parametrize(
    "said",
    [
        {"actor": ASKER},
        {"acting_for": ASKER},
        {"actor": "system"},
        {"because": None},
        {"because": 3},
        {"kind": "refused"},
        {"track": "other"},
    ],
)
def test_two_persons_are_claimed_of_nothing_else(said: dict[str, Any]) -> None:
    tree = Tree(two_persons(**said))
    with pytest.raises(NotSo):
        make(TWO_PERSONS, [tree.chosen(0), tree.chosen(1)], tree.note)


def test_whoever_acts_in_the_place_of_the_first_person_is_no_second_one() -> None:
    first = seal_event({**header_of(LOG, 1), "kind": "proposed", "acting_for": AGREER}, RANDOM, {}, genesis(LOG))
    said = {**header_of(LOG, 2), "kind": "fired", "actor": AGREER, "because": 1}
    tree = Tree([first, seal_event(said, RANDOM, {}, first.hash)])
    with pytest.raises(NotSo):
        make(TWO_PERSONS, [tree.chosen(0), tree.chosen(1)], tree.note)


@pytest.mark.parametrize(
    ("said", "two"), [({}, True), ({"actor": "party"}, False), ({"acting_for": ASKER}, False), ({"track": "x"}, False)]
)
def test_two_headers_tell_whether_it_was_two_persons(said: dict[str, Any], two: bool) -> None:
    asked, done = two_persons(**said)
    assert (fault_of_two(asked.header, done.header) is None) is two


# --- erasure ---------------------------------------------------------------------------------------------------------------------


def test_what_was_erased_is_shown_as_its_hash() -> None:
    tree = Tree(events())
    body = erase(tree.made[1].body, ["note"])
    told = check(make(FACT, [tree.chosen(1, ["amount", "note"], body)], tree.note), [KEY.public])
    assert told.events[0].values == {"amount": "8812.50"}
    assert "note" in told.events[0].hidden


def test_a_fact_that_was_erased_cannot_be_claimed_alone() -> None:
    tree = Tree(events())
    with pytest.raises(NotSo):
        make(FACT, [tree.chosen(1, ["note"], erase(tree.made[1].body, ["note"]))], tree.note)


def test_a_certificate_from_before_an_erasure_fits_what_the_log_still_promises() -> None:
    tree = Tree(events())
    data = make(FACT, [tree.chosen(1, ["note"])], tree.note)
    after = erase(tree.made[1].body, ["note"])
    shown = json.loads(data)["events"][0]["body"]
    assert hashes_of_fields(shown) == hashes_of_fields(after)
    assert check(data, [KEY.public]).events[0].values["note"] == WORDS["note"]


# --- what was changed --------------------------------------------------------------------------------------------------------------

SAMPLES = {
    "event": certificate(EVENT), "fact": certificate(FACT, ["amount", "reason"], with_effects=True), "state": certificate(STATE),
}  # fmt: skip


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_any_changed_byte_is_found(which: str, data: st.DataObject) -> None:
    whole = SAMPLES[which]
    at = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != whole[at]))
    with pytest.raises(BadCertificate):
        check(whole[:at] + bytes([byte]) + whole[at + 1 :], [KEY.public])


@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_what_is_cut_off_or_added_is_found(which: str, data: st.DataObject) -> None:
    whole = SAMPLES[which]
    at = data.draw(st.integers(0, len(whole) - 1))
    for other in (whole[:at], whole + b" ", whole[:at] + b"\n" + whole[at:]):
        with pytest.raises(BadCertificate):
            check(other, [KEY.public])


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("events", 0, "header", "at"), "2026-05-04T00:00:00.000000Z"),
        (("events", 0, "header", "role"), "supervisor"),
        (("events", 0, "header", "extra"), None),
        (("events", 0, "header", "seq"), "2"),
        (("events", 0, "header", "to"), "decision"),
        (("events", 0, "effects"), {}),
        (("events", 0, "effects"), []),
        (("events", 0, "body", "amount", "value"), "8813.50"),
        (("events", 0, "body", "note"), {"hash": "00" * 32}),
        (("events", 0, "body", "note"), {"salt": "00" * 16, "value": "other"}),
        (("events", 0, "body"), {}),
        (("events", 0, "body"), None),
        (("events", 0, "proof"), None),
        (("events",), []),
        (("claim",), None),
        (("claim",), {"kind": "event"}),
        (("claim",), {"kind": "state", "states": ["decision"]}),
        (("claim",), {"kind": ["fact"]}),
        (("claim", "fields"), ["amount"]),
        (("claim", "fields"), ["amount", "reason", "unknown"]),
        (("claim", "fields"), ["reason", "amount"]),
        (("claim", "fields"), 3),
        (("certificate",), 2),
        (("certificate",), True),
        (("told",), "what nothing proves"),
    ],
)
def test_whoever_changes_a_part_is_found(path: tuple[Any, ...], to: Any) -> None:
    with pytest.raises(BadCertificate):
        check(changed(SAMPLES["fact"], *path, to=to), [KEY.public])


def test_a_state_that_was_not_reached_is_found() -> None:
    with pytest.raises(BadCertificate):
        check(changed(SAMPLES["state"], "claim", "states", to=["closed"]), [KEY.public])


def test_another_key_proves_nothing() -> None:
    with pytest.raises(BadCertificate):
        check(SAMPLES["event"], [OTHER.public])


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(BadCertificate):
        check(SAMPLES["event"], [KEY.public], origin="elsewhere.example/log")


def test_a_checkpoint_of_another_tree_is_found() -> None:
    content = json.loads(SAMPLES["event"])
    index, path, _ = read_proof(content["events"][0]["proof"])
    other = Tree(events(7))
    lines = [f"index {index}", *(base64.b64encode(one).decode() for one in path), "", other.note]
    content["events"][0]["proof"] = "\n".join(["c2sp.org/tlog-proof@v1", *lines])
    with pytest.raises(BadCertificate):
        check(canonical(content), [KEY.public])


def test_two_events_have_one_checkpoint() -> None:
    made = two_persons()
    tree, later = Tree(made), Tree([*made, *events()])
    data = json.loads(make(TWO_PERSONS, [tree.chosen(0), tree.chosen(1)], tree.note))
    data["events"][1] = json.loads(make(EVENT, [later.chosen(1)], later.note))["events"][0]
    with pytest.raises(BadCertificate, match="different checkpoints"):
        check(canonical(data), [KEY.public])


@given(st.binary(max_size=200))
def test_whatever_is_handed_in_is_judged(data: bytes) -> None:
    with pytest.raises(BadCertificate):
        check(data, [KEY.public])


def test_what_is_too_long_is_not_read() -> None:
    with pytest.raises(BadCertificate, match="too long"):
        check(b"[" * 1_000_001, [KEY.public])


@pytest.mark.parametrize("written", [None, "", "index 1\n\nnote", "c2sp.org/tlog-proof@v1\nindex 01\n\nnote\n"])
def test_a_proof_is_written_as_the_specification_has_it(written: Any) -> None:
    with pytest.raises(BadProof):
        read_proof(written)
