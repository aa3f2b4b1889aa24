"""Forms filled in at random, by people of every role, about a case as it stands."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from casework.engine.case_objects.documents import CLERKS
from casework.engine.case_objects.programme_lists import AT_FIRST
from casework.engine.definition.editions import Edition
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.events import Event
from tests.engine.toys import CALENDAR, uuid

Json = Any

#: Two of each, so that four eyes can be found.
ROLES = (
    Role.OFFICER,
    Role.SUPERVISOR,
    Role.COMPLIANCE,
    Role.DISPUTE_OFFICER,
    Role.PROVIDER,
    Role.PROVIDER_LEAD,
    Role.VERIFIER,
)
PROVIDERS = [uuid(700), uuid(701)]
PEOPLE = [
    By(uuid(800 + 10 * n + m), role, organisation=PROVIDERS[m] if role in ORGANISATION_ROLES else None)
    for n, role in enumerate(ROLES)
    for m in (0, 1)
]
RIGHTS = [uuid(900), uuid(901)]
#: The company of a joint venture.
COMPANY = "00000000-0000-7000-8000-0000000000c0"
#: An owner above 25 per cent of each party.
OWNER = uuid(950)


class Forms:
    """What a walk answers to a form. Actions are the walk's: a paper that is asked for is entered first."""

    dice: random.Random
    calm: bool
    now: datetime
    _case: Case | None
    #: The rights of the case that whoever fills the form in may name.
    told: list[str]
    #: What lies on each right.
    burdens: dict[str, list[dict[str, Json]]]

    @property
    def clerk(self) -> By:
        """Somebody who enters papers."""
        return next(one for one in PEOPLE if one.role in accepted(self.case, CLERKS))

    @property
    def case(self) -> Case:
        assert self._case is not None
        return self._case

    @property
    def today(self) -> date:
        return CALENDAR.local_date(self.now)

    def do(self, command: Command, by: By) -> list[Event]:
        raise NotImplementedError

    def form(self, edition: Edition, name: str | None, track: Track, task: Task | None = None) -> dict[str, Json]:
        data: dict[str, Json] = {}
        for rule in edition.form(name):
            asked = "when" not in rule or data.get(rule["when"][0]) in rule["when"][1]
            # Nothing comes of a plan in which nobody assesses.
            wanted = 1.0 if self.calm and rule["name"] == "assessment" else 0.3
            if not asked or not rule["required"] and self.dice.random() > wanted:
                continue
            value = self.value(rule, track)
            if value not in (None, []):
                data[rule["name"]] = value
        return data

    def value(self, rule: Mapping[str, Json], track: Track) -> Json:  # noqa: C901  one arm for each type of field
        dice = self.dice
        match rule["type"]:
            case "text" | "note":
                return dice.choice(["Well.", "専利", "So it is; see the file.", "x" * min(40, rule["max"])])[
                    : rule["max"]
                ]
            case "number":
                low = int(float(rule["min"] or 0))
                if rule["name"].endswith("_share"):
                    # The shares of a risk make a hundred.
                    return "100" if rule["name"] == "bank_share" else "0"
                return str(dice.randint(low, int(float(rule["max"] or low + 100))))
            case "money":
                return {"amount": f"{dice.randint(1, 10**6)}.00", "currency": "CNY"}
            case "date":
                return self._day(rule)
            case "choice":
                return track.kind if rule.get("prefill") == "track.kind" else self._likely(rule["choices"])
            case "many":
                return dice.sample(rule["choices"], dice.randint(1, min(2, len(rule["choices"]))))
            case "yes_no":
                return rule["must"] if rule["must"] is not None else dice.random() < (0.97 if self.calm else 0.8)
            case "party":
                # Who wants to get on pledges what is on record as their own.
                own = self.calm and rule["name"] == "pledgor"
                return "technology_owner" if own else dice.choice(["need_owner", "technology_owner"])
            case "right":
                return dice.choice(self.told) if self.told else None
            case "burden":
                lying = [one["id"] for burdens in self.burdens.values() for one in burdens]
                return dice.choice(lying) if lying else RIGHTS[0]
            case "listed":
                return self._likely(sorted(AT_FIRST[rule["catalogue"]]))
            case "listed_many":
                return dice.sample(sorted(AT_FIRST[rule["catalogue"]]), dice.randint(1, 2))
            case "impact":
                known = [one.id for one in self.case.impacts.values() if one.stands]
                return dice.choice(known) if known else RIGHTS[0]
            case "rights":
                # Of the second nobody has entered whose it is.
                few = self.calm and dice.random() < 0.7
                return (
                    self.told[:1]
                    if few
                    else dice.sample(self.told, dice.randint(min(1, len(self.told)), len(self.told)))
                )
            case "person":
                return self._person(rule["role"])
            case "people":
                return [self._person(rule["role"])]
            case "provider":
                return dice.choice(PROVIDERS)
            case "providers":
                return dice.sample(PROVIDERS, 1)
            case "panel":
                return dice.sample(PROVIDERS, dice.randint(1, len(PROVIDERS)))
            case "documents":
                kinds = rule.get("kinds")
                if kinds and not any(one.kind in kinds for one in self.case.documents.values()):
                    self.do(RegisterDocument("A paper", kinds[0]), self.clerk)
                return dice.sample(
                    [one.id for one in self.case.documents.values() if not kinds or one.kind in kinds], 1
                )
            case "tasks":
                return [task.id for task in self.case.open_tasks()][:1]
            case "items":
                day = (self.today + timedelta(days=dice.randint(-3, 60))).isoformat()
                return [{"what": "See to it.", "by": day}]
            case "owner":
                return OWNER
            case "organisation":
                return COMPANY
            case "rows":
                # Of owners one is on record, and is answered once.
                if any(column["type"] == "owner" for column in rule["fields"]):
                    return [self._row(rule, track)]
                rows = [self._row(rule, track) for _ in range(dice.randint(1, 3))]
                return [row for row in rows if row]
            case other:
                raise ValueError(f"no value for a {other}")

    def _row(self, rule: Mapping[str, Json], track: Track) -> dict[str, Json]:
        row: dict[str, Json] = {}
        for column in rule["fields"]:
            if ("when" not in column or row.get(column["when"][0]) in column["when"][1]) and (
                column["required"] or self.dice.random() < 0.5
            ):
                row[column["name"]] = self.value(column, track)
        return row

    def _likely(self, choices: list[str]) -> str:
        """Mostly the answer that lets a case go on."""
        good = [
            one
            for one in choices
            if one in ("none", "clear", "signed", "passed", "consent_on_file", "patent_licence", "plain", "free")
        ]
        return self.dice.choice(good if good and self.dice.random() < (0.97 if self.calm else 0.8) else choices)

    def _person(self, role: str) -> str:
        return self.dice.choice([one.person for one in PEOPLE if one.role == (role or "provider")])

    def _day(self, rule: Mapping[str, Json]) -> str:
        days = self.dice.randint(-20, 0) if rule["past"] else self.dice.randint(0, 200)
        if not rule["past"] and rule["name"].startswith(("effective", "from", "operating")):
            days = self.dice.randint(0, 5)
        if rule["name"].startswith(("expires", "valid_until")):
            days = self.dice.randint(201, 900)
        if rule["name"] == "holds_until":
            days = self.dice.randint(150, 340)
        return (self.today + timedelta(days=days)).isoformat()
