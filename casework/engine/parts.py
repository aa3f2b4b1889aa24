"""The parts that a definition gives to its workflows, states, transitions and tasks, so that no code knows them by name.

A workflow says of its `Transition`, `State`, `Final`, `Task` or of itself which part it plays. Events carry the parts, and the
projection keeps on each track what has played which (`Track.played`); so they can be asked for in SQL too.
"""

from __future__ import annotations

# --- workflows: one of each in a programme's package ---

#: The one that a case runs by.
MAIN = "main"
#: The one by which a provider is asked for something.
REFERRAL = "request"

# --- states ---

#: Where a request begins: only the office sees it. Nothing leads back into it.
UNSENT = "unsent"
#: Where it waits for the provider's answer; where it was taken on and not begun; where it is worked on; where what was handed
#: in waits for the office; and where that is bettered.
ASKED, TAKEN_ON, AT_WORK, HANDED_IN, BETTERS = "asked", "taken_on", "at_work", "handed_in", "betters"
#: Ends of a request. What it was asked for has come, or nothing has: the provider said no, or said nothing, or the office called
#: it off, or it went wrong.
GIVES_RESULT, TURNED_DOWN, UNANSWERED, CALLED_OFF, FAILED = (
    "gives_result", "turned_down", "unanswered", "called_off", "went_wrong",
)  # fmt: skip

# --- transitions of a request ---

#: The provider is asked, and sees it from then on; it takes it on; or it says no.
SENDS, ACCEPTS, TURNS_DOWN = "sends", "accepts", "turns_down"
#: It rests, for a consent on which it leaned was lost.
RESTS = "rests"
#: It is taken back, for its result is no longer needed.
TAKES_BACK = "takes_back"
#: The office gives what was handed in back to be bettered, or takes it.
GIVES_BACK, TAKES_RESULT = "gives_back", "takes_result"

# --- transitions of the main workflow ---

#: The parties' interest is on file: nobody is invited any more.
CONFIRMS_INTEREST = "confirms_interest"
#: The parties are put in contact, and go on by themselves.
INTRODUCES = "introduces"
#: Other providers are named than in the plan.
CHANGES_PLAN = "changes_plan"
#: The rights named count as taken in every other case.
TAKES_RIGHTS = "takes_rights"

# --- tasks ---

#: Names the provider of each service.
MAKES_PLAN = "makes_plan"
#: Somebody decides what follows when a consent was lost, when too few results can come, and when another case took the rights.
AFTER_LOST_CONSENT, AFTER_TOO_FEW, AFTER_RIGHTS_TAKEN = "after_lost_consent", "after_too_few", "after_rights_taken"
#: An objection of one side is decided.
SETTLES_OBJECTION = "settles_objection"
#: More time for what is asked is granted or not: its form has `granted`, and `until_on`.
GRANTS_TIME = "grants_time"
#: A party is looked for in lists of sanctions, for the record of its organisation.
SCREENS = "screens"
#: The provider says what became of its copies.
RETURNS_COPIES = "returns_copies"

# --- what a provider's own system must be let do to fire a transition; where nothing is said, to do the work ---

ANSWERING, ASKING, PEOPLE_ONLY = "answer", "ask", "people"
SCOPES = frozenset({ANSWERING, ASKING, PEOPLE_ONLY})

#: What a decision is about, by which the page of decisions groups them.
DECISIONS = frozenset({"plans", "waivers", "conflicts", "closings"})

WORKFLOW_PARTS = frozenset({MAIN, REFERRAL})
STATE_PARTS = frozenset({UNSENT, ASKED, TAKEN_ON, AT_WORK, HANDED_IN, BETTERS})
#: Ends by which a request has come to nothing.
NOTHING = frozenset({TURNED_DOWN, UNANSWERED, CALLED_OFF, FAILED})
FINAL_PARTS = NOTHING | {GIVES_RESULT}
TRANSITION_PARTS = frozenset(
    {
        SENDS, ACCEPTS, TURNS_DOWN, RESTS, TAKES_BACK, GIVES_BACK, TAKES_RESULT, CONFIRMS_INTEREST, INTRODUCES, CHANGES_PLAN, TAKES_RIGHTS,
    }
)  # fmt: skip
TASK_PARTS = frozenset(
    {
        MAKES_PLAN,
        AFTER_LOST_CONSENT,
        AFTER_TOO_FEW,
        AFTER_RIGHTS_TAKEN,
        SETTLES_OBJECTION,
        RETURNS_COPIES,
        GRANTS_TIME,
        SCREENS,
    }
)

# --- money -----------------------------------------------------------------------------------------------------------

WANTED, OFFERED, APPROVED, PAID, RECOVERED = "wanted", "offered", "approved", "paid", "recovered"
#: The stages of an amount, in their order.
MONEY_STAGES = (WANTED, OFFERED, APPROVED, PAID)
#: Of each repayment: the part that lessens the debt, what was paid for the loan beside it, and its day.
REPAID, INTEREST, REPAID_ON = "repaid", "interest", "repaid_on"
#: What the security of a loan was found to be worth, by an action or a task: the newest counts.
VALUED = "valued"
#: On which day each of these was, where the form asks for it beside the amount.
MONEY_DAYS = tuple(f"{part}_on" for part in (*MONEY_STAGES, VALUED))
#: What a definition may tell of its money.
MONEY_PARTS = (*MONEY_STAGES, RECOVERED, REPAID, INTEREST, REPAID_ON, VALUED)
#: What a workflow may tell of the price of a deal (`Workflow.price`): which of that are amounts, and which days; the others are choices.
PRICE_PARTS = (
    "kind",
    "form",
    "contract_value",
    "technology_value",
    "no_price",
    "no_value",
    "signed_on",
    "contribution",
)
PRICE_AMOUNTS = ("contract_value", "technology_value")
PRICE_DAYS = ("signed_on",)
#: The milestone of an agreement that is in effect; before it and after it its value counts in no sum.
IN_FORCE = "in_force"
