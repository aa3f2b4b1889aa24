"""Who the officers of a case are, and what several cases have at their end."""

from __future__ import annotations

from casework.playbook.steps import finish

CHEN, LI, ZHAO = (
    {"officer": officer, "other_officer": other}
    for officer, other in (("chen", "li"), ("li", "zhao"), ("zhao", "chen"))
)
#: Whatever follow-up stands open is answered.
FOLLOWED = finish("officer", "follow_up", further_sites=0)
