"""What each role gets from a route: a row of the tables of who may do what, on the pages and over the API.

`here` is what lies in the programme BJ, in the case that `officer` owns, and was asked of the organisation `lab`.
`there` is the same kind of thing in the programme SH, or asked of the organisation `bank`. `absent` exists nowhere.
Of each row: who is allowed, and who sees the thing but may not do this (403); for everybody else it does not exist
(404), in the same words whether it is there or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
Who = frozenset[str] | set[str]
#: From the names of things (and `here`, `there` or `absent`) to what is sent: well-formed, and as harmless as can be.
Body = Callable[[Mapping[str, str]], Json]

#: Everybody who asks. `other_officer` is an officer of the programme who is not in the case's team.
ROLES = (
    "anonymous", "officer", "other_officer", "foreign_officer", "supervisor", "compliance", "dispute_officer", "provider",
    "foreign_provider", "provider_lead", "verifier", "auditor", "manager", "observer", "administrator",
)  # fmt: skip
EVERYBODY = frozenset(ROLES) - {"anonymous"}

OFFICERS = frozenset({"officer", "other_officer"})
DECIDERS = OFFICERS | {"supervisor"}
READERS = DECIDERS | {"compliance", "auditor", "manager"}
LAB = frozenset({"provider", "provider_lead"})
LEAD = frozenset({"provider_lead"})
FOREIGN = frozenset({"foreign_officer"})
CLERKS = frozenset({"officer", "supervisor", "compliance"})
WRITERS = frozenset({"officer", "supervisor"}) | LAB
BANK = frozenset({"foreign_provider"})
#: Who leads an officers' task of the case.
LEADERS = frozenset({"officer", "supervisor"})
NOBODY: frozenset[str] = frozenset()
ADMINISTRATOR = frozenset({"administrator"})
DIRECTORY = READERS | FOREIGN | ADMINISTRATOR
#: Who agrees to an erasure.
AGREE = frozenset({"compliance", "manager"})
#: Who places legal holds and ends them, and who reads them.
HOLDERS = frozenset({"compliance", "supervisor"})
HOLD_READERS = HOLDERS | {"manager", "auditor"}
NO_ADMINISTRATOR = EVERYBODY - ADMINISTRATOR
#: Who looks after those who have lost the password or the second factor.
LETTING_IN = frozenset({"administrator", "supervisor", "compliance", "manager"})


@dataclass(frozen=True)
class Row:
    """One route, and what each role gets from it."""

    method: str
    #: As the server writes it, or as the API's documentation does: "/cases/<number>/map", "/cases/{number}/clocks".
    path: str
    allowed: Who
    refused: Who = NOBODY
    there: Who = NOBODY
    there_refused: Who = NOBODY
    absent: Who = NOBODY
    absent_refused: Who = NOBODY
    body: Body | None = None
    #: Which of the scene's things stands for a parameter of the path, where it is not the one of that name.
    things: Mapping[str, str] = field(default_factory=dict)
    #: The thing whose revision goes into If-Match: a track's or a case's; "stale" where the refusal comes later.
    if_match: str = ""
    #: A list: who finds `lists` of here in it.
    lists: str = ""
    finds: Who = NOBODY
    #: What those allowed get, where it is one certain status.
    status: int | None = None
    #: Of those allowed, who is sent on to a page of their own.
    moved: Who = NOBODY
    #: What follows the path.
    query: str = ""
    #: What it is about, where another row is of the same route about something else.
    about: str = ""
    #: For those who are not signed in, or have no token, too.
    open: bool = False
    #: A call of the API; else a page, or a form of one.
    api: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}" + "".join(
            f" ({told})" for told in (*self.things.values(), self.about) if told
        )

    @property
    def has_object(self) -> bool:
        # A call names things in its body besides. What is open to everybody is about nothing; guessing there is slowed down.
        return "<" in self.path or "{" in self.path or (self.api and self.body is not None and not self.open)

    @property
    def roles(self) -> set[str]:
        """Every role that it speaks of."""
        return set().union(
            self.allowed, self.refused, self.there, self.there_refused, self.absent, self.absent_refused, self.finds
        )

    def address(self, things: Mapping[str, str]) -> str:
        """The path with the things in it, and what follows."""
        filled = re.sub(r"[<{](\w+)[>}]", lambda match: things[self.things.get(match[1], match[1])], self.path)
        return filled + self.query

    def sent(self, things: Mapping[str, str]) -> Json:
        return self.body(things) if self.body else {}


def get(path: str, allowed: Who, refused: Who = NOBODY, **more: Any) -> Row:
    return Row("GET", path, allowed, refused, **({"status": 200} | more))


def post(path: str, allowed: Who, refused: Who = NOBODY, **more: Any) -> Row:
    return Row("POST", path, allowed, refused, **more)


def expected(row: Row, role: str, where: str) -> int | None:
    """Not signed in (401, or 303 to the sign-in), 403 or 404; None, or a certain refusal, for whoever is allowed."""
    if role == "anonymous" and not row.open:
        return 401 if row.api else 303
    place = "" if where == "here" or not row.has_object else where
    if role in getattr(row, place or "allowed"):
        return row.status if row.status and row.status >= 400 else None
    return 403 if role in getattr(row, f"{place}_refused" if place else "refused") else 404
