"""Why something is refused in a case, whatever it is about."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template
from casework.reasons.terms import ROLES, STATES_OF_EDITION

ROLE = reason("cases.role", N_("your role does not include it."))
ELSEWHERE = reason("cases.elsewhere", N_("the case is in another state."))
FOR_ROLES = template("cases.for_roles", N_("this is for %(roles)s."), roles=ROLES)
ACTION_FOR_ROLES = template("cases.action_for_roles", N_("“%(action)s” is for: %(roles)s."), roles=ROLES)
FOR_ROLES_THEMSELVES = template(
    "cases.for_roles_themselves", N_("this is for %(roles)s, in their own name."), roles=ROLES
)
STANDS_AT = template("cases.stands_at", N_("its state is “%(state)s”."), state=STATES_OF_EDITION)
NO_RIGHT_TO_NAME = reason(
    "cases.no_right_to_name",
    N_("it names a right, and so far you may read none here: ask the office for the consent of its owner."),
)
WAITS_FOR_SECOND = reason("cases.waits_for_second", N_("it waits for a second person already."))
MOVED_ON = reason("cases.moved_on", N_("the case has moved on."))
STANDS_STILL = reason("cases.stands_still", N_("the case is frozen until the stop is decided."))
CLOSED = reason("cases.closed", N_("the case is closed."))
INTEREST_DECLARED = reason("cases.interest_declared", N_("you have declared an interest in this case."))
MEDIATED = reason(
    "cases.mediated",
    N_(
        "whoever was a dispute officer of the programme, or worked for a "
        "provider that mediates, works on the cases that were opened after that."
    ),
)
ANOTHER_DECIDES = reason("cases.another_decides", N_("another person must decide this, not the one who asked for it."))
ANOTHER_THAN_BEFORE = reason(
    "cases.another_than_before", N_("another person must do this, not the one who did the step before.")
)
ANOTHER_THAN_PREPARED = reason(
    "cases.another_than_prepared", N_("another person must do this, not the one who prepared it.")
)
NOTHING_DUE = reason("cases.nothing_due", N_("nothing is due on this clock."))
NO_OWNER = reason("cases.no_owner", N_("nobody owns the case yet."))
ENDED = reason("cases.ended", N_("it has ended already."))
HAS_CASE = reason("cases.has_case", N_("this match has its case already."))
NO_SUCH_CASE = reason("cases.no_such_case", N_("is the number of no case of this programme that you see."))
LINK_TO_ITSELF = reason("cases.link_to_itself", N_("is the number of this case itself."))
LINKED_WAS_REMOVED = reason(
    "cases.linked_was_removed",
    N_(
        "The contents of the other case were removed under retention: it takes no link any more, and one that it has stays."
    ),
)
LINKED_ALREADY = template("cases.linked_already", N_("is linked with it already: %(number)s."))
MOST_LINKS = template("cases.most_links", N_("cannot be linked: %(number)s has %(most)s links, the most there can be."))
HAS_PARENT = template("cases.has_parent", N_("cannot be linked so: %(number)s has a parent case already, %(other)s."))
IS_DUPLICATE = template(
    "cases.is_duplicate", N_("cannot be linked so: %(number)s is marked as a duplicate of %(other)s.")
)
RING_OF_PARENTS = reason("cases.ring_of_parents", N_("cannot be linked so: a case would stand above itself."))
LINE_TOO_DEEP = template(
    "cases.line_too_deep", N_("cannot be linked so: more than %(most)s cases would stand one below another.")
)
IN_OTHER_HANDS = reason("cases.in_other_hands", N_("the case is in other hands already."))
DECLARED_INTEREST = reason("cases.declared_interest", N_("has declared an interest"))
NOT_OFFICER = reason("cases.not_officer", N_("is not an officer of this programme"))
MEDIATED_THEN = reason(
    "cases.mediated_then", N_("was one of those who mediate in this programme while the case was there")
)
NOT_A_FILTER = reason("cases.not_a_filter", N_("is not a filter"))
VIEW_NAMED_SO = template(
    "cases.view_named_so", N_("must be another: one of your saved views is called “%(name)s” already")
)
TOO_MANY_VIEWS = reason("cases.too_many_views", N_("You have as many saved views as possible. Delete one first."))
TOO_MANY_SHARED = template(
    "cases.too_many_shared",
    N_("has %(most)s shared views of this list, the most there can be: somebody must stop sharing one first"),
)
CORRECTED_BY = reason(
    "cases.corrected_by",
    N_(
        "only the person who wrote an answer can correct it while its step lasts; afterwards an officer of the case can."
    ),
)
NOTHING_DIFFERENT = reason("cases.nothing_different", N_("nothing in it is different."))
GUARD_NOT_ASKED_AGAIN = template("cases.guard_not_asked_again", N_("The condition “%(name)s” cannot be asked again."))
FOLLOWED = reason(
    "cases.followed",
    N_("Something else followed from this answer and stands: undo that by its own action, and do this one again."),
)
NOT_WORKED_OUT = reason("cases.not_worked_out", N_("What followed from this answer cannot be worked out again."))
TASKS_OPENED = reason(
    "cases.tasks_opened", N_("Tasks were opened by this answer: end those, or ask for the new ones, instead.")
)
DEADLINE_COUNTS = reason(
    "cases.deadline_counts", N_("A deadline that runs counts from this day: ask for more time instead.")
)
ITEMS_OPENED = reason(
    "cases.items_opened", N_("Tasks were opened for each item of this list: add or end those instead.")
)
NOBODY_OF_ROLE = template("cases.nobody_of_role", N_("names nobody who is %(role)s here"), role=ROLES)
NOBODY_HERE = reason("cases.nobody_here", N_("names nobody who is a member here"))
NO_SUCH_PROVIDER = reason("cases.no_such_provider", N_("names no organisation that takes such referrals"))
NO_SUCH_ORGANISATION = reason("cases.no_such_organisation", N_("names no organisation on record that can be a party"))
PAPER_MISSING = template("cases.paper_missing", N_("Not on file: %(paper)s."))
PAPER_EXPIRED = template("cases.paper_expired", N_("Expired on %(day)s: %(paper)s. Hand in one that is valid."))
PAPER_PENDING = template("cases.paper_pending", N_("Still being checked for harmful content: %(paper)s."))
PAPER_BLOCKED = template("cases.paper_blocked", N_("Blocked as harmful: %(paper)s. Hand in a clean file."))
APPLIED_FOR = template("cases.applied_for", N_("What was applied for: %(sum)s."))
NEXT_REPAYMENT = template("cases.next_repayment", N_("The next one is due on %(day)s."))
