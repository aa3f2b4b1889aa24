"""Why an auditor's attestation is not signed, or not handed out."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NO_CHECKPOINT = reason(
    "attestations.no_checkpoint",
    N_("No checkpoint of the log is published yet, and an attestation rests on one. Come back within a minute."),
)
NO_DEPUTY = reason("attestations.no_deputy", N_("An auditor signs in the own name, and not for somebody else."))
NO_CASE = template("attestations.no_case", N_("%(number)s is no case of this programme that you see"))
TOO_MANY = template("attestations.too_many", N_("Name %(most)s cases at most, or none: then it is of all of them"))
WORKED_ON = template(
    "attestations.worked_on",
    N_("You have worked on the case %(number)s yourself: another auditor attests what was done there."),
)
SAY_SO = reason(
    "attestations.say_so",
    N_("Something speaks against what you sign: say that you know it. It stands in the statement either way."),
)
NOT_THERE = template("attestations.not_there", N_("there is no attestation %(number)s"))
SUPERSEDED = template(
    "attestations.superseded",
    N_("Attestation %(later)s stands in the place of attestation %(number)s already: supersede that one."),
)
INTEREST = reason(
    "attestations.interest",
    N_(
        "You, or whoever you stand in for, have declared an interest in a case of this programme, and the attestation "
        "tells of its cases."
    ),
)
WAITS = reason(
    "attestations.waits",
    N_("The attestation is too new: its proof is published with the next full minute. Come back within a minute."),
)
ERASED = reason(
    "attestations.erased", N_("What the attestation said was erased, and nothing is left that could be proved.")
)
ONE_SAMPLE = reason("attestations.one_sample", N_("choose a sample that is kept, or name cases, and not both"))
