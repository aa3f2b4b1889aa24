"""Why nobody could finish a case any more: what nobody may do, and why each who holds a role for it may not."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template
from casework.reasons.terms import ACTIONS, ITEMS, NAMES, ROLES

DO = template("staffing.do", N_("“%(do)s”"))
AT_PROVIDER = template("staffing.at_provider", N_("Nobody at the provider may do %(actions)s."), actions=ACTIONS)
DIFFERENT_PERSONS = template(
    "staffing.different_persons",
    N_("%(actions)s need different persons, and there is only %(names)s."),
    actions=ACTIONS,
    names=NAMES,
)
TWO_PERSONS = template(
    "staffing.two_persons",
    N_("%(actions)s needs two persons, and there is only %(names)s."),
    actions=ACTIONS,
    names=NAMES,
)
FOR_ROLES = template(
    "staffing.for_roles", N_("Nobody may do %(actions)s: it is for %(roles)s."), actions=ACTIONS, roles=ROLES
)
ONLY = template("staffing.only", N_("Only %(name)s could still do %(actions)s, but %(why)s."), actions=ACTIONS)
EXCLUDED = template("staffing.excluded", N_("Nobody may do %(actions)s: %(why)s."), actions=ACTIONS, why=ITEMS)
PERSON = template("staffing.person", N_("%(name)s %(why)s"))
DID = template("staffing.did", N_("did “%(do)s”"))
AWAY = reason("staffing.away", N_("is away"))
NOBODY = reason("staffing.nobody", N_("nobody"))
HAND_OVER = template("staffing.hand_over", N_("%(obstacle)s Another officer could, if the case were handed over."))
