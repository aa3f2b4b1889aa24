"""Who of those that sign an agreement has no screening that holds on the day of the signing."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NEED_OWNER = reason("screenings.need_owner", N_("the need owner"))
TECHNOLOGY_OWNER = reason("screenings.technology_owner", N_("the technology owner"))
SIGNATORY = reason("screenings.signatory", N_("who signs in the place of a party"))
COMPANY = reason("screenings.company", N_("the company of the joint venture"))

NEVER = template("screenings.never", N_("Not screened yet: %(who)s."))
HIT = template("screenings.hit", N_("On a list by the screening of %(day)s: %(who)s."))
OWNERS = template("screenings.owners", N_("With an owner who stands on a list, or is not screened yet: %(who)s."))
RAN_OUT = template("screenings.ran_out", N_("Screened on %(day)s; that held until %(until)s: %(who)s."))
