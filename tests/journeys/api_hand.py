"""The hand that presses by the API: each step is learnt from what the server lists for whoever does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from casework.playbook.forms import Form, Rule, fill_form
from casework.playbook.hand import Do, Hand
from tests.journeys.client import Answer, Client

Json = Any


@dataclass(frozen=True)
class Chance:
    """An action that the server lists, and how it is fired."""

    action: Json
    revision: int
    operation: str
    path: Mapping[str, Any]
    #: What the body holds beside the form.
    more: Mapping[str, Json]


@dataclass
class ApiHand(Hand):
    """One case on the desks of several people. `names` says whom and what a script calls so, by id."""

    people: Mapping[str, Client]
    number: str
    names: Mapping[str, str] = field(default_factory=dict)
    keeper: str = "officer"
    _papers: list[str] = field(default_factory=list)

    # --- looking ---

    def look(self, who: str) -> Json:
        return self.people[who].ask("show_case", number=self.number).json

    @property
    def state(self) -> str:
        return str(self.look("auditor")["state"])

    def referral(self, who: str, service: str) -> Json:
        """The newest referral of a service in this case, as this person sees it."""
        client = self.people[who]
        for one in client.pages("list_referrals"):
            if one["case"] == self.number and one["kind"] == service:
                return client.ask("show_referral", referral=one["id"]).json
        raise LookupError(f"{who} has no referral for {service} in {self.number}")

    def history(self, who: str) -> list[Json]:
        return list(self.people[who].pages("list_case_events", {"limit": 50}, number=self.number))

    def chance(self, who: str, name: str) -> Chance:
        """What the server says of `workflow.transition` or `workflow:kind.transition`, of the newest such track."""
        where, _, transition = name.rpartition(".")
        workflow, _, kind = where.partition(":")
        tracks: list[Json]
        if self.people[who].is_outside:
            seen, tracks = self._seen_outside(who, workflow, kind)
        else:
            seen = self.look(who)
            tracks = seen["tracks"]
        fitting = {one["id"]: one for one in tracks if one["workflow"] == workflow and kind in ("", one["kind"])}
        listed = [one for one in seen["actions"] if one["transition"] == transition and one["track"] in fitting]
        if not listed:
            offered = sorted({one["transition"] for one in seen["actions"]})
            raise LookupError(f"{name} is not listed for {who} in {self.number}; there are {offered}")
        action = listed[-1]
        revision = fitting[action["track"]]["revision"]
        if self.people[who].is_outside:
            path = {"referral": seen["id"], "transition": transition}
            return Chance(action, revision, "fire_referral_transition", path, {"track": action["track"]})
        path = {"number": self.number, "track": action["track"], "transition": transition}
        return Chance(action, revision, "fire_case_transition", path, {})

    def _seen_outside(self, who: str, workflow: str, kind: str) -> tuple[Json, list[Json]]:
        # A service has the name of the referral that it is for.
        seen = self.referral(who, kind or workflow)
        return seen, [seen, *seen["service"]]

    # --- doing ---

    def do(self, who: str, what: str, about: str | None = None, /, **said: Json) -> None:
        """Press as a step of a script says it."""
        self.press(Do(who, what, said, about))

    def fire(self, who: str, action: str, said: Mapping[str, Json]) -> None:
        """Fire an action that is listed as possible."""
        chance = self.chance(who, action)
        if self._hand_in(who, chance.action["papers"]):
            chance = self.chance(who, action)
        assert chance.action["allowed"], (action, chance.action["why_not"])
        done = self.send(who, chance, self.fill(who, chance, said))
        assert done.json["revision"] > chance.revision
        assert done.headers["ETag"] == f'"{done.json["revision"]}"'

    def complete(self, who: str, task: str, about: str | None, said: Mapping[str, Json]) -> None:
        shown, data = self.task(who, task, about), dict(said)
        if shown["form"] is not None:
            data = fill_form(Form(task, shown["form"]), said, _Listed(self, who))
        done = self.people[who].ask("complete_task", task=shown["id"], body={"data": data}).json
        assert done["state"] == "Completed"

    def add(self, who: str, task: str, about: str | None) -> None:
        """Add a task that the server offers."""
        name = task.rpartition(".")[2]
        offers = [one for one in self.look(who)["requests"] if one["task"] == name]
        assert offers, f"{task} is not offered to {who}"
        body = {"task": name, "about": about}
        self.people[who].ask("add_case_task", number=self.number, track=offers[0]["track"], body=body)

    def fill(self, who: str, chance: Chance, said: Mapping[str, Json]) -> dict[str, Json]:
        """The form of an action, filled in by what was said, what the server knows, and what this person sees."""
        action = chance.action
        return fill_form(
            Form(action["transition"], action["form"], action.get("prefill", {})), said, _Listed(self, who)
        )

    def _hand_in(self, who: str, papers: list[Json]) -> list[str]:
        """The papers that an action asks for and that are missing; gives their ids."""
        missing = [one for one in papers if one["state"] != "there" and one["of"] is None]
        return [self.paper_of_kind(who, one["kind"], one["name"]) for one in missing]

    def paper_of_kind(self, who: str, kind: str, title: str) -> str:
        """Enter a paper: of the referral, by its provider; else of the case."""
        client, body = self.people[who], {"title": title, "kind": kind}
        if not client.is_outside:
            made = client.ask("register_document", number=self.number, revision=self.look(who)["revision"], body=body)
        else:
            mine = [one["id"] for one in client.pages("list_referrals") if one["case"] == self.number]
            made = client.ask("enter_referral_document", referral=mine[0], body=body)
        return str(made.json["id"])

    def send(self, who: str, chance: Chance, data: Mapping[str, Json], **headers: Json) -> Answer:
        """Fire, whether it is listed as possible or not."""
        body = {"data": dict(data), **chance.more}
        sent = {"revision": chance.revision, **headers}
        return self.people[who].ask(chance.operation, body=body, **chance.path, **sent)

    def task(self, who: str, name: str, about: str | None = None) -> Json:
        """A task of the name that this person sees, and whose day has come."""
        for one in self.look(who)["tasks"]:
            if (
                one["name"] == name
                and about in (None, one["about"])
                and one["type"] != "step"
                and one["state"] != "Created"
            ):
                return one
        raise LookupError(f"no task {name} for {about} in {self.number}")

    def paper(self) -> str:
        """A paper of the case; entered when it is first asked for."""
        if not self._papers:
            client = self.people[self.keeper]
            revision = self.look(self.keeper)["revision"]
            made = client.ask(
                "register_document", number=self.number, revision=revision, body={"title": "The file", "kind": "report"}
            )
            self._papers.append(made.json["id"])
        return self._papers[0]


@dataclass(frozen=True)
class _Listed:
    """Facts for a form: what the server lists for whoever fills it in."""

    hand: ApiHand
    who: str

    @property
    def client(self) -> Client:
        return self.hand.people[self.who]

    def day(self, days: int) -> str:
        return day(days)

    def named(self, kind: str, name: str) -> Sequence[str]:
        return [self.hand.names.get(name, name)]

    def choose(self, rule: Rule) -> Json:
        match rule["type"]:
            case "person":
                return self._person(rule.get("role", ""))
            case "provider":
                query = {"service": rule["service"]} if rule.get("service") else {}
                return next(self.client.pages("list_organisations", query))["id"]
            case "right":
                return self.hand.look(self.hand.keeper)["rights"][0]
            case "rights":
                return self.hand.look(self.hand.keeper)["rights"]
            case "impact":
                records = self.hand.look(self.hand.keeper)["impacts"]
                return [one["id"] for one in records if one["stands"] and one["level"] != "verified"][-1]
            case "documents":
                return self._documents(rule)
        raise LookupError(f"nothing ordinary for {rule}")

    def _person(self, role: str) -> str:
        if self.client.is_outside:
            return str(self.client.me["id"])
        for one in self.client.pages("list_people"):
            if any(held["role"] == role for held in one["memberships"]):
                return str(one["id"])
        raise LookupError(f"nobody is {role}")

    def _documents(self, rule: Rule) -> list[str]:
        if rule.get("kinds"):
            return [self._of_kind(rule["kinds"][0])]
        if not self.client.is_outside:
            return [self.hand.paper()]
        # A provider names what was shared with it.
        client = self.client
        mine = [one["id"] for one in client.pages("list_referrals") if one["case"] == self.hand.number]
        granted = [one["document"] for id in mine for one in client.ask("show_referral", referral=id).json["granted"]]
        assert granted, f"nothing was shared with {self.who}"
        return granted[:1]

    def _of_kind(self, kind: str) -> str:
        """The newest paper of a kind that this person sees, or a new one."""
        client = self.client
        if client.is_outside:
            mine = [one["id"] for one in client.pages("list_referrals") if one["case"] == self.hand.number]
            seen = [one for id in mine for one in client.ask("list_referral_documents", referral=id).json["items"]]
        else:
            seen = client.ask("list_case_documents", number=self.hand.number).json["items"]
        found = [one["id"] for one in seen if one["kind"] == kind]
        return str(found[-1]) if found else self.hand.paper_of_kind(self.who, kind, kind.replace("_", " "))


def day(days: int = 0) -> str:
    """So many days from today, in UTC: where the office is it may be a day later, never earlier."""
    today: date = datetime.now(UTC).date()
    return (today + timedelta(days=days)).isoformat()


def insist_whole(events: list[Json]) -> None:
    """Every event is bound to the one before it, and none is missing."""
    assert [one["seq"] for one in events] == list(range(1, len(events) + 1))
    assert [one["position"] for one in events] == [one["seq"] for one in events]
    assert len({one["hash"] for one in events}) == len(events)
    for before, after in zip(events, events[1:], strict=False):
        assert after["prev"] == before["hash"], f"event {after['seq']} is not bound to the one before it"
        assert after["at"] > before["at"]
