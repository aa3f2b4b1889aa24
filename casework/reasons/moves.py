"""Why a case is not moved to a state by two persons."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

SEALED = reason("moves.sealed", N_("Mediations are sealed: nobody moves them from outside."))
CLOSED = reason("moves.closed", N_("The case is closed. Reopen it instead."))
ON_HOLD = reason("moves.on_hold", N_("The case is on hold. Resume it first."))
ASIDE = template(
    "moves.aside", N_("From “%(state)s” one goes back to where one was. Take the step that leads there or back.")
)
UNKNOWN = reason("moves.unknown", N_("The case cannot be moved there. Choose a state from the list."))
SAME = reason("moves.same", N_("The case is there already."))
BY_FORM = template(
    "moves.by_form", N_("Only the form of “%(action)s” tells whether the law lets the case through. Take that step.")
)
ENDS = template("moves.ends", N_("“%(state)s” ends the case. A case ends by the step alone that asks what came of it."))
WAITS = reason("moves.waits", N_("A move is proposed already, and waits for a second person."))
NONE_WAITS = reason(
    "moves.none_waits",
    N_("No move of this case waits for a second person. It was decided or taken back, or the case went on."),
)
ANOTHER = reason("moves.another", N_("Another person decides: not who proposed the move, nor anybody in their place."))
