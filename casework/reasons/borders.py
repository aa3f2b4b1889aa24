"""What contradicts what where technology crosses a border: the gate, the class, the parties' countries, the kind, the papers."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

FREELY_TRADED = reason("borders.freely_traded", N_("freely traded"))
RESTRICTED = reason("borders.restricted", N_("restricted"))
DUAL_USE = reason("borders.dual_use", N_("dual use"))
PROHIBITED = reason("borders.prohibited", N_("prohibited from trade"))

ABROAD = template("borders.abroad", N_("By this agreement technology leaves China: from %(giver)s to %(taker)s."))
INTO = template("borders.into", N_("By this agreement technology comes into China: from %(giver)s to %(taker)s."))
ELSEWHERE = template(
    "borders.elsewhere", N_("By this agreement technology goes from %(giver)s to %(taker)s, and China is neither.")
)
AT_HOME = template("borders.at_home", N_("By this agreement technology stays in one country: %(giver)s."))
UNKNOWN = reason("borders.unknown", N_("The country of a party is not on record."))
NO_TECHNOLOGY = template("borders.no_technology", N_("By its kind no technology changes hands: %(kind)s."))

CLASS_MISSING = reason("borders.class_missing", N_("No class has been recorded since the draft was proposed."))
CLASS_IS = template("borders.class_is", N_("The class that was recorded: %(name)s."))
CLASS_OF_EXPORTS = template("borders.class_of_exports", N_("The class that was recorded is one of exports: %(name)s."))
NO_LETTER = reason("borders.no_letter", N_("No letter of intent has been recorded since the technology was classed."))
LETTER_ENDED = template("borders.letter_ended", N_("The letter of intent was valid until %(day)s."))
KINDS = template("borders.kinds", N_("Proposed: %(proposed)s. Signed: %(signed)s."))

GATE_PASSES = reason("borders.gate_passes", N_("The gate would pass it."))
GATE_REFUSED = template("borders.gate_refused", N_("The compliance gate refused the agreement on %(day)s."))
GATE_PROHIBITED = reason(
    "borders.gate_prohibited", N_("The agreement track ended: its technology was classed as prohibited.")
)
GATE_NOT_PERMITTED = reason("borders.gate_not_permitted", N_("The agreement track ended: the authority refused."))
GATE_NO_CLASS = reason("borders.gate_no_class", N_("The agreement waits for the class of its technology."))
GATE_NO_LETTER = reason("borders.gate_no_letter", N_("The agreement waits for the letter of intent."))
GATE_NO_LICENCE = reason("borders.gate_no_licence", N_("The agreement waits for the licence."))
