"""What an outsider asks of two worlds: every address, every form and every call, by the tables of who may do what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from casework.api import PREFIX
from tests.security import authorization_api as api
from tests.security.authorization_rows import ROLES, Row
from tests.security.authorization_web import TABLE
from tests.support.scene import Things

Json = Any

PEOPLE = frozenset(ROLES) - {"anonymous"}
#: What is said in secret; a word that stands nowhere else.
WORDS = "Quicksilver"
#: "hidden" is what is absent in the first world, and in the second one what only the secret has brought about.
WHERE = ("here", "there", "hidden")
_NOWHERE = "00000000-0000-4000-8000-000000000000"


_LEAVING = (
    "/sign-out",
    "/sign-in",
    "/account/sessions",
    "/password",
    "/sessions/end",
    "/tokens/end-all",
    "/me/password",
    "/account/tokens/end-all",
)


@dataclass(frozen=True)
class Act:
    """A form of the pages, or a call of the API, as somebody sends it."""

    path: str
    body: Json = None
    #: A thing whose track's revision goes into If-Match, or "stale".
    if_match: str = ""

    @property
    def leaves(self) -> bool:
        """Afterwards one is perhaps not signed in any more, or signed in otherwise."""
        return self.path.removeprefix(PREFIX).startswith(_LEAVING)


#: A secret of one's own that is made anew each time, and what draws lots unless a seed is named.
_OWN = frozenset({"/account/second-factor", "/account/second-factor/codes", "/sample"})
#: What may have changed since one looked last: lists, counts, dates, what one was told, and what happens by itself.
LIVELY = (
    "/", "/queues", "/agenda", "/done", "/decisions", "/team", "/case-hygiene", "/away", "/notifications", "/referrals/working",
    "/referrals/delivered", "/providers", "/members", "/erasures", "/invitations", "/mediations", "/cases", "/cases.csv", "/matches",
    "/audit", "/findings", "/reading", "/recoveries", "/roles", "/administration/calendars", "/administration/jobs",
    "/administration/mails", "/administration/people", "/cases/<number>", "/cases/<number>/history", "/cases/<number>/clocks",
    "/referrals/<referral>", "/search?q=20", "/legal-holds",
    "/retention?by=2199-01-01", f"/search?q={WORDS}", f"/cases?words={WORDS}", "/cases?waits=provider",
    *(f"{PREFIX}/{one}" for one in (
        "cases", "cases/<number>", "cases/<number>/clocks", "cases/<number>/events", "tasks", "agenda", "notifications", "mentions",
        "referrals", "referrals/<referral>", "mediations", "unsealings", "jobs", "mails", "findings", "absences/work", "readings",
        "case-hygiene", "queues/allocation", "programmes", "people", "role-requests", "recoveries", "search?words=20",
    )),
)  # fmt: skip
#: One's own things, which have no rows in the table of the pages.
_OWN_FORMS: Mapping[str, Mapping[str, str]] = {
    "/account/preferences": {"language": "en", "zone": "Asia/Shanghai"}, "/drafts": {"form": "note", "f-words": "Half a"},
    "/programme": {"programme": "all"}, "/account/tokens": {"name": "one more", "scope": "read"},
    "/password-reset": {"email": "nobody@example.org"},
}  # fmt: skip
_ROWS: tuple[Row, ...] = (*TABLE, *api.TABLE)


@dataclass(frozen=True)
class Questions:
    """What a role asks: of things of here, of those of elsewhere that the tables say something of to the role, and of those that
    the secret has brought about. `whole`: of all of them, whatever the tables say, and of what is nowhere too."""

    app: Flask
    things: Things
    #: What the secret has brought about.
    hidden: frozenset[str]
    whole: bool = False

    def addresses(self, role: str) -> list[str]:
        """Every address that can be opened; and some searches."""
        rules = [one.rule for one in self.app.url_map.iter_rules() if _asks(one, "GET") and one.rule not in _OWN]
        more = (
            "/search?q=mediation",
            "/cases/<number>/history?only=messages",
            "/cases?phase=none",
            "/sample?seed=1234abcd",
            f"{PREFIX}/cases?words={WORDS}",
            f"{PREFIX}/sample?seed=1234abcd",
        )
        asked = [
            (where, fill(rule, self.things[where]))
            for rule in (*rules, *LIVELY, *more)
            for where in self._where(role, rule)
        ]
        # And those of which a table says which thing stands in them.
        asked += [
            (where, _address(row, self.things[where]))
            for row in _ROWS
            if row.method == "GET"
            for where in self._wanted(role, row)
            if row.path not in _OWN
        ]
        return list(dict.fromkeys(path for where, path in asked if self._worth(where, path)))

    def lively(self) -> list[str]:
        return list(dict.fromkeys(fill(rule, self.things["here"]) for rule in LIVELY))

    def acts(self, role: str) -> list[Act]:
        """Every form of the pages and every call of the API; last those after which one is somebody else."""
        made, known = [], {row.path for row in TABLE if row.method == "POST"}
        for row in _ROWS:
            if row.method == "GET":
                continue
            for where in self._wanted(role, row):
                on = self.things[where]
                made.append((where, Act(_address(row, on), row.sent(on), on.get(row.if_match, row.if_match))))
        for rule in self.app.url_map.iter_rules():
            if (
                _asks(rule, "POST")
                and not rule.rule.startswith(PREFIX)
                and _plain(rule.rule) not in known
                and rule.rule not in _OWN
            ):
                made += [
                    (where, Act(fill(rule.rule, self.things[where]), dict(_OWN_FORMS.get(rule.rule, {}))))
                    for where in WHERE
                ]
        worth = {(one.path, str(one.body)): one for where, one in made if self._worth(where, f"{one.path} {one.body}")}
        return sorted(
            worth.values(),
            key=lambda one: (one.leaves, one.leaves and (one.path == "/sign-out" or one.path.startswith(PREFIX))),
        )

    def _where(self, role: str, rule: str) -> Sequence[str]:
        rows = [row for row in _ROWS if row.method == "GET" and _path(row) == _plain(rule)]
        return sorted({where for row in rows for where in self._wanted(role, row)}) if rows else WHERE

    def _wanted(self, role: str, row: Row) -> Sequence[str]:
        return WHERE if self.whole or role in {*row.there, *row.there_refused} else ("here", "hidden")

    def _worth(self, where: str, asked: str) -> bool:
        """What is absent in both worlds tells the two apart in none."""
        return self.whole or where != "hidden" or any(one in asked for one in self.hidden)


def _path(row: Row) -> str:
    return PREFIX + re.sub(r"\{(\w+)\}", r"<\1>", row.path) if row.api else row.path


def _address(row: Row, on: Mapping[str, str]) -> str:
    return (PREFIX if row.api else "") + row.address(on)


def _plain(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule)


def _asks(rule: Rule, method: str) -> bool:
    return method in (rule.methods or ()) and rule.endpoint != "static"


def fill(rule: str, things: Mapping[str, str]) -> str:
    return re.sub(r"<([^>]+)>", lambda found: things.get(found[1].rpartition(":")[2], _NOWHERE), rule)
