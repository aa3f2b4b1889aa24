"""What can be done depends on where the case stands: whoever comes first, one at a time, only until something is reached."""

from __future__ import annotations

from casework.engine.definition.grammar import Final, Parallel, Stage, Track, Workflow, calendar_days, same
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import HELD, OFFICER, PROVIDER, Pattern, first, orders, state, traces


class Deferred(Workflow):
    part = MAIN

    asked = state("Asked", PROVIDER)
    accepted, withdrawn, lapsed = Final("Accepted"), Final("Withdrawn"), Final("Lapsed")

    accept = asked.to(accepted, by=PROVIDER)
    withdraw = asked.to(withdrawn, by=OFFICER)
    lapse = asked.after(calendar_days(10), lapsed)


@guard(rule="The sample is taken once.", refusal="The sample was taken already.")
def pattern_sample_is_not_taken(f: Facts) -> bool:
    return not f.count("take")


@guard(rule="A sample that was taken is tested, once.", refusal="There is no sample to test, or it was tested already.")
def pattern_sample_waits(f: Facts) -> bool:
    return f.count("take") > f.count("test")


@guard(rule="The site is visited once.", refusal="The site was visited already.")
def pattern_site_is_not_seen(f: Facts) -> bool:
    return not f.count("visit")


@guard(rule="All of it is done.", refusal="Not all of it is done.")
def pattern_all_is_done(f: Facts) -> bool:
    return bool(f.count("test") and f.count("visit"))


class OneAtATime(Workflow):
    part = MAIN

    free, taking, testing, visiting = state("Free"), state("Taking"), state("Testing"), state("Visiting")
    over = Final("Over")

    take = free.to(taking, by=OFFICER, guards=[pattern_sample_is_not_taken])
    taken = taking.to(free, by=OFFICER)
    test = free.to(testing, by=OFFICER, guards=[pattern_sample_waits])
    tested = testing.to(free, by=OFFICER)
    visit = free.to(visiting, by=OFFICER, guards=[pattern_site_is_not_seen])
    visited = visiting.to(free, by=OFFICER)
    finish = free.then(over, guards=[pattern_all_is_done])


@guard(rule="It is tested once.", refusal="It was tested already.")
def pattern_is_not_tested(f: Facts) -> bool:
    return not f.count("test")


class InAnyOrder(Workflow):
    part = MAIN

    free, testing, visiting = state("Free"), state("Testing"), state("Visiting")
    over = Final("Over")

    test = free.to(testing, by=OFFICER, guards=[pattern_is_not_tested])
    tested = testing.to(free, by=OFFICER)
    visit = free.to(visiting, by=OFFICER, guards=[pattern_site_is_not_seen])
    visited = visiting.to(free, by=OFFICER)
    finish = free.then(over, guards=[pattern_all_is_done])


@guard(rule="The contract is not signed yet.", refusal="The contract is signed.")
def pattern_contract_is_not_signed(f: Facts) -> bool:
    return not f.at_milestone(f.current("contract"), "signed")


@guard(rule="Mediation is asked for once.", refusal="Mediation was asked for already.")
def pattern_mediation_is_not_asked(f: Facts) -> bool:
    return not f.count("ask_mediation")


@guard(rule="The contract has ended.", refusal="The contract has not ended.")
def pattern_contract_has_ended(f: Facts) -> bool:
    contract = f.current("contract")
    return contract is not None and not contract.live


class UntilSigned(Workflow):
    part = MAIN

    intake, talking = state("Intake"), state("Talking")
    over = Final("Over")

    begin = intake.to(talking, by=OFFICER, opens=[Track("contract")])
    ask_mediation = talking.to(
        same(), by=OFFICER, guards=[pattern_contract_is_not_signed, pattern_mediation_is_not_asked]
    )
    finish = talking.then(over, guards=[pattern_contract_has_ended])


class Contract(Workflow):
    drafting, in_force = state("Drafting"), state("In force")
    ended = Final("Ended")

    milestones = {"signed": (in_force, ended)}

    sign = drafting.to(in_force, by=OFFICER)
    end = in_force.to(ended, by=OFFICER)


@guard(rule="Nobody else has the register.", refusal="Somebody else has the register.")
def pattern_register_is_free(f: Facts) -> bool:
    return not any(leaf.endswith(".entering") for leaf in f.track.states)


class Register(Workflow):
    part = MAIN

    intake = state("Intake")
    entries = Parallel(
        "Entries",
        pledge=Stage("Pledge", waiting=state("Waiting"), entering=state("Entering"), entered=Final("Entered")),
        licence=Stage("Licence", waiting=state("Waiting"), entering=state("Entering"), entered=Final("Entered")),
    )
    over = Final("Over")

    begin = intake.to(entries, by=OFFICER)
    pledge = entries["pledge"]["waiting"].to(
        entries["pledge"]["entering"], by=OFFICER, guards=[pattern_register_is_free]
    )
    pledged = entries["pledge"]["entering"].to(entries["pledge"]["entered"], by=OFFICER)
    license = entries["licence"]["waiting"].to(
        entries["licence"]["entering"], by=OFFICER, guards=[pattern_register_is_free]
    )
    licensed = entries["licence"]["entering"].to(entries["licence"]["entered"], by=OFFICER)
    finish = entries.then(over)


def _blocks(*blocks: str, before: tuple[str, ...] = ()) -> set[str]:
    """Every order of what is done as one, each begun and ended before the next begins."""
    return {
        " ".join(f"{name} {ENDED[name]}" for name in order.split())
        for order in orders(*blocks, unless=lambda order: bool(before) and not first(order, *before))
    }


ENDED = {"take": "taken", "test": "tested", "visit": "visited", "pledge": "pledged", "license": "licensed"}


PATTERNS = (
    Pattern(
        16,
        "Deferred choice",
        HELD,
        "Ways out of one state by different people and by a clock (`after`): whoever is first decides, and the"
        " others find it gone.",
        (Deferred,),
        traces("accept", "withdraw", "lapse"),
        pilot=("referral.accept", "referral.lapse", "referral.cancel"),
    ),
    Pattern(
        17,
        "Interleaved parallel routing",
        HELD,
        "One state from which each piece of work is begun and to which it comes back; guards keep what must come"
        " before.",
        (OneAtATime,),
        traces({f"{order} finish" for order in _blocks("take", "test", "visit", before=("take", "test"))}),
    ),
    Pattern(
        18,
        "Milestone",
        HELD,
        "`milestones` names the states in which something has been reached, and a guard of any track asks `f.at_milestone(…)`.",
        (UntilSigned, Contract),
        traces("begin contract.sign contract.end finish", "begin ask_mediation contract.sign contract.end finish"),
        pilot=("agreement.in_force",),
    ),
    Pattern(
        39,
        "Critical section",
        HELD,
        "A guard that refuses while another region, or another track, stands in the state that only one may be in.",
        (Register,),
        traces({f"begin {order} finish" for order in _blocks("pledge", "license")}),
    ),
    Pattern(
        40,
        "Interleaved routing",
        HELD,
        "The same without an order: each is begun once, from the one state to which it comes back.",
        (InAnyOrder,),
        traces({f"{order} finish" for order in _blocks("test", "visit")}),
    ),
)
