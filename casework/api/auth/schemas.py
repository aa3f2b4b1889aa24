"""The schemas of accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line
from casework.json_values import JsonObject
from casework.permissions.token_scopes import TOKEN_SCOPES, TokenScope


class NewToken(Body):
    name: Line
    scopes: Annotated[list[TokenScope], Field(min_length=1, max_length=len(TOKEN_SCOPES))]
    days: Annotated[int, Field(ge=1, le=366, description="Days until it expires; with the scope decide at most 30")] = (
        90
    )


class SigningIn(Body):
    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=256)]
    code: Annotated[
        str | None,
        Field(
            max_length=100,
            description="Of the app for codes, or a recovery code; where the account has a second factor",
        ),
    ] = None


class NewPassword(Body):
    present: Annotated[str, Field(min_length=1, max_length=256)]
    password: Annotated[
        str, Field(min_length=1, max_length=256, description="At least 15 characters, or 12 with a second factor")
    ]


class Resetting(Body):
    email: Annotated[str, Field(min_length=1, max_length=254)]


class ByLink(Body):
    secret: Annotated[str, Field(min_length=1, max_length=200, description="What follows the sign # in the link")]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Sure(Body):
    sure: Annotated[bool, Field(description="Must be true: this ends a great deal at once")] = False


class Asked(Answer):
    asked: bool


class Changed(Answer):
    changed: bool
    id: str | None = None


class Ended(Answer):
    ended: Annotated[int, Field(description="How many ended; for everybody, of how many people")]


class Role(Answer):
    role: str
    programme: str | None = None
    organisation: str | None = None
    deputy_for: str | None = None
    ends_at: str | None = None


class Me(Answer):
    id: str
    name: str
    language: str | None = None
    roles: list[Role]
    scopes: list[str]


class Token(Answer):
    id: str
    name: str
    scopes: list[str]
    created_at: str | None = None
    expires_at: str | None = None
    revoked_at: str | None = None
    used_at: Annotated[str | None, Field(description="The last use, to within five minutes")] = None
    live: bool | None = None
    token: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class TokenPage(Answer):
    items: list[Token]
    next: str | None = None


class Session(Answer):
    id: str
    person: str | None = None
    created_at: str | None = None
    seen_at: str | None = None
    expires_at: str
    about: Annotated[JsonObject | None, Field(description="Browser and address, as they said")] = None
    token: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class SessionPage(Answer):
    items: list[Session]
    next: str | None = None
