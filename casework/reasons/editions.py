"""Why a programme does not begin by an edition."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NO_WORKFLOW = reason("editions.no_workflow", N_("is no workflow that is installed here"))
NOT_PUBLISHED = template(
    "editions.not_published", N_("edition %(number)s is not published here; choose one that is, or the newest")
)
NOT_TOGETHER = template(
    "editions.not_together",
    N_("edition %(number)s of %(workflow)s does not run with the others that are chosen: %(fault)s"),
)
LACKS = template(
    "editions.lacks",
    N_("edition %(number)s cannot be chosen: it lacks what edition %(newest)s checks (%(guards)s); choose the newest"),
)
SAME = reason("editions.same", N_("Nothing is changed: the programme begins by these editions already."))
