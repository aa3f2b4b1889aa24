"""Editions: the same rules give the same fingerprint, words do not count, and tracks stay on theirs."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from casework.definitions import file_text, library_of, load_library
from casework.engine import roles
from casework.engine.definition.editions import Edition, load
from casework.engine.definition.forms import Choice
from casework.engine.definition.grammar import Final, Form, State, Track, Workflow, same, working_days
from casework.engine.definition.publisher import publish
from casework.engine.execution.context import Library
from casework.engine.parts import MAIN
from casework.errors import NotFound
from tests.engine.toys import SUPERVISOR, Play


class Colour(Form):
    colour = Choice(label="Colour", choices={"red": "Red", "green": "Green"}, help="As seen.")


class First(Workflow):
    """It goes straight to its end."""

    workflow = "toy"
    title = "Toy"

    a = State("A", roles.Role.OFFICER, working_days(5), "One")
    done = Final("Done")

    go = a.to(done, by=roles.Role.OFFICER, do="Go", done="went", form=Colour)
    beside = a.to(same(), by=roles.Role.OFFICER, opens=[Track("other", fresh=True)])


class Second(Workflow):
    """A supervisor looks first."""

    workflow = "toy"
    edition = 2

    a = State("A", roles.Role.OFFICER, working_days(5), "One")
    looked = State("Looked", roles.Role.SUPERVISOR, working_days(5), "Two")
    done = Final("Done")

    go = a.to(looked, by=roles.Role.OFFICER, form=Colour)
    approve = looked.to(done, by=roles.Role.SUPERVISOR)
    beside = a.to(same(), by=roles.Role.OFFICER, opens=[Track("other", fresh=True)])


class Other(Workflow):
    x = State("X", roles.Role.OFFICER, working_days(5), "One")
    end = Final("End")

    stop = x.to(end, by=roles.Role.OFFICER)


class NewOther(Workflow):
    workflow = "other"
    edition = 2

    x = State("X", roles.Role.SUPERVISOR, working_days(5), "One")
    end = Final("End")

    stop = x.to(end, by=roles.Role.SUPERVISOR)


class _ColourInOtherWords(Form):
    colour = Choice(label="Which colour?", choices={"red": "Rot", "green": "Grün"}, help="Look.")


_ColourInOtherWords.__name__ = "Colour"


class FirstInOtherWords(Workflow):
    """Straight on."""

    workflow = "toy"
    title = "A toy"

    a = State("Ah", roles.Role.OFFICER, working_days(5), "One", do="Ah!")
    done = Final("Finished")

    go = a.to(done, by=roles.Role.OFFICER, do="Walk", done="walked", form=_ColourInOtherWords)
    beside = a.to(same(), by=roles.Role.OFFICER, opens=[Track("other", fresh=True)])


def _shuffled(value: Any, dice: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        dice.shuffle(keys)
        return {key: _shuffled(value[key], dice) for key in keys}
    return [_shuffled(one, dice) for one in value] if isinstance(value, list) else value


def _and(kept: Library, definition: type[Workflow]) -> Library:
    return library_of([*kept.editions.values(), publish(definition)])


def test_publishing_twice_gives_the_same_fingerprint() -> None:
    assert publish(First).fingerprint == publish(First).fingerprint


def test_other_words_are_the_same_edition_and_other_rules_are_not() -> None:
    one, other = publish(First), publish(FirstInOtherWords)
    assert one.fingerprint == other.fingerprint
    assert one.texts != other.texts
    assert one.fingerprint != publish(Second).fingerprint


def test_an_edition_survives_its_file_whatever_the_order_of_keys() -> None:
    one = publish(First)
    kept = json.loads(file_text(one))
    assert load(kept) == one
    assert load(_shuffled(kept, random.Random(1))).fingerprint == one.fingerprint


def test_a_file_tampered_with_is_refused() -> None:
    kept = json.loads(file_text(publish(First)))
    kept["rules"]["transitions"][0]["by"] = ["administrator"]
    with pytest.raises(ValueError, match="does not fit its fingerprint"):
        load(kept)


def test_the_newest_edition_is_the_highest_number_whatever_comes_first() -> None:
    one, two = publish(First), publish(Second)
    for order in ([one, two], [two, one]):
        kept = library_of(order)
        assert kept.latest("toy") == two
        assert kept[one.fingerprint] == one


def test_two_workflows_that_play_one_part_are_refused_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    for definition in (First, Other):
        monkeypatch.setattr(definition, "part", MAIN)
    one, two = publish(First), publish(Other)
    assert library_of([one]).playing(MAIN) == one
    with pytest.raises(LookupError, match="other and toy all play the part 'main'"):
        library_of([one, two]).playing(MAIN)


def test_a_case_stays_on_the_edition_it_began_with() -> None:
    old = Play(First, Other).start()
    old.library = _and(old.library, Second)
    new = Play(First, Second, Other).start()
    old.fire("go", data={"colour": "red"})
    new.fire("go", data={"colour": "red"})
    assert (old.states, new.states) == (("done",), ("looked",))
    new.fire("approve", SUPERVISOR)
    assert new.case.main.outcome == "done"


def test_a_track_opened_later_has_the_edition_of_its_day() -> None:
    play = Play(First, Other).start()
    play.fire("beside")
    play.library = _and(play.library, NewOther)
    play.fire("beside")
    first, second = [one for one in play.case.tracks.values() if one.workflow == "other"]
    assert [play.library[one.edition].number for one in (first, second)] == [1, 2]
    play.fire("stop", on=first)
    play.fire("stop", SUPERVISOR, on=second)
    assert play.folded() == play.case


def test_without_an_edition_nothing_opens() -> None:
    with pytest.raises(NotFound):
        Play(First).start("nothing")


def test_a_model_is_built_once() -> None:
    edition: Edition = publish(First)
    assert edition.model("Colour") is edition.model("Colour")


def test_the_ways_out_of_a_marking_are_asked_for_once_and_stay_what_they_are() -> None:
    for edition in load_library().editions.values():
        for state in edition.states:
            marking = edition.entered(state)
            plain = {
                (rule.index, place)
                for rule in edition.transitions
                for place in rule.sources
                if any(leaf == place or leaf.startswith(f"{place}.") for leaf in marking)
            }
            leaving = edition.leaving(marking)
            assert {(rule.index, place) for rule, place in leaving} == plain
            assert len(leaving) == len(plain)
            assert edition.leaving(marking) is leaving
