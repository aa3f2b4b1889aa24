"""Why a person is not erased, or not yet."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

ACCOUNT_OPEN = reason(
    "privacy.account_open", N_("The account is open. Close it first: then nobody acts under the name any more.")
)
OPEN_CASES = template(
    "privacy.open_cases",
    N_("%(programme)s: %(count)s open cases are in this person's hands, until they are handed over or closed."),
)
OPEN_FINDINGS = template(
    "privacy.open_findings", N_("%(programme)s: %(count)s findings of the audit are open, until they are closed.")
)
RECORDS_UNTIL = template(
    "privacy.records_until",
    N_("%(programme)s: %(count)s records of financing name this person, until %(until)s at least."),
)
RECORDS_FOR = template(
    "privacy.records_for",
    N_("%(programme)s: %(count)s records of financing name this person, until %(years)s years after they are closed."),
)
HELD = template(
    "privacy.held", N_("%(programme)s: %(count)s cases under a legal hold name this person, until it ends.")
)
REQUIRED_WITHOUT_ACCOUNT = reason("privacy.required_without_account", N_("enter it: the person has no account"))
NOT_ONESELF = reason("privacy.not_oneself", N_("you cannot ask for your own erasure; ask another administrator."))
UNDER_WAY = reason("privacy.under_way", N_("An erasure of this person is under way already."))
ERASED = reason("privacy.erased", N_("this person has been erased already."))
NO_NAME = reason("privacy.no_name", N_("has a character that no name has, or is too long"))
TOO_SHORT = reason("privacy.too_short", N_("has a word so short that it would be found in other words"))
