"""What was changed of an account, and of roles that decide, in the words of pages and mails."""

from __future__ import annotations

from collections.abc import Mapping

from casework.operations.auth import account_log
from casework.operations.core.register_log import GRANTED, ROLE_ASKED, ROLE_REFUSED


def N_(words: str) -> str:
    """Marks words for the catalogue that are translated where they are shown."""
    return words


#: By what happened, a whole sentence to the owner of the account.
SAYS: Mapping[str, str] = {
    account_log.PASSWORD_CHANGED: N_("Your password was changed. Every other session and every token has ended."),
    account_log.PASSWORD_SET: N_(
        "A password was set for your account by a link. Every session and every token has ended."
    ),
    account_log.LINK_SENT: N_("A link to set a new password was asked for and mailed to you."),
    account_log.APP_SET_UP: N_("An app for one-time codes was set up for your account."),
    account_log.APP_REMOVED: N_("The app for one-time codes was removed from your account."),
    account_log.CODES_MADE: N_("New recovery codes were made. The earlier ones no longer work."),
    account_log.PASSKEY_MADE: N_("A passkey was made for your account."),
    account_log.PASSKEY_REMOVED: N_("A passkey was removed from your account."),
    account_log.TOKEN_MADE: N_("A token was made; a program can act for you with it."),
    account_log.SESSIONS_ENDED: N_("An administrator has ended all your sessions and tokens. Sign in again."),
    account_log.NEW_BROWSER: N_("Somebody has signed in to your account with a browser that was not used before."),
    account_log.CODES_MISSED: N_(
        "Somebody knew your password and gave several wrong codes. They did not get in. Change your password."
    ),
    account_log.RECOVERY_ASKED: N_(
        "An administrator asked for you to sign in again because you lost your password or second factor."
    ),
    account_log.RECOVERY_AGREED: N_(
        "Two persons agreed that you may sign in again. Each tells you one half of a code."
    ),
    account_log.RECOVERY_REFUSED: N_("The second person did not agree that you may sign in again."),
    account_log.RECOVERED: N_(
        "Your account was opened with the code of two persons. What you had lost was taken out of it."
    ),
    account_log.ROLE_GIVEN: N_("You were given a role."),
    account_log.ROLE_ENDED: N_("A role of yours has ended. Every session and every token has ended with it."),
    account_log.CLOSED: N_("Your account was closed."),
    account_log.REOPENED: N_("Your account was reopened. Set a new password with the link you get."),
    account_log.IDENTITY_LINKED: N_(
        "Your account was linked to an account of your organisation. You can sign in with it."
    ),
    account_log.IDENTITY_REMOVED: N_(
        "The link to an account of your organisation was removed. It no longer signs you in."
    ),
}

#: By the kind of the event in a programme's log, a whole sentence to those who look after it. Who it is about stands on the page.
ROLE_SAYS: Mapping[str, str] = {
    ROLE_ASKED: N_("A role that can read cases or decide was requested. It waits for a second person."),
    GRANTED: N_("A role that can read cases or decide was agreed to and given."),
    ROLE_REFUSED: N_("A role that can read cases or decide was refused."),
}

__all__ = ["ROLE_SAYS", "SAYS"]
