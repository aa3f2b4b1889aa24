"""Why somebody is not let in, or may not change how they get in."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

UNREADABLE = reason("auth.unreadable", N_("its answer cannot be read."))
TOO_LATE = reason("auth.too_late", N_("it was asked too long ago, or answered before."))
OTHER_SITE = reason("auth.other_site", N_("its answer does not fit this site."))
TOO_MANY_PASSKEYS = reason(
    "auth.too_many_passkeys", N_("there are as many passkeys as an account may have; remove one first")
)
NOT_OF_ACCOUNT = reason("auth.not_of_account", N_("it is not one of this account."))
COPY_REMOVE = reason(
    "auth.copy_remove", N_("there may be a copy of it, so it opens nothing any more; remove it and make a new one.")
)
COPY = reason("auth.copy", N_("its counter went back, so there may be a copy of it. It opens nothing any more."))
TOKEN_NO_PASSWORD = reason("auth.token_no_password", N_("a token changes no password; sign in, and change it there."))
GUESSED_FIRST = reason("auth.guessed_first", N_("is one of the passwords that are guessed first; choose another one"))
KNOWN_WORDS = reason("auth.known_words", N_("is made of words that anybody here would think of; choose another one"))
LAST_FACTOR = reason(
    "auth.last_factor",
    N_("Every account needs a second factor here, and this is your last one. Set up another one first."),
)
FACTOR_FIRST = reason(
    "auth.factor_first", N_("this account needs a second factor first: sign in on the pages and set it up there.")
)
CODE_NEEDED = reason(
    "auth.code_needed", N_("this account has a second factor: send the code of the app, or a recovery code, as `code`.")
)
TOKEN_NO_TOKENS = reason("auth.token_no_tokens", N_("a token makes no tokens; sign in, and make it there."))
NO_SUCH_SCOPES = template("auth.no_such_scopes", N_("has no %(scopes)s"))
DAYS_OF_DECIDING = template("auth.days_of_deciding", N_("must be at most %(most)s with the scope decide"))
NO_MAIL_SERVER = reason(
    "auth.no_mail_server",
    N_("No mail server is set up here. Two persons of the office let you in again: ask an administrator."),
)
