"""A client that knows only the OpenAPI document: it reads it from the server, and learns from each answer what may be
done next. Nothing of Casework is imported here.

Every request goes to an operation that the document has, with the headers that it declares; every body sent and every
answer that comes is checked against its schemas.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

Json = Any

DOCUMENT = "/api/v1/openapi.json"
PROBLEM = "application/problem+json"
_HERE = "urn:openapi"


# --- the document ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """One row of the document."""

    id: str
    method: str
    path: str
    content: Mapping[str, Json]

    def parameters(self, place: str) -> dict[str, Json]:
        return {one["name"]: one for one in self.content["parameters"] if one["in"] == place}


class Document:
    """What the server says of itself."""

    def __init__(self, base: str) -> None:
        found = requests.get(base + DOCUMENT, timeout=30)
        found.raise_for_status()
        self.content: Json = found.json()
        self.root = base + self.content["servers"][0]["url"]
        self.operations = {
            one["operationId"]: Operation(one["operationId"], method.upper(), path, one)
            for path, methods in self.content["paths"].items()
            for method, one in methods.items()
        }
        registry: Registry[Json] = Registry()
        self._registry = registry.with_resource(_HERE, DRAFT202012.create_resource(self.content))
        #: How often each operation was asked, and with which status it answered.
        self.asked: Counter[tuple[str, int]] = Counter()
        #: What the server told without having declared it.
        self.beyond: set[str] = set()

    def insist(self, value: Json, schema: Mapping[str, Json], about: str) -> None:
        """Raises AssertionError where the value is not as the schema says."""
        pointed = {"$ref": _HERE + schema["$ref"]} if "$ref" in schema else schema
        checker = Draft202012Validator(pointed, registry=self._registry, format_checker=FormatChecker())
        faults = [f"{one.json_path}: {one.message}" for one in checker.iter_errors(value)]
        assert not faults, f"{about} is not as the document says: {faults}"

    def undeclared(self, value: Json, schema: Json) -> set[str]:
        """Fields of an answer that its schema leaves out; what holds anything at all has none."""
        while "$ref" in schema:
            schema = self.content["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if "anyOf" in schema:
            options = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return self.undeclared(value, options[0]) if value is not None and len(options) == 1 else set()
        if isinstance(value, list):
            return {name for one in value for name in self.undeclared(one, schema.get("items", {}))}
        if not isinstance(value, dict) or "properties" not in schema:
            return set()
        known = schema["properties"]
        beyond = {f"{schema.get('title')}.{name}" for name in value.keys() - known.keys()}
        return beyond | {
            name for key in value.keys() & known.keys() for name in self.undeclared(value[key], known[key])
        }

    def response(self, operation: Operation, status: int) -> Json:
        """What the document says of an answer. Raises AssertionError for a status that it does not know."""
        known = operation.content["responses"]
        assert str(status) in known, f"{operation.id} answers {status}, which the document does not know"
        found = known[str(status)]
        return self.content["components"]["responses"][found["$ref"].rsplit("/", 1)[1]] if "$ref" in found else found


# --- one person's client ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    status: int
    json: Json
    headers: Mapping[str, str]


class RefusedError(Exception):
    """The server refused, with a problem."""

    def __init__(self, operation: str, answer: Answer) -> None:
        self.answer = answer
        super().__init__(f"{operation}: {answer.status} {answer.json}")


class Client:
    """Asks with one person's token, or with none."""

    def __init__(self, document: Document, token: str | None = None) -> None:
        self.document = document
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"
        self._me: Json = None

    def ask(
        self,
        operation: str,
        /,
        *,
        body: Json = None,
        query: Mapping[str, Json] | None = None,
        revision: int | None = None,
        key: str | None = None,
        without: Collection[str] = (),
        **path: Any,
    ) -> Answer:
        """Ask for an operation by its id. Headers are those that it declares, `without` some of them on purpose."""
        document, one = self.document, self.document.operations[operation]
        assert set(path) == set(one.parameters("path")), (operation, path)
        assert set(query or {}) <= set(one.parameters("query")), (operation, query)
        headers = {name: value for name, value in self._headers(one, key, revision).items() if name not in without}
        if body is not None:
            document.insist(
                body, one.content["requestBody"]["content"]["application/json"]["schema"], f"sent to {operation}"
            )
        else:
            assert not one.content.get("requestBody", {}).get("required"), f"{operation} needs a body"
        url = document.root + one.path.format(**path)
        got = self.session.request(one.method, url, params=query, json=body, headers=headers, timeout=60)
        document.asked[operation, got.status_code] += 1
        answer = Answer(got.status_code, got.json(), got.headers)
        told = document.response(one, got.status_code)
        mimetype = got.headers["Content-Type"].split(";")[0]
        schema = told["content"][mimetype]["schema"]
        document.insist(answer.json, schema, f"{operation}'s {got.status_code}")
        document.beyond |= document.undeclared(answer.json, schema)
        if got.status_code >= 400:
            assert mimetype == PROBLEM
            assert answer.json["status"] == got.status_code
            raise RefusedError(operation, answer)
        return answer

    def _headers(self, one: Operation, key: str | None, revision: int | None) -> dict[str, str]:
        made = {}
        for name, rule in one.parameters("header").items():
            value = {"Idempotency-Key": key or str(uuid.uuid4()), "If-Match": f'"{revision}"'}[name]
            self.document.insist(value, rule["schema"], name)
            made[name] = value
        return made

    def pages(self, operation: str, /, query: Mapping[str, Json] | None = None, **path: Any) -> Iterator[Json]:
        """Every item of a list."""
        cursor: dict[str, Json] = {}
        while True:
            page = self.ask(operation, query={**(query or {}), **cursor}, **path).json
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}

    @property
    def me(self) -> Json:
        if self._me is None:
            self._me = self.ask("show_me").json
        return self._me

    @property
    def is_outside(self) -> bool:
        """Whether this person works for a provider, and so sees referrals and not cases."""
        return any(one.get("organisation") for one in self.me["roles"])


