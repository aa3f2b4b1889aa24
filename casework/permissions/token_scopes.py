"""The scopes of people's tokens: what the program that has one may do in its person's name."""

from __future__ import annotations

from typing import Literal, get_args

TokenScope = Literal["read", "write", "import", "admin", "decide"]
TOKEN_SCOPES: tuple[TokenScope, ...] = get_args(TokenScope)
#: The scope of tokens that do what is sensitive: made, like every token, by somebody who has just proved who that is.
DECIDE: TokenScope = "decide"
