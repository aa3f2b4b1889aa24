"""After the signature: records, registrations, and what a state-owned owner files."""

from __future__ import annotations

from casework.errors import Refused
from casework.playbook.steps import add, do, enter_right, screened, wait
from casework.playbook.stretches import (
    AGREED,
    AGREED_ACROSS,
    BEFORE_SIGNING,
    SCREENED_AGAIN,
    SECRECY,
    registered,
    to_structuring,
)
from tests.journeys.checks import due_in, due_on, has, has_not, inscribed, lies, refused, stands, that
from tests.journeys.journey import Journey, Steps
from tests.journeys.scripts.stages import to_agreement, to_export


def _lying(journey: Journey, right: str) -> list[tuple[str, str | None]]:
    """What stands on a right of the case, and whose it is."""
    return [(one["kind"], one["holder"]) for one in journey.burdens(right) if one["to"] is None]


def know_how_is_the_companys(journey: Journey) -> bool:
    """It has passed with the agreement and stays, whatever becomes of that; the patent waits for its register."""
    return _lying(journey, journey.case.rights[-1]) == [("transfer", journey.world["venture"])]


def another_patent_is_assigned(journey: Journey) -> bool:
    return [kind for kind, _ in _lying(journey, journey.case.rights[-1])] == ["assignment"]


def nothing_lies_on_another(journey: Journey) -> bool:
    return not _lying(journey, journey.case.rights[-1])