# --- a case ----------------------------------------------------------------------------------------------------------

#: Days from today where a form only says that it wants a day.
_DAYS = {
    "baseline_from": -60, "baseline_to": -1, "period_from": -60, "period_to": -1, "expires_on": 700, "valid_until": 700,
}  # fmt: skip


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
class Desk:
    """One case on the desks of several people; each step is learnt from what the server lists for whoever does it."""

    people: Mapping[str, Client]
    number: str
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

    def fire(self, who: str, name: str, /, **said: Json) -> Json:
        """Fire an action that is listed as possible; gives what came of it."""
        chance = self.chance(who, name)
        if self._hand_in(who, chance.action["papers"]):
            chance = self.chance(who, name)
        assert chance.action["allowed"], (name, chance.action["why_not"])
        done = self.send(who, chance, self.fill(who, chance.action["form"], chance.action.get("prefill", {}), said))
        assert done.json["revision"] > chance.revision
        assert done.headers["ETag"] == f'"{done.json["revision"]}"'
        return done.json

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
        """An open task of the name that this person sees."""
        for one in self.look(who)["tasks"]:
            if one["name"] == name and about in (None, one["about"]) and one["type"] != "step":
                return one
        raise LookupError(f"no task {name} for {about} in {self.number}")

    def complete(self, who: str, name: str, about: str | None = None, /, **said: Json) -> Json:
        task = self.task(who, name, about)
        data = said if task["form"] is None else self.fill(who, task["form"], {}, said)
        done = self.people[who].ask("complete_task", task=task["id"], body={"data": data}).json
        assert done["state"] == "Completed"
        return done

    def add(self, who: str, name: str, about: str | None = None) -> Json:
        """Add a task that the server offers."""
        offers = [one for one in self.look(who)["requests"] if one["task"] == name]
        assert offers, f"{name} is not offered to {who}"
        body = {"task": name, "about": about}
        return self.people[who].ask("add_case_task", number=self.number, track=offers[0]["track"], body=body).json

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

    # --- forms ---

    def fill(self, who: str, form: list[Json], known: Mapping[str, Json], said: Mapping[str, Json]) -> dict[str, Json]:
        """A form as its rules want it: what was said, else what is known, else something ordinary where it must be.

        A day may be said as a number of days from today; what is said as True and is no yes is something ordinary.
        """
        assert set(said) <= {one["name"] for one in form}, (said, form)
        data: dict[str, Json] = {}
        for rule in form:
            name = rule["name"]
            if rule["type"] == "provider":
                # A form about one service asks for a provider of that one.
                rule = {**rule, "service": rule.get("service") or data.get("service")}
            if rule.get("when") and data.get(rule["when"][0]) not in rule["when"][1]:
                continue
            if name in said:
                data[name] = self._said(who, rule, said[name])
            elif name in known:
                data[name] = known[name]
            elif rule["required"]:
                data[name] = self._ordinary(who, rule)
        return data

    def _said(self, who: str, rule: Json, value: Json) -> Json:
        if rule["type"] == "yes_no":
            return value
        if value is True:
            return self._ordinary(who, rule)
        if rule["type"] == "date" and isinstance(value, int):
            return day(value)
        if rule["type"] == "provider":
            return self._organisation(who, rule, value)
        return value

    def _ordinary(self, who: str, rule: Json) -> Json:
        match rule["type"]:
            case "text" | "note":
                return "As filed."
            case "number":
                return rule.get("min") or "1"
            case "money":
                return {"amount": "100000.00", "currency": "CNY"}
            case "date":
                return day(_DAYS.get(rule["name"], 60 if rule.get("future") else 0))
            case "choice":
                return rule["choices"][0]
            case "many":
                return rule["choices"][:1]
            case "yes_no":
                # Nobody says yes for the parties unless it was said, or nothing else will do.
                return bool(rule.get("must"))
            case "party":
                return "need_owner"
            case "person":
                return self._person(who, rule.get("role", ""))
            case "provider":
                return self._organisation(who, rule)
            case "documents":
                return self._documents(who, rule)
            case "items":
                return [{"what": "As agreed.", "by": day(30)}]
        raise LookupError(f"nothing ordinary for {rule}")

    def _person(self, who: str, role: str) -> str:
        client = self.people[who]
        if client.is_outside:
            return str(client.me["id"])
        for one in client.pages("list_people"):
            if any(held["role"] == role for held in one["memberships"]):
                return str(one["id"])
        raise LookupError(f"nobody is {role}")

    def _organisation(self, who: str, rule: Json, name: str | None = None) -> str:
        query = {"service": rule["service"]} if rule.get("service") else {}
        found = [one for one in self.people[who].pages("list_organisations", query) if name in (None, one["name"])]
        assert found, (rule, name)
        return str(found[0]["id"])

    def _documents(self, who: str, rule: Json) -> list[str]:
        if rule.get("kinds"):
            return [self._of_kind(who, rule["kinds"][0])]
        if not self.people[who].is_outside:
            return [self.paper()]
        # A provider names what was shared with it.
        client = self.people[who]
        mine = [one["id"] for one in client.pages("list_referrals") if one["case"] == self.number]
        granted = [one["document"] for id in mine for one in client.ask("show_referral", referral=id).json["granted"]]
        assert granted, f"nothing was shared with {who}"
        return granted[:1]

    def _of_kind(self, who: str, kind: str) -> str:
        """The newest paper of a kind that this person sees, or a new one."""
        client = self.people[who]
        if client.is_outside:
            mine = [one["id"] for one in client.pages("list_referrals") if one["case"] == self.number]
            seen = [one for id in mine for one in client.ask("list_referral_documents", referral=id).json["items"]]
        else:
            seen = client.ask("list_case_documents", number=self.number).json["items"]
        found = [one["id"] for one in seen if one["kind"] == kind]
        return str(found[-1]) if found else self.paper_of_kind(who, kind, kind.replace("_", " "))


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
