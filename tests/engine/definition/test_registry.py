"""Guards and effects are found by the name of their function, and nobody takes the name of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casework.engine.definition import registry
from casework.engine.definition.registry import effect, guard


def named(name: str, module: str = "somewhere", answer: Any = None) -> Callable[..., Any]:
    def function(facts: object) -> Any:
        return answer

    function.__name__, function.__module__ = name, module
    return function


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "GUARDS", {})
    monkeypatch.setattr(registry, "EFFECTS", {})


def test_a_guard_is_kept_by_its_name_with_all_that_is_said_of_it() -> None:
    holds = named("sun_shines")
    made = guard(rule="The sun shines.", refusal="It rains.", reads=("weather",), sealed=True)(holds)
    assert list(registry.GUARDS.items()) == [("sun_shines", made)]
    assert (made.name, made.rule, made.refusal) == ("sun_shines", "The sun shines.", "It rains.")
    assert (made.holds, made.reads, made.sealed) == (holds, ("weather",), True)


def test_a_guard_reads_nothing_and_no_sealed_log_unless_it_says_so() -> None:
    made = guard(rule="", refusal="")(named("plain"))
    assert (made.reads, made.sealed) == ((), False)


def test_an_effect_is_kept_by_its_name() -> None:
    follows = named("rain")
    made = effect(reads=("weather",))(follows)
    assert list(registry.EFFECTS.items()) == [("rain", made)]
    assert (made.name, made.follows, made.reads) == ("rain", follows, ("weather",))


def test_another_module_does_not_take_a_name_that_is_given() -> None:
    guard(rule="", refusal="")(named("one"))
    effect()(named("one"))
    with pytest.raises(ValueError, match="two guards are called one"):
        guard(rule="", refusal="")(named("one", "elsewhere"))
    with pytest.raises(ValueError, match="two effects are called one"):
        effect()(named("one", "elsewhere"))
    assert registry.GUARDS["one"].holds.__module__ == registry.EFFECTS["one"].follows.__module__ == "somewhere"


def test_a_module_that_is_read_again_gives_its_names_anew() -> None:
    first, again = named("one"), named("one")
    guard(rule="", refusal="")(first)
    effect()(first)
    assert guard(rule="", refusal="")(again) == registry.GUARDS["one"]
    assert effect()(again) == registry.EFFECTS["one"]
    assert registry.GUARDS["one"].holds is again
    assert registry.EFFECTS["one"].follows is again
