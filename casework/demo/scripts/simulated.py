"""The cases of a simulated programme: those of the demo, a pilot that is built again, and what parties tell long afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from casework.demo.scripts.parts import FOLLOWED, ZHAO, as_long_as_in_life
from casework.playbook.steps import Script, Step, Wait, add, do, finish, turn_to, wait
from casework.playbook.stretches import BUILT, bought, to_structuring

#: So many days after a case has closed its parties are asked for the first time, and answer.
_ASKED_AFTER = 195
_BUILT_AND_ACCEPTED = (
    do("officer", "case.sign"),
    *BUILT,
    do("officer", "deployment.pass", capacity_unit="kw_power", capacity=350),
    do("officer", "case.accept_site"),
)

SCALED_UP = Script(
    "A pilot was scaled up: the parties bought a second plant",
    ("BJ-N002.pilot", "DEMO-T003.pilot"),
    400,
    cast=ZHAO,
    pace=2,
    steps=(
        *to_structuring(),
        *bought(900_000),
        *_BUILT_AND_ACCEPTED,
        add("officer", "case.reading"),
        do("officer", "reading", level="measured"),
        do("officer", "case.scale_up"),
        *bought(5_400_000),
        *_BUILT_AND_ACCEPTED,
    ),
)

FURTHER_SITE = Script(
    "Another works saw the pilot and wants the same",
    ("BJ-N012.second", "DEMO-T003.pilot"),
    200,
    cast=ZHAO,
    pace=2,
    follows=SCALED_UP.match,
    steps=to_structuring(),
)


def simulated(demo: Sequence[Script]) -> list[Script]:
    """The demo's scripts, with the pilot and what followed from it among the first; each goes on until its parties have told what came
    of it."""
    first, *others = demo
    once = [first, _small(as_long_as_in_life(SCALED_UP, 0)), FURTHER_SITE, *others]
    return [_told_afterwards(script, n % 3) for n, script in enumerate(once)]


def _small(script: Script) -> Script:
    """The same script of a plant so small that it is bought, permitted and built in a fifth of the time."""
    return replace(
        script, steps=tuple(Wait(step.days / 5) if isinstance(step, Wait) else step for step in script.steps)
    )


def _told_afterwards(script: Script, further_sites: int) -> Script:
    """The same script, whose parties tell of so many further sites whenever they are asked; where nobody is, nothing happens."""
    followed = finish("officer", "follow_up", further_sites=further_sites)
    steps: list[Step] = [followed if step is FOLLOWED else step for step in script.steps]
    return replace(script, steps=(*steps, turn_to("main"), wait(_ASKED_AFTER), followed))
