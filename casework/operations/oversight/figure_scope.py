"""Of which cases figures are counted: of all of a programme, or of those alone that were something when they were opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

from casework import reasons
from casework.engine.figures.case_facts import DIMENSIONS, CaseFacts
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO, PHASE, is_in_order, opened_within
from casework.engine.figures.counting import Figure, without_needs
from casework.engine.figures.every import every_figure
from casework.engine.figures.origins import origins
from casework.engine.figures.world import World
from casework.errors import InvalidForm, NotFound
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of

#: What is told of a whole programme alone: of its nights, its technologies, its visits and its past, and of mediations, of which two
#: numbers that differ by a case would tell.
OF_ALL = frozenset({"discipline", "mediations", "data_quality", "activities", "past_projects"})
#: Beside what a case was: the event, the visit or the assessment that its need came of, as it is said by then; and the first and the
#: last day of the opening, where the programme is.
EVENT = "event"
SCOPE = (*DIMENSIONS, EVENT, OPENED_FROM, OPENED_TO)


def read_scope(asked: Mapping[str, str]) -> dict[str, str]:
    """Of which cases alone something asks. Raises ValueError for what is no day."""
    among = {name: asked[name] for name in SCOPE if asked.get(name)}
    days = {name: date.fromisoformat(among[name]).isoformat() for name in (OPENED_FROM, OPENED_TO) if name in among}
    return among | days


def insist_in_order(among: Mapping[str, str]) -> None:
    """Raises InvalidForm where the last day of the opening lies before the first."""
    if not is_in_order(among):
        raise InvalidForm(fields={OPENED_TO: reasons.fields.NOT_BEFORE_FIRST_DAY})


def may_read(actor: Actor, programme: str, among: Mapping[str, str]) -> bool:
    """Not where an event is asked for by who reads no assessments, whether there is that one or not."""
    return EVENT not in among or programme in closed_of(actor)


def insist_readable(actor: Actor, programme: str, among: Mapping[str, str]) -> None:
    """Raises NotFound where this asks for an event of which the actor may not read."""
    if not may_read(actor, programme, among):
        raise NotFound("page")


def figures_among(world: World, among: Mapping[str, str]) -> dict[str, Figure]:
    """Every figure of the cases that were this; without what is no count of cases, where these are not all."""
    if not among:
        return every_figure(world)
    came_of = origins(world)
    some = (
        case
        for case in world.cases
        if _is_among(case, among) and (EVENT not in among or among[EVENT] in _of(case, came_of))
    )
    told = every_figure(world.of(some))
    return {name: without_needs(figure) for name, figure in told.items() if name not in OF_ALL}


def figures_by_phase(world: World) -> dict[str, dict[str, Figure]]:
    """The same of the cases of each phase, and under no name of those of none."""
    phases: dict[str, list[CaseFacts]] = {}
    for case in world.cases:
        phases.setdefault(case.of(PHASE) or "", []).append(case)
    return {
        phase: {
            name: without_needs(figure) for name, figure in every_figure(world.of(mine)).items() if name not in OF_ALL
        }
        for phase, mine in sorted(phases.items())
    }


def _is_among(case: CaseFacts, among: Mapping[str, str]) -> bool:
    if any(name in among and case.of(name) != among[name] for name in DIMENSIONS):
        return False
    return opened_within(among, case.opened_on)


def _of(case: CaseFacts, came_of: Callable[[str, datetime], frozenset[str]]) -> frozenset[str]:
    """The assessment that a case came of, and the visit or event of it."""
    return came_of(str(case.case.need), case.case.opened_at)


def told_apart_by(world: World) -> dict[str, tuple[str, ...]]:
    """What the cases of a programme were, by each of the dimensions, and of which events and assessments their needs came."""
    was = {name: {told for case in world.cases if (told := case.of(name))} for name in DIMENSIONS}
    came_of = origins(world)
    was[EVENT] = {one for case in world.cases for one in _of(case, came_of)}
    return {name: tuple(sorted(told)) for name, told in was.items()}


def without_events(offered: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """For whoever reads no assessments."""
    return {name: told for name, told in offered.items() if name != EVENT}
