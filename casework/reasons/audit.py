"""Why something is refused with a finding of the audit."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template
from casework.reasons.terms import STATES

NO_EVENT = reason("audit.no_event", N_("is no event of this case"))
ANSWERED_BY = reason(
    "audit.answered_by", N_("only the case's officers, supervisors and compliance officers answer a finding.")
)
RAISER = reason("audit.raiser", N_("the person who raised a finding cannot answer it."))
WORKED_ON_IT = reason("audit.worked_on_it", N_("you have worked on this yourself: another auditor must judge it."))
ASSIGNED_BY = reason("audit.assigned_by", N_("only auditors and supervisors say who answers a finding."))
NOT_AN_ANSWERER = reason("audit.not_an_answerer", N_("choose somebody who may answer this finding"))
NO_DAY = reason("audit.no_day", N_("choose a day from today on, within a year"))
NOT_LONGER = reason("audit.not_longer", N_("is later than the day that was set; an auditor sets a later one"))
ANSWERER = reason("audit.answerer", N_("the person who answered a finding cannot judge the answer."))
IN_STATE = template("audit.in_state", N_("the finding is %(state)s."), state=STATES)
NOTHING_DRAWN = reason("audit.nothing_drawn", N_("No case had been opened by then, from which one could be drawn."))
NAME_THE_FINDING = reason(
    "audit.name_the_finding",
    N_("name the finding about this case, raised at an entry of its history; none where the case is in order"),
)
EXPORT_WAITS = reason(
    "audit.export_waits",
    N_("Something in it is too new: its proof is published with the next full minute. Come back within a minute."),
)
