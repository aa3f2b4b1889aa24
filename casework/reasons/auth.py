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
PROVIDER_SILENT = reason(
    "auth.provider_silent",
    N_("The sign-in of your organisation does not answer. Try again in a minute, or sign in another way."),
)
PROVIDER_WRONG = reason(
    "auth.provider_wrong",
    N_(
        "The sign-in of your organisation gave an answer that cannot be trusted, so nothing was done. Try again; if that fails too, tell"
        " an administrator."
    ),
)
PROVIDER_REFUSED = reason(
    "auth.provider_refused",
    N_("The sign-in of your organisation did not let you in. Try again, or ask whoever looks after it."),
)
TRIP_LOST = reason(
    "auth.trip_lost",
    N_("That sign-in was begun in another browser or too long ago, or was answered before. Begin again."),
)
NOT_LINKED = reason(
    "auth.not_linked",
    N_(
        "No open account here belongs to that sign-in. If you have an account, sign in with your password and link it on the page Your"
        " account; otherwise ask an administrator to invite you."
    ),
)
CANNOT_LINK = reason(
    "auth.cannot_link",
    N_("That sign-in cannot be linked to this account. Remove the link that there is, or ask an administrator."),
)
EMAIL_NOT_INVITED = reason(
    "auth.email_not_invited",
    N_(
        "Your organisation has not confirmed that you own the e-mail address that was invited. Choose a password here instead, or ask"
        " whoever invited you."
    ),
)
LAST_WAY = reason(
    "auth.last_way",
    N_("You could not sign in any more: you have no password. Sign out and choose “You cannot sign in?” to set one."),
)
PROVES_NOTHING = reason(
    "auth.proves_nothing",
    N_("That sign-in does not prove anew that it is you. Sign in there once more as yourself, or confirm another way."),
)
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
