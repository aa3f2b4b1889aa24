"""Cases of the demo, each followed by whoever may do its next step now."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.definition.grammar import EXCEPTION, MAIN, RETURN
from casework.engine.execution.effect_roles import accepted
from casework.engine.roles import Role
from casework.engine.state.case import HELD, READY, Task, Track
from casework.errors import CaseworkError
from casework.operations.cases.transitions import fire_transition
from casework.operations.tasks.service import (
    complete_task,
)
from casework.permissions.actors import Actor
from casework.permissions.work import capacities, choose, may_work
from casework.playbook.driver import Player, cast_of
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.sheets import Sheet
from casework.playbook.steps import Script
from tests.support.office_people import OfficePeople, new_request

#: So often a step of a script is tried again by somebody else, before the case stands as it stands.
PATIENCE = 6


class Whoever(OperationsHand):
    """What a script says of somebody is done by whoever may do it now."""

    def __init__(self, office: OfficePeople, script: Script) -> None:
        super().__init__(office.stage, cast_of(script))
        self.office = office

    def actor(self, who: str) -> Actor:
        return self.office.for_step(self, self.id(who))

    def id(self, name: str) -> str:
        """Whom a script calls so; who is named by nothing but a role is anybody of that role."""
        known = self.stage.ids.get(self.cast.get(name, name))
        return known or self.stage.ids["chen" if name == Role.OFFICER else "assessor"]

    def wander(self) -> None:
        """Somebody does something that may be done at this place, whatever the script says, or finishes a task beside."""
        if not self.logs:
            return
        dice = self.office.dice
        with self.action() as db:
            actor = dice.choice(self.office.people(db))
            side = [one for one in self.case.open_tasks() if one.type != "step" and one.state in (READY, *HELD)]
            if side and dice.random() < 0.6:
                self._finish(db, actor, dice.choice(side))
            else:
                self._move(db, actor, dice.choice(list(self.case.tracks.values())))

    def _finish(self, db: Connection, actor: Actor, task: Task) -> None:
        decides = {"decision": self.office.dice.choice(("confirm", "refuse")), "reason": "We looked."}
        data = self.fill(self.sheet_of(task, ""), {}) if task.type == "side" else decides
        if data.get("decision") == "confirm":
            data.pop("reason", None)
        worker = self.worker(db, task) or actor
        complete_task(db, worker, task.id, data=data, happened_on=None, request=new_request())

    def _move(self, db: Connection, actor: Actor, track: Track) -> None:
        dice, edition = self.office.dice, load_library()[track.edition]
        ways = [rule for rule, _ in edition.leaving(track.states) if rule.by_people]
        if not ways:
            return
        rule = dice.choices(ways, [{MAIN: 10, RETURN: 4, EXCEPTION: 1}[one.kind] for one in ways])[0]
        pending = self.case.proposal_for(track.id, rule.name)
        wanted = accepted(self.case, rule.confirm_by if pending else rule.by_people)
        able = [one for one in self.office.people(db) if choose(capacities(one, self.case, track), wanted)]
        data = {} if pending else self.fill(Sheet(edition, rule.form, track, who="", action=rule.name), {})
        fire_transition(
            db,
            dice.choice(able or [actor]),
            self.case.log,
            self.case.kind,
            track.id,
            transition=rule.name,
            data=data,
            revision=self.case.tracks[track.id].revision,
            request=new_request(),
        )

    def worker(self, db: Connection, task: Task) -> Actor | None:
        able = [
            one
            for one in self.office.people(db)
            if (task.holder in (None, one.person)) and may_work(one, self.case, task) is not None
        ]
        return self.office.dice.choice(able) if able else None


class Life(Player):
    """One case, whose script is followed by whoever may do each step now."""

    def __init__(self, office: OfficePeople, script: Script, n: int) -> None:
        self.whoever = Whoever(office, script)
        super().__init__(office.stage, script, n, self.whoever)
        self.refused = 0

    @property
    def over(self) -> bool:
        return super().over or self.refused >= PATIENCE

    def live(self) -> None:
        """The next step, as far as anybody may do it."""
        self.skip_waits()
        if self.over:
            return
        place = self.place
        try:
            self.step()
            self.refused = 0
        except (CaseworkError, LookupError, ValueError):
            self.place = place
            self.refused += 1