SCRIPTS: dict[str, Steps] = {
    "check of the rights ends with the signing, and begins again for other terms": (
        *to_agreement(),
        stands("ip", "clear"),
        *AGREED,
        stands("ip", "clear"),
        do("officer", "agreement.sign_local"),
        stands("ip", "ended"),
        has_not("clear"),
        refused(do("officer", "ip.check_anew"), Refused, "Nothing rests on the check of the rights any more"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        # After ninety days nothing asks to look the rights up again.
        wait(100),
        stands("ip", "ended"),
        has_not("checking"),
        do("officer", "case.renegotiate"),
        *AGREED,
        refused(do("officer", "agreement.sign_local"), Refused, "Check them again before the signing"),
        do("officer", "ip.check_anew"),
        stands("ip", "checking"),
        do("officer", "ip.confirm", territories=["CN"]),
        *SCREENED_AGAIN,
        do("officer", "agreement.sign_local"),
        stands("ip", "ended"),
    ),
    "check of the rights that was waived ends with the signing": (
        *to_structuring(),
        do("officer", "ip.find_gap"),
        add("officer", "case.ask_waiver"),
        do("officer", "ask_waiver", what="ip"),
        do("supervisor", "decide_waiver"),
        do("officer", "case.ready_to_sign"),
        *AGREED,
        do("officer", "agreement.sign_local"),
        stands("ip", "ended"),
        has_not("gaps"),
    ),
    "patent licence is recorded, and the seller has the contract registered": (
        *to_agreement(),
        *AGREED,
        do("officer", "agreement.sign_local"),
        has("licence_filing", count=1, queue="officer", aftercare=True),
        due_on("licence_filing", "2026-06-02"),
        has_not("licence_recording"),
        has_not("assignment_filing"),
        has_not("appraisal_filing"),
        has_not("transaction_verification"),
        do("officer", "licence_filing"),
        has("licence_recording", count=1, queue="officer", aftercare=True),
        refused(do("officer", "licence_recording", registered_on=-1), Refused, "before the agreement was signed"),
        do("officer", "licence_recording"),
        inscribed("filter_patent", "licence"),
        has("technology_contract", count=1, aftercare=True),
        has_not("technology_contract_decision"),
        do("officer", "technology_contract"),
        due_in("technology_contract_decision", 30),
        do("officer", "technology_contract_decision"),
        has_not("technology_contract"),
    ),
    "seller does not have the contract registered": (
        *to_agreement(),
        *AGREED,
        do("officer", "agreement.sign_local"),
        do("officer", "technology_contract", asked=False),
        has_not("technology_contract_decision"),
    ),
    "purchase owes nothing": (
        *to_agreement("state"),
        do("officer", "agreement.propose", kind="purchase"),
        *AGREED[1:],
        do("officer", "agreement.sign_local"),
        has_not("licence_filing"),
        has_not("technology_contract"),
        has_not("appraisal_filing"),
        has_not("transaction_verification"),
    ),
    "state-owned owner assigns": (
        *to_agreement("state"),
        do("officer", "agreement.propose", kind="assignment"),
        *AGREED[1:],
        do("officer", "agreement.sign_local", ends=False),
        has("assignment_filing"),
        has("appraisal_filing", aftercare=True),
        do("officer", "appraisal_filing"),
        has("transaction_verification", aftercare=True),
        do("officer", "transaction_verification"),
    ),
    "state-owned owner puts a patent into a company": (
        *to_agreement("state"),
        do("officer", "agreement.propose", kind="joint_venture"),
        *AGREED[1:],
        screened("venture"),
        do("officer", "agreement.sign_local", contribution="assigned", company="venture", price_form="equity"),
        # What goes into a company is assigned as well.
        has("assignment_filing"),
        has("technology_contract"),
        has("appraisal_filing"),
        has("transaction_verification"),
        do("officer", "transaction_verification", way="agreed"),
    ),
    "know-how passes to a company with the agreement, and its patent with the register": (
        *to_structuring(),
        enter_right("know_how", owner="filter", status="kept"),
        do("officer", "ip.confirm", territories=["CN"], **SECRECY),
        do("officer", "case.ready_to_sign"),
        do("officer", "agreement.propose", kind="joint_venture"),
        *AGREED[1:],
        screened("venture"),
        do(
            "officer",
            "agreement.sign_local",
            rights=True,
            contribution="assigned",
            company="venture",
            price_form="equity",
        ),
        that(know_how_is_the_companys, "know-how has passed with the agreement"),
        lies("filter_patent", ("assignment", None, True)),
        do("officer", "agreement.end", reason="terminated"),
        lies("filter_patent", ("assignment", None, False)),
        that(know_how_is_the_companys, "and stays"),
    ),
    "each register has the assignment of its own rights alone": (
        *to_structuring(),
        enter_right(
            "invention",
            office="USPTO",
            number="US 1",
            owner="filter",
            status="in_force",
            expires_on="2040-01-01",
            fee_paid_to="2030-01-01",
        ),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "case.ready_to_sign", kind="assignment"),
        do("officer", "agreement.propose", kind="assignment"),
        *AGREED[1:],
        do("officer", "agreement.sign_local", rights=True, ends=False),
        has("assignment_filing", count=1),
        has("filing_elsewhere", count=1),
        do("officer", "assignment_filing"),
        do("officer", "filing_elsewhere"),
        refused(do("officer", "assignment_registration"), Refused, "Name only those of the notice"),
        do("officer", "assignment_registration", rights=["filter_patent"]),
        lies("filter_patent", ("assignment", None, False), ("transfer", None, True)),
        that(another_patent_is_assigned, "the patent of another office is not registered by that"),
        has_not("assignment_registration"),
        has("entry_elsewhere", count=1),
        do("officer", "agreement.end", reason="terminated"),
        has_not("entry_elsewhere"),
        that(nothing_lies_on_another, "what was never entered goes back"),
    ),
    "state-owned owner licenses abroad": (
        *to_export("state_export"),
        *AGREED_ACROSS[2:],
        do("officer", "agreement.sign_cross"),
        has("appraisal_filing"),
        has_not("transaction_verification"),
        # Across the border the commerce department registers it.
        has_not("technology_contract"),
        do("officer", "appraisal_filing", way="not_needed"),
    ),
    "patent goes to a foreign owner with its export papers": (
        *to_export("export"),
        do("officer", "agreement.redraft"),
        do("officer", "agreement.propose", kind="assignment"),
        *AGREED_ACROSS[1:],
        do("officer", "agreement.sign_cross", ends=False),
        lies("filter_patent", ("assignment", None, True)),
        refused(do("officer", "assignment_filing"), Refused, "only with the papers of the export"),
        *registered("contract_filing", "contract_registration"),
        *registered("assignment_filing", "assignment_registration"),
        lies("filter_patent", ("assignment", None, False), ("transfer", None, True)),
    ),
    "restricted patent goes to a foreign owner with its licence": (
        *to_structuring("export"),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose", kind="assignment"),
        do("compliance", "agreement.class_restricted"),
        do("officer", "agreement.apply_for_letter"),
        do("officer", "agreement.letter_issued"),
        do("officer", "case.ready_to_sign", kind="assignment"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do("officer", "agreement.sign_to_licence", ends=False),
        has_not("assignment_filing"),
        do("officer", "agreement.ask_licence"),
        do("officer", "agreement.licence_issued"),
        lies("filter_patent", ("assignment", None, True)),
        has_not("contract_filing"),
        *registered("assignment_filing", "assignment_registration"),
    ),
    "contract with royalties is registered within sixty days of their first base": (
        *to_agreement("import"),
        *AGREED_ACROSS,
        do("officer", "agreement.sign_cross", price_form="royalty", value_said=False, first_base_on=100),
        # A hundred and sixty days from now is a Sunday.
        due_on("contract_filing", "2026-08-10"),
    ),
    "state-owned owner licenses at home": (
        *to_agreement("state"),
        *AGREED,
        do("officer", "agreement.sign_local"),
        has_not("appraisal_filing"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        stands("case", "deployment"),
    ),
}
