"""Across the border: classes, letters, licences, and what needs none of them."""

from __future__ import annotations

from casework.engine.state.case import OBSOLETE
from casework.errors import InvalidForm, NotAllowed, Refused, WrongState
from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.queries import show_case
from casework.operations.cases.views import CasePart, CaseRow, WholeCase
from casework.playbook.steps import add, do, expired, merged, screened, turn_to
from casework.playbook.stretches import (
    AGREED_ACROSS,
    BEFORE_SIGNING,
    SIGNED_ACROSS,
    agreed,
    bought,
    registered,
    to_structuring,
)
from tests.journeys.checks import along, due_in, due_in_working_days, has, has_not, lies, refused, stands, that
from tests.journeys.journey import Check, Journey, Steps
from tests.journeys.scripts.stages import to_agreement, to_export


def warnings(count: int) -> Check:
    """So many warnings of its end wait for their day."""

    def waiting(journey: Journey) -> bool:
        return sum(task.name == "agreement_expiry" for task in journey.case.open_tasks()) == count

    return that(waiting, f"not {count} warnings")


def not_needed(journey: Journey) -> bool:
    """Both parties were asked for comments on terms that are signed now: closed, and not as done."""
    asked = [task.state for task in journey.case.tasks.values() if task.name == "comment_on_terms"]
    return asked[-2:] == [OBSOLETE] * 2


ASKED: Steps = (add("officer", "agreement.comment_on_terms"), has("comment_on_terms", about="need_owner"))
NOT_NEEDED = that(not_needed, "comments are awaited still")


def not_offered(transition: str, words: str) -> Check:
    """The officer is told before any form is filled in that an action of the agreement is not possible, and why."""

    def told(journey: Journey) -> bool:
        seen = show_case(journey.db, journey.actor("officer"), str(journey.case.number))
        assert isinstance(seen, CasePart)
        [action] = [one for one in seen.actions if one.transition == transition]
        return not action.allowed and any(words in str(why) for why in action.why_not)

    return that(told, f"the page does not say “{words}” of {transition}")


def awaits(*bodies: str, where: str = "outside") -> Check:
    """The page of the case and the list of cases name the bodies outside that have the next word, and one finds the case by it."""

    def told(journey: Journey) -> bool:
        actor = journey.actor("officer")
        seen = show_case(journey.db, actor, str(journey.case.number))
        listed = [
            one
            for one in list_cases(journey.db, actor, filters={"waits_for": where}).items
            if one.number == seen.number
        ]
        assert isinstance(seen, WholeCase)
        assert all(wait.since and wait.until for wait in seen.waits_for)
        rows = [wait for one in listed if isinstance(one, CaseRow) for wait in one.waits_for]
        said = [[wait.for_ for wait in waits if isinstance(wait.for_, str)] for waits in (seen.waits_for, rows)]
        return bool(listed) and said == [list(bodies)] * 2

    return that(told, f"it is not said that {bodies} are waited for")


