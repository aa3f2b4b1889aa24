"""Why something is refused with an account, a role, an invitation or an absence."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template
from casework.reasons.terms import ROLES, STATES

PROGRAMME_CODE = reason("people.programme_code", N_("must be 2 to 8 capital letters or digits"))
HELD_WITHIN = reason(
    "people.held_within",
    N_("must stand where it belongs: a provider's role in its organisation, any other in a programme"),
)
CLOSED_ACCOUNT = reason("people.closed_account", N_("has a closed account; reopen it first"))
DECIDES_HERE = reason(
    "people.decides_here", N_("is not for somebody who decides in cases of the programme in that time")
)
ROLE_HERE = template(
    "people.role_here", N_("is not for somebody with the role of %(role)s in the programme in that time"), role=ROLES
)
JUDGE_HERE = template(
    "people.judge_here",
    N_(
        "is not for somebody with the role of %(role)s in the programme in that time: whoever judges the work does none of it"
    ),
    role=ROLES,
)
OPEN_CASES = reason("people.open_cases", N_("is not for somebody who has open cases; hand them over first"))
ACCOUNT_CLOSED = reason("people.account_closed", N_("This account is closed. Reopen it first."))
HAS_PASSWORD = reason(
    "people.has_password",
    N_("This person has a password. A new one is set by a link of the sign-in page, or with two persons' help."),
)
ERASED_ACCOUNT = reason("people.erased_account", N_("This person was erased. Make a new account."))
ACCOUNT_OPEN = reason("people.account_open", N_("This account is open already."))
NO_ROLE_TO_ONESELF = reason(
    "people.no_role_to_oneself", N_("you cannot give yourself a role; ask another administrator.")
)
NO_END_OF_OWN = reason(
    "people.no_end_of_own", N_("you cannot end your own role; ask another lead or an administrator.")
)
NO_CLOSING_OF_OWN = reason(
    "people.no_closing_of_own", N_("You cannot close your own account; ask another administrator.")
)
OTHER_PROGRAMMES_TOO = reason(
    "people.other_programmes_too", N_("this person also works in a programme that is not yours.")
)
ROLE_ASKED_FOR = reason(
    "people.role_asked_for", N_("This role has been asked for already. Another person must agree to it first.")
)
OWN_REQUEST = reason("people.own_request", N_("you cannot agree to what you asked for, or to what is about you."))
IN_STATE = template("people.in_state", N_("it is %(state)s already."), state=STATES)
RECOVERY_ASKED_BY = reason(
    "people.recovery_asked_by", N_("administrators ask for this, and somebody else of the office agrees.")
)
NO_RECOVERY_OF_OWN = reason(
    "people.no_recovery_of_own", N_("you cannot ask for yourself; let another administrator ask.")
)
ANOTHER_AGREES = reason("people.another_agrees", N_("Another person must agree than the one who asked."))
NOT_OPEN = reason("people.not_open", N_("This is no longer open. Ask an administrator to start again."))
OTHER_ACCOUNT_SIGNED_IN = reason(
    "people.other_account_signed_in",
    N_("You are signed in with another account than the one that was invited. Sign out first."),
)
ROLE_ELSEWHERE = reason(
    "people.role_elsewhere",
    N_("You have a role elsewhere in Casework, so only an administrator can give you this one."),
)
OPEN_INVITATION = reason("people.open_invitation", N_("has an open invitation already; send that one again"))
INVITATION_OVER = reason("people.invitation_over", N_("This invitation was accepted or withdrawn. Make a new one."))
INVITATION_ACCEPTED = reason(
    "people.invitation_accepted", N_("This invitation was accepted. End the person's role instead.")
)
INVITED_BY = reason("people.invited_by", N_("only administrators and leads of providers invite people."))
OWN_INVITATION = reason("people.own_invitation", N_("is your own: you cannot give yourself a role"))
ROLE_ALREADY = reason("people.role_already", N_("belongs to somebody who has this role already"))
BELONGS_TO_CLOSED = reason("people.belongs_to_closed", N_("belongs to a closed account; reopen it first"))
TOO_MANY_INVITATIONS = reason(
    "people.too_many_invitations", N_("There were too many invitations within a day. Go on tomorrow.")
)
KEPT_BY_NONE = reason("people.kept_by_none", N_("stays empty: no programme keeps a provider of services"))
PROGRAMME_OR_ORGANISATION = reason(
    "people.programme_or_organisation", N_("needs a programme or an organisation, and only that")
)
ABSENCE_OVER = reason("people.absence_over", N_("it is over."))
WITHIN_A_YEAR = reason("people.within_a_year", N_("must lie within a year of the first day"))
NOTHING_TO_STAND_IN = reason("people.nothing_to_stand_in", N_("has no role here that somebody could stand in for"))
WORKS_HERE_TOO = reason("people.works_here_too", N_("must be somebody who works here too"))
NOT_ONESELF = reason("people.not_oneself", N_("must be somebody else: you cannot give yourself a role"))
AWAY_ALREADY = reason("people.away_already", N_("lies in a time for which the person is entered as away already"))
CIRCLE = template("people.circle", N_("would close a circle: %(line)s"))
LINE_TOO_LONG = template("people.line_too_long", N_("would make the line of substitutes too long: %(line)s"))

STAFF_CUT = reason(
    "people.staff_cut",
    N_("The file is empty, cut off or too large: its last line must end, and it needs rows. Nothing was changed."),
)
STAFF_NO_TABLE = reason(
    "people.staff_no_table", N_("The file cannot be read: it must be CSV in UTF-8, with commas. Nothing was changed.")
)
STAFF_COLUMNS = template(
    "people.staff_columns",
    N_(
        "The file needs the columns email, programme and role; name, language and left are read too. Its header says: %(line)s"
    ),
)
GROUPS_COLUMNS = template(
    "people.groups_columns",
    N_("The file needs the columns group and role; programme and organisation are read too. Its header says: %(line)s"),
)
STAFF_TOO_MANY = template(
    "people.staff_too_many",
    N_(
        "The file would end roles or accounts of %(count)s of %(most)s people. If that is meant, import it with --allow-many."
    ),
)
OTHERS_WRITE_FILE = reason(
    "people.others_write_file",
    N_(
        "Others may write this file, and so give and end roles: give it to root or to the user that runs Casework (chown), and let"
        " nobody else write it (chmod go-w). Nothing was changed."
    ),
)
BY_A_PERSON_ALONE = reason("people.by_a_person_alone", N_("is given by a person, never by a file or a group"))
LAST_HOLDER = template(
    "people.last_holder",
    N_("is the last one with the role of %(role)s in the programme; give somebody else that role first"),
    role=ROLES,
)
CELLS = reason("people.cells", N_("has another number of cells than the header"))
