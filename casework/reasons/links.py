"""Why something is refused with a one-time link of a party."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NOT_BY_LINK = reason("links.not_by_link", N_("this task is answered by people of the office alone."))
NOT_OPEN = reason("links.not_open", N_("the task is not open."))
NOT_YET = reason("links.not_yet", N_("the task has not begun."))
IN_REVIEW = reason("links.in_review", N_("somebody is preparing or reviewing the answer: let them finish first."))
TICK_FIRST = reason("links.tick_first", N_("its checklist asks for something first, which a link cannot tick."))
OVER = reason("links.over", N_("the link was used, has ended or was withdrawn."))
NO_SUCH_PARTY = reason("links.no_such_party", N_("is not the party that the task is about"))
NOT_THEIRS = reason(
    "links.not_theirs", N_("names what this party may not see by a link: another party's, or a file without a version")
)
NOT_OFFERED = reason("links.not_offered", N_("names what the link does not show"))
TICK_ONE = reason(
    "links.tick_one", N_("tick at least one: your answer holds for those that you tick, and for nobody else")
)
ASKED_ALREADY = reason("links.asked_already", N_("the party has a link for it that still works: wait for its answer."))
NOBODY_TO_MAIL = reason(
    "links.nobody_to_mail", N_("nobody of the party has a mail address on record: write one down first.")
)
TOO_MANY = reason("links.too_many", N_("Too many links were mailed for this case within a day. Try again tomorrow."))
MOST_FILES = template("links.most_files", N_("at most %(most)s files with one answer"))
