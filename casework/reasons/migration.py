"""Why a running case does not move to another edition of its workflow, and why a plan for that cannot be made."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

# --- of a plan ---------------------------------------------------------------------------------------------------------

SAME = reason("migration.same", N_("Both are the same edition: nothing moves."))
OTHER_WORKFLOW = reason("migration.other_workflow", N_("These are editions of two workflows."))
SEALED = reason(
    "migration.sealed", N_("Mediations are sealed: each keeps the edition by which it began, and nobody counts them.")
)
NO_EDITION = template("migration.no_edition", N_("No edition of %(workflow)s has the number %(number)s."))
UNKNOWN = template("migration.unknown", N_("“%(name)s” stands in neither edition by that name."))
UNLIKE = template("migration.unlike", N_("“%(name)s” cannot become “%(target)s”: they are of different kinds."))
PLAN_CHANGED = reason(
    "migration.plan_changed", N_("The plan is not the one that you saw. Look at it again, and run that one.")
)

# --- of a case ---------------------------------------------------------------------------------------------------------

NOT_ON_IT = reason("migration.not_on_it", N_("Nothing of this case runs by the earlier edition."))
ALREADY = reason("migration.already", N_("The case runs by the later edition already."))
CLOSED = reason("migration.closed", N_("The case is closed."))
REMOVED = reason("migration.removed", N_("The contents of the case were removed."))
STATE_GONE = template(
    "migration.state_gone", N_("The later edition has no “%(state)s”, and the plan does not say what it becomes.")
)
STATE_UNLIKE = template("migration.state_unlike", N_("“%(state)s” is built otherwise in the later edition."))
PREVIOUS_GONE = template(
    "migration.previous_gone", N_("The case would go back from “%(state)s” to a step that the later edition lacks.")
)
MILESTONE = template(
    "migration.milestone", N_("The milestone “%(milestone)s” would be reached in one edition and not in the other.")
)
GUARD_NOT_ASKED = template(
    "migration.guard_not_asked",
    N_("“%(transition)s” was done here without “%(guard)s”, which the later edition asks for."),
)
FEWER_CHECKS = template(
    "migration.fewer_checks",
    N_("“%(transition)s” was done here without a paper or a second person that the later edition asks for."),
)
FOUR_EYES = template(
    "migration.four_eyes",
    N_("The later edition does not know “%(name)s”, which decides who may not do a later step."),
)
MOVES_BY_ITSELF = template(
    "migration.moves_by_itself", N_("The later edition would go on by itself with “%(transition)s”.")
)
TASK_GONE = template("migration.task_gone", N_("The task “%(task)s” is open, and the later edition does not know it."))
TASK_QUEUE = template("migration.task_queue", N_("“%(task)s” is done by others in the later edition."))
PROPOSAL = template(
    "migration.proposal", N_("“%(transition)s” waits for a second person, and is otherwise in the later edition.")
)
LINK = template("migration.link", N_("A party holds a link for “%(task)s”, which the later edition does not offer."))
TIMER_GONE = template(
    "migration.timer_gone", N_("A clock runs to “%(transition)s”, which the later edition does not have here.")
)
TIMER_NEW = template(
    "migration.timer_new", N_("The later edition has a clock to “%(transition)s” here, which never began.")
)
ANSWER = template("migration.answer", N_("What was answered to “%(field)s” is no answer in the later edition."))
REFERRAL_GONE = template(
    "migration.referral_gone", N_("“%(workflow)s” goes on beside, and the later edition does not open it.")
)

# --- of the way back ---------------------------------------------------------------------------------------------------

NOT_MOVED = reason("migration.not_moved", N_("The case was not moved by this plan, or has gone back already."))
WENT_ON = template(
    "migration.went_on", N_("The case has gone on by the later edition since: event %(seq)s could not have happened.")
)

# --- of a batch --------------------------------------------------------------------------------------------------------

NONE_PROPOSED = reason("migration.none_proposed", N_("No batch waits for a second person."))
OWN_PROPOSAL = reason(
    "migration.own_proposal", N_("You proposed this batch: somebody else agrees to it. You may take it back.")
)
UNDER_WAY = reason("migration.under_way", N_("A batch is being carried out. Propose the next one when it is done."))
NO_CASE = reason("migration.no_case", N_("Nothing is proposed: no case is left that this would be about."))
NOT_SO_NOW = reason("migration.not_so_now", N_("The batch does not stand so any more. Look at it again."))
NOT_REVERTED = reason(
    "migration.not_reverted",
    N_("Only a batch that has moved cases is taken back, once it has come to its end or was cancelled."),
)
FAILED = reason(
    "migration.failed",
    N_(
        "It could not be moved, by a fault of the software. The log of the worker says which; nothing of the case was changed."
    ),
)
