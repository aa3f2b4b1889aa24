"""Why something is refused with a task."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template
from casework.reasons.terms import HANDS, ROLES, TASK_STATES

IN_QUEUE = template("tasks.in_queue", N_("the task is in the queue of: %(queue)s."), queue=ROLES)
IN_STATE = template("tasks.in_state", N_("the task is: %(state)s."), state=TASK_STATES)
FOR_HANDS = template("tasks.for_hands", N_("“%(action)s” is for: %(whom)s."), whom=HANDS)
ENDS_BY_STEP = reason("tasks.ends_by_step", N_("it ends with an action of its step."))
ENDS_BY_DECISION = reason("tasks.ends_by_decision", N_("it ends with the decision."))
NO_CHECKLIST = reason("tasks.no_checklist", N_("a decision has no checklist."))
OWN_WORD = reason("tasks.own_word", N_("a decision is personal: return it to the queue, or forward it."))
UNDER_REVIEW = reason("tasks.under_review", N_("you were asked to review it: approve it, or ask for changes."))
DELEGATED = reason("tasks.delegated", N_("it was delegated to you: finish it, and it goes back to be accepted."))
NEEDED = reason("tasks.needed", N_("the case needs its result."))
SO_ALREADY = reason("tasks.so_already", N_("it is like this already."))
CHECKLIST_FULL = reason("tasks.checklist_full", N_("the checklist is full."))
NOT_HOLDER = reason("tasks.not_holder", N_("that person does not hold the task."))
NOT_DELEGATED = reason("tasks.not_delegated", N_("it was not delegated to you."))
HAS_IT = reason("tasks.has_it", N_("that person has the task already."))
NO_RULE = reason("tasks.no_rule", N_("no rule gives this task to a person."))
PRIORITY_ALREADY = reason("tasks.priority_already", N_("the task has this priority already."))
NOT_ASKED_HERE = reason("tasks.not_asked_here", N_("it is not asked for at this step."))
OPEN_ALREADY = reason("tasks.open_already", N_("one is open already."))
BEING_REVIEWED = reason("tasks.being_reviewed", N_("it is being reviewed: approve it, or ask for changes."))
OTHERS_APPROVED = reason("tasks.others_approved", N_("other answers were approved: ask for a review of these."))
SIDE_TASKS_ONLY = reason("tasks.side_tasks_only", N_("only the person who finishes a side task asks for a review."))
NOT_ASKED_TO_REVIEW = reason("tasks.not_asked_to_review", N_("you were not asked to review it."))
ASKER_GONE = reason("tasks.asker_gone", N_("the person who asked for the review no longer works on the task."))
NO_REVIEWER = reason(
    "tasks.no_reviewer",
    N_("cannot review it: choose another person who works this queue or leads it, and does not act for whoever asks"),
)
NOT_IN_QUEUE = reason("tasks.not_in_queue", N_("does not work this queue in this case"))
CANDIDATES_FOR = reason("tasks.candidates_for", N_("only those who may hand the task on see who could have it next."))
OWN_FORM = reason("tasks.own_form", N_("It has its own form: open the task to fill it in."))
