"""Why a routing table is not changed."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

SAME = reason("routing.same", N_("Nothing is proposed: the programme has this routing table already."))
OWN_PROPOSAL = reason(
    "routing.own_proposal", N_("You proposed this routing table: somebody else agrees to it. You may take it back.")
)
NONE_PROPOSED = reason("routing.none_proposed", N_("No routing table waits for a second person."))

# What is wrong with its columns.
NO_FACT = template("routing.no_fact", N_("a routing table asks only for %(facts)s"))
OTHER_TYPE = template("routing.other_type", N_("this input is of the type %(type)s"))
OTHER_VALUES = template("routing.other_values", N_("this input may have these values: %(values)s"))
OTHER_OUTPUT = reason("routing.other_output", N_("a routing table has one output, the text “to”"))
NOBODY = template("routing.nobody", N_("%(said)s is nobody who works in a queue of this programme"))

# What is wrong with its rows together.
OVERLAP = template("routing.overlap", N_("the rows %(first)s and %(second)s hold at once, as for %(inputs)s"))
GAP = template("routing.gap", N_("no row holds and nothing stands for that, as for %(inputs)s"))
IDLE = template("routing.idle", N_("row %(row)s never counts"))
TOO_LARGE = reason("routing.too_large", N_("the table is too large to be checked"))
NO_FILE = reason("routing.no_file", N_("is neither DMN nor JSON"))
ONE_FORM = reason("routing.one_form", N_("say the table once, as JSON or as DMN"))