#: As far as an export that was classed as restricted, and one that was classed as dual use.
RESTRICTED: Steps = (
    *to_structuring("export"),
    do("officer", "agreement.propose"),
    do("compliance", "agreement.class_restricted"),
)
APPLIED: Steps = (*RESTRICTED, do("officer", "agreement.apply_for_letter"))
LETTER: Steps = (*APPLIED, do("officer", "agreement.letter_issued"))
TO_LICENCE: Steps = (
    *LETTER,
    do("officer", "ip.confirm", territories=["CN"]),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
    do("officer", "agreement.sign_to_licence"),
)
LICENCE_ASKED: Steps = (*TO_LICENCE, do("officer", "agreement.ask_licence"))
#: The same for what comes in from abroad, whose terms may be agreed before.
RESTRICTED_IMPORT: Steps = (
    *to_agreement("import"),
    do("officer", "agreement.propose"),
    do("compliance", "agreement.class_restricted"),
)
IMPORT_APPLIED: Steps = (*RESTRICTED_IMPORT, do("officer", "agreement.apply_for_letter"))
IMPORT_TO_LICENCE: Steps = (
    *IMPORT_APPLIED,
    do("officer", "agreement.letter_issued"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
    do("officer", "agreement.sign_to_licence"),
)
IMPORT_ASKED: Steps = (*IMPORT_TO_LICENCE, do("officer", "agreement.ask_import_licence"))
#: The law lets letter and licence of an import be asked for at once, with the signed contract.
AT_ONCE_TO_LICENCE: Steps = (
    *RESTRICTED_IMPORT,
    do("officer", "agreement.sign_first"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
    do("officer", "agreement.sign_to_licence"),
)
AT_ONCE_ASKED: Steps = (*AT_ONCE_TO_LICENCE, do("officer", "agreement.ask_import_at_once"))
DUAL_USE: Steps = (
    *to_export(classed="dual_use"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
    do("officer", "agreement.sign_to_licence"),
    do("officer", "agreement.ask_dual_use_licence"),
)
#: Whatever was held for a licence is free again.
FREE = that(lambda journey: all(one["to"] for one in journey.burdens("filter_patent")), "the right is held still")
BACK = (do("officer", "agreement.redraft"), do("officer", "agreement.propose"), stands("agreement", "classification"))
GIVE_UP = (do("officer", "agreement.abandon"),)
REFUSED = (do("officer", "agreement.refused_by_authority"), stands("agreement", "not_permitted"))

SCRIPTS: dict[str, Steps] = {
    "restricted export waits for its letter and ends well": (
        *to_structuring("export"),
        do("officer", "ip.confirm", territories=["CN"]),
        # No terms before the class, and of what is restricted none before the letter.
        refused(do("officer", "case.ready_to_sign"), Refused, "Nothing of substance is agreed"),
        do("officer", "agreement.propose"),
        # Computed, and nobody ticks it: the owner is in China, the plant is not.
        stands("agreement", "classification"),
        has("classification", queue="compliance"),
        refused(do("officer", "agreement.class_free"), NotAllowed, "is for"),
        refused(do("officer", "case.ready_to_sign"), Refused, "Nothing of substance is agreed"),
        do("compliance", "agreement.class_restricted"),
        refused(do("officer", "case.ready_to_sign"), Refused, "for what is restricted before the letter of intent"),
        refused(do("officer", "agreement.agree"), WrongState),
        # An export has no talks before its letter.
        refused(do("officer", "agreement.sign_first"), Refused, "this is for imports alone"),
        do("officer", "agreement.apply_for_letter"),
        has("letter_awaited", queue="officer"),
        awaits("authority"),
        refused(do("officer", "agreement.agree"), WrongState),
        refused(do("officer", "case.ready_to_sign"), Refused, "Nothing of substance is agreed"),
        refused(add("officer", "agreement.comment_on_terms"), WrongState),
        refused(
            do("officer", "agreement.letter_issued", valid_until=1200), Refused, "not valid for so long after its issue"
        ),
        do("officer", "agreement.letter_issued"),
        stands("agreement", "negotiating"),
        awaits(where="us"),
        add("officer", "agreement.comment_on_terms"),
        do("officer", "comment_on_terms", "need_owner", answer="silent"),
        do("officer", "comment_on_terms", "technology_owner", answer="silent"),
        do("officer", "case.ready_to_sign"),
        # A draft that is proposed anew is classed anew, and the gate waits for it.
        do("officer", "agreement.redraft"),
        do("officer", "agreement.propose"),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the class"),
        do("compliance", "agreement.class_restricted"),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the letter"),
        do("officer", "agreement.apply_for_letter"),
        do("officer", "agreement.letter_issued"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        refused(do("officer", "agreement.sign_local"), Refused, "Record the signing across the border instead"),
        refused(
            do("officer", "agreement.sign_cross"), Refused, "Record the signing that waits for its licence instead"
        ),
        *ASKED,
        # The contract comes before the licence, and is not in effect until then.
        do("officer", "agreement.sign_to_licence"),
        NOT_NEEDED,
        stands("agreement", "licence_due"),
        has("licence_due", queue="officer"),
        lies("filter_patent", ("licence", "plain", True)),
        has_not("licence_filing"),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the licence"),
        refused(do("officer", "agreement.ask_dual_use_licence"), Refused, "not classed as dual use"),
        refused(do("officer", "agreement.ask_import_licence"), Refused, "this is for imports alone"),
        refused(do("officer", "agreement.ask_licence", filed_on=-5), Refused, "goes with the signed contract"),
        do("officer", "agreement.ask_licence"),
        has("licence_awaited", queue="officer"),
        # What is asked of us beside it counts first; the authority is named all the same.
        awaits("authority", where="us"),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the licence"),
        refused(do("officer", "case.sign"), Refused, "No agreement of this round is in force"),
        do("officer", "agreement.licence_issued"),
        stands("agreement", "in_force"),
        lies("filter_patent", ("licence", "plain", False), ("licence", "plain", True)),
        has("licence_filing", queue="officer"),
        warnings(2),
        # What has a licence is not registered as well.
        has_not("contract_filing"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        stands("case", "deployment"),
    ),
    "contract that was given up before its licence says no day of the next": (
        *TO_LICENCE,
        do("officer", "agreement.redraft"),
        *agreed("purchase", ends=False, review_on=200),
        due_in("in_force", 200),
        warnings(0),
    ),
    "contract that waits for its licence holds its rights against other cases": (
        *LETTER,
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do("officer", "agreement.sign_to_licence", licence="exclusive", territories=["WORLD"]),
        do("officer", "agreement.ask_licence"),
        lies("filter_patent", ("licence", "exclusive", True)),
        *to_structuring("rival"),
        refused(
            do("officer", "ip.confirm", territories=["CN"]), Refused, "leaves nothing of it in a territory of the deal"
        ),
        # Whoever gives it up, or is refused, holds nothing any more.
        turn_to("export"),
        do("officer", "agreement.redraft"),
        lies("filter_patent", ("licence", "exclusive", False)),
        turn_to("rival"),
        do("officer", "ip.confirm", territories=["CN"]),
    ),
    "forbidden export ends, and the case can only close": (
        *to_structuring("export"),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_prohibited"),
        stands("agreement", "prohibited"),
        do("officer", "ip.confirm", territories=["CN"]),
        refused(do("officer", "case.ready_to_sign"), Refused, "The case can only close"),
        do("officer", "case.propose_close", outcome="no_agreement"),
        do("officer", "ip.end"),
        do("supervisor", "case.close"),
        stands("case", "closed"),
    ),
    "export that is classed as prohibited after the case came to signing": (
        *to_export(),
        do("officer", "agreement.redraft"),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_prohibited"),
        refused(do("compliance", "compliance_gate"), Refused, "classed as prohibited"),
        do("compliance", "compliance_gate", result="refused"),
        refused(do("officer", "case.sign"), Refused, "No agreement of this round is in force"),
        do("officer", "case.propose_close", outcome="no_agreement"),
    ),
    "dual use is licensed by export control": (
        *DUAL_USE,
        has("dual_use_licence", queue="officer"),
        do("officer", "agreement.licence_issued"),
        stands("agreement", "in_force"),
    ),
    "import is registered": (
        *to_agreement("import"),
        do("officer", "agreement.propose"),
        refused(do("compliance", "agreement.class_dual_use"), Refused, "this is for exports alone"),
        do("compliance", "agreement.class_free"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        do("officer", "agreement.redraft"),
        *AGREED_ACROSS,
        *ASKED,
        do("officer", "agreement.sign_cross"),
        NOT_NEEDED,
        has("contract_filing", queue="officer"),
        # Until it is filed it is our turn, and from then on the register's.
        awaits(where="us"),
        do("officer", "contract_filing"),
        awaits("register", where="us"),
        due_in_working_days("contract_registration", 3),
        do("officer", "contract_registration"),
    ),
    "restricted import waits for its licence and ends well": (
        *RESTRICTED_IMPORT,
        has("letter_due", queue="officer"),
        refused(do("officer", "agreement.agree"), WrongState),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the letter"),
        do("officer", "agreement.apply_for_letter"),
        due_in_working_days("letter_awaited", 30),
        do("officer", "agreement.letter_issued"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        refused(do("officer", "agreement.sign_local"), Refused, "Record the signing across the border instead"),
        refused(
            do("officer", "agreement.sign_cross"), Refused, "Record the signing that waits for its licence instead"
        ),
        do("officer", "agreement.sign_to_licence"),
        stands("agreement", "licence_due"),
        refused(do("officer", "agreement.ask_licence"), Refused, "this is for exports alone"),
        refused(do("officer", "agreement.ask_dual_use_licence"), Refused, "not classed as dual use"),
        refused(do("officer", "agreement.ask_import_at_once"), Refused, "asked for before the talks"),
        do("officer", "agreement.ask_import_licence"),
        has("import_licence", queue="officer"),
        due_in_working_days("import_licence", 10),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the licence"),
        refused(do("officer", "case.sign"), Refused, "No agreement of this round is in force"),
        do("officer", "agreement.licence_issued"),
        stands("agreement", "in_force"),
        # What has a licence is not registered as well.
        has_not("contract_filing"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        stands("case", "deployment"),
    ),
    "restricted import is signed first, and asks for letter and licence at once": (
        *AT_ONCE_TO_LICENCE,
        stands("agreement", "licence_due"),
        refused(do("officer", "agreement.ask_import_licence"), Refused, "asked for at once"),
        refused(do("officer", "agreement.ask_import_at_once", filed_on=-5), Refused, "goes with the signed contract"),
        do("officer", "agreement.ask_import_at_once"),
        has("import_at_once", queue="officer"),
        due_in_working_days("import_at_once", 40),
        awaits("authority", where="us"),
        refused(do("compliance", "compliance_gate"), Refused, "waits for the licence"),
        refused(do("officer", "case.sign"), Refused, "No agreement of this round is in force"),
        do("officer", "agreement.licence_issued"),
        stands("agreement", "in_force"),
        has_not("contract_filing"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
        stands("case", "deployment"),
    ),
    "forbidden import ends, and the case can only close": (
        *to_structuring("import"),
        do("officer", "agreement.propose"),
        do("compliance", "agreement.class_prohibited"),
        stands("agreement", "prohibited"),
        do("officer", "ip.confirm", territories=["CN"]),
        refused(do("officer", "case.ready_to_sign"), Refused, "The case can only close"),
        do("officer", "case.propose_close", outcome="no_agreement"),
        do("officer", "ip.end"),
        do("supervisor", "case.close"),
        stands("case", "closed"),
    ),
    "import is built": (*to_structuring("import"), *SIGNED_ACROSS, stands("case", "deployment")),
    "purchase needs none of it": (
        *to_structuring("import"),
        # Nothing of a right is given: no check of one is asked for.
        do("officer", "case.ready_to_sign", kind="purchase"),
        do("officer", "agreement.propose", kind="purchase"),
        stands("agreement", "negotiating"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        refused(do("officer", "agreement.sign_cross"), Refused, "No technology crosses the border"),
        *ASKED,
        do("officer", "agreement.sign_local"),
        NOT_NEEDED,
        has_not("contract_filing"),
        do("compliance", "compliance_gate"),
    ),
    "subsidiary abroad signs in the place of a Beijing owner, and that is an export": (
        *to_structuring(),
        do("officer", "ip.confirm", territories=["CN"]),
        # Both owners are here, and who is party to the agreement is not.
        refused(
            do("officer", "case.ready_to_sign", taker_signatory="plant_abroad"),
            Refused,
            "Technology leaves the country",
        ),
        refused(
            do("officer", "agreement.propose", giver_signatory="plant_abroad", taker_signatory="plant_abroad"),
            Refused,
            "The same organisation would sign for both sides",
        ),
        do("officer", "agreement.propose", taker_signatory="plant_abroad"),
        stands("agreement", "classification"),
        do("compliance", "agreement.class_free"),
        do("officer", "case.ready_to_sign"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        refused(do("officer", "agreement.sign_local"), Refused, "Record the signing across the border instead"),
        refused(
            do("officer", "agreement.sign_cross", taker_signatory="venture"), Refused, "Another organisation signs"
        ),
        # Both parties were screened for the plan, and who signs in the place of one was not: the page says so, by name.
        not_offered("sign_cross", "Not screened yet: plant_abroad."),
        refused(do("officer", "agreement.sign_cross"), Refused, "Not screened yet: plant_abroad."),
        screened("plant_abroad", result="hit"),
        not_offered("sign_cross", "On a list by the screening of"),
        screened("plant_abroad"),
        do("officer", "agreement.sign_cross"),
        has("contract_filing", queue="officer"),
        that(
            lambda journey: journey.burdens("filter_patent")[-1]["holder"] == journey.world["plant_abroad"],
            "the licence is held by another than who signed",
        ),
    ),
    "who is to sign was merged into another record, which expires before the signing": (
        *to_structuring(),
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "agreement.propose", taker_signatory="plant_abroad"),
        do("compliance", "agreement.class_free"),
        do("officer", "case.ready_to_sign"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        merged("plant_abroad", "plant_twice"),
        screened("plant_twice"),
        expired("plant_twice"),
        # What the case has never named is not named from now on.
        expired("venture"),
        refused(do("officer", "agreement.sign_cross", taker_signatory="venture"), InvalidForm, "has expired"),
        do("officer", "agreement.sign_cross"),
        that(
            lambda journey: journey.burdens("filter_patent")[-1]["holder"] == journey.world["plant_twice"],
            "the licence is held by another than who signed",
        ),
    ),
    "two Chinese owners put a patent into a company abroad, and that is an export": (
        *to_structuring(),
        do("officer", "ip.confirm", territories=["CN"]),
        refused(
            do("officer", "case.ready_to_sign", kind="joint_venture", contribution="assigned", company="plant_abroad"),
            Refused,
            "Technology leaves the country",
        ),
        # A draft that does not name it yet goes on without a class; whoever names the company later goes back.
        do("officer", "agreement.propose", kind="joint_venture"),
        stands("agreement", "negotiating"),
        do("officer", "case.ready_to_sign", kind="joint_venture", contribution="none"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        refused(
            do(
                "officer",
                "agreement.sign_local",
                contribution="assigned",
                company="plant_abroad",
                price_form="equity",
            ),
            Refused,
            "by it technology goes another way than by the draft",
        ),
        do("officer", "agreement.redraft"),
        do("officer", "agreement.propose", kind="joint_venture", company="plant_abroad"),
        stands("agreement", "classification"),
        do("compliance", "agreement.class_free"),
        do("officer", "agreement.agree"),
        do("officer", "agreement.cleared"),
        refused(
            do("officer", "agreement.sign_local", contribution="assigned", price_form="equity"),
            Refused,
            "Record the signing across the border instead",
        ),
        refused(
            do("officer", "agreement.sign_cross", contribution="assigned", company="venture", price_form="equity"),
            Refused,
            "Another company takes the rights than was proposed",
        ),
        # The company is known from the draft, and is screened as whoever signs is.
        refused(
            do("officer", "agreement.sign_cross", contribution="assigned", price_form="equity"),
            Refused,
            "Not screened yet: plant_abroad.",
        ),
        screened("plant_abroad"),
        do("officer", "agreement.sign_cross", contribution="assigned", price_form="equity"),
        that(
            lambda journey: journey.burdens("filter_patent")[-1]["holder"] == journey.world["plant_abroad"],
            "the right is held by another than the company",
        ),
        has("contract_filing", queue="officer"),
        has("assignment_filing"),
        refused(do("officer", "assignment_filing"), Refused, "from a Chinese to a foreign owner"),
        *registered("contract_filing", "contract_registration"),
        *registered("assignment_filing", "assignment_registration"),
    ),
    "purchase from a Chinese owner that is sold abroad is signed": (
        *to_structuring("export"),
        *bought(90_000),
        do("officer", "case.sign"),
        stands("case", "deployment"),
    ),
    "nobody knows where a party is": (
        *to_structuring("unplaced"),
        refused(do("officer", "agreement.propose"), Refused, "The country of the technology owner's organisation"),
        do("officer", "agreement.propose", kind="purchase"),
        stands("agreement", "negotiating"),
    ),
    "ways out before the class": along(
        (*to_structuring("export"), do("officer", "agreement.propose")),
        GIVE_UP,
        (do("compliance", "agreement.class_prohibited"),),
    ),
    "ways out before the letter is asked for": along(RESTRICTED, BACK, GIVE_UP),
    "ways out before the letter": along(APPLIED, BACK, GIVE_UP, REFUSED),
    "ways out before the licence is asked for": along(TO_LICENCE, (*BACK, FREE), (*GIVE_UP, FREE)),
    "ways out before the licence": along(LICENCE_ASKED, (*BACK, FREE), (*GIVE_UP, FREE), (*REFUSED, FREE)),
    "ways out before the letter for an import": along(IMPORT_APPLIED, BACK, GIVE_UP, REFUSED),
    "ways out before the licence for an import is asked for": along(IMPORT_TO_LICENCE, BACK, GIVE_UP),
    "ways out before the import licence": along(IMPORT_ASKED, BACK, GIVE_UP, REFUSED),
    "ways out before letter and licence of an import": along(AT_ONCE_ASKED, BACK, GIVE_UP, REFUSED),
    "ways out before the licence for dual use": along(DUAL_USE, (*BACK, FREE), (*GIVE_UP, FREE), (*REFUSED, FREE)),
    "ways out before the signing": along((*to_agreement("import"), *AGREED_ACROSS), BACK, GIVE_UP),
}
