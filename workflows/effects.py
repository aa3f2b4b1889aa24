"""What follows from an action in a case or a referral, beside the move itself."""

from __future__ import annotations

from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.state.document_effects_schema import ConsentTerms
from casework.engine.state.effects_schema import Given, Hold, Objection

# --- whose case ------------------------------------------------------------------------------------------------------


@effect()
def own_case(f: Facts) -> Follows:
    """The officer named owns the case."""
    return {"owner": f.data["officer"], "team": list(f.data.get("team") or ())}


@effect()
def take_case(f: Facts) -> Follows:
    """Whoever takes the case owns it; a deputy takes it for whom the deputy stands in for, and has it no longer than that."""
    return {"owner": f.acting_for or f.actor}


@effect()
def note_interest(f: Facts) -> Follows:
    """A declared interest shuts the person out of the case."""
    return {"interest": [f.actor]} if f.data.get("interest") == "declared" else {}


# --- consent ---------------------------------------------------------------------------------------------------------


@effect(reads=("abroad",))
def record_consent(f: Facts) -> Follows:
    """A party's yes becomes a consent; None for providers or documents means all of them. Unless it says that it may go abroad it
    reaches no provider that is abroad by its record."""
    if f.data.get("agreed") is not True:
        return {}
    party = str(f.data.get("party") or (f.task.about if f.task else None))
    consent: ConsentTerms = {
        "party": party,
        "providers": f.data.get("providers"),
        "documents": f.data.get("documents"),
        "given_on": f.data["given_on"],
        "expires_on": f.data.get("expires_on"),
    }
    if f.data.get("sheet") is True:
        consent["sheet"] = True
    if f.data.get("abroad") is True:
        consent["abroad"] = True
    elif abroad := f.from_outside("abroad")["providers"]:
        consent["not_to"] = list(abroad)
    return {"consents": [consent]}


# --- outcomes --------------------------------------------------------------------------------------------------------


@effect()
def propose_outcome(f: Facts) -> Follows:
    """The outcome and reasons that the form names."""
    reasons = [reason for reason in (f.data.get("reason"), *(f.data.get("more_reasons") or ())) if reason]
    return {"outcome": f.data.get("outcome"), "reasons": list(dict.fromkeys(reasons))}


@effect()
def not_viable(f: Facts) -> Follows:
    """The technology did not do what was claimed."""
    return {"outcome": "not_viable", "reasons": [f.data.get("reason") or "technology/performance"]}


@effect()
def agreement_only(f: Facts) -> Follows:
    """Signed, but the site failed or was never built."""
    return {"outcome": "agreement_only", "reasons": [f.data.get("reason") or "site/site"]}


@effect()
def withdrawn(f: Facts) -> Follows:
    """The outcome says which party went."""
    reasons = [f.data["reason"]] if f.data.get("reason") else []
    return {"outcome": f"withdrawn_{f.data['party']}", "reasons": reasons}


@effect()
def stopped(f: Facts) -> Follows:
    """A compliance stop is an outcome, and everything outward stands still."""
    reason = f"rules/{f.data.get('reason') or 'regulation'}"
    return {"outcome": "compliance_stop", "reasons": [reason], "frozen": True}


@effect()
def freeze(f: Facts) -> Follows:
    """Everything outward stands still."""
    return {"frozen": True}


@effect()
def thaw(f: Facts) -> Follows:
    """What stood still goes on."""
    return {"frozen": False}


@effect()
def no_outcome(f: Facts) -> Follows:
    """The case goes on: what was proposed as its outcome no longer stands."""
    return {"outcome": None, "reasons": []}


# --- holding ---------------------------------------------------------------------------------------------------------


@effect()
def hold(f: Facts) -> Follows:
    """The case waits: why, for whom, and until when if that is known."""
    waits: Hold = {"reason": f.data["reason"], "resume_by": f.data.get("resume_by"), "waits_for": f.data["waits_for"]}
    return {"hold": waits, "pause": {"keep": list(f.data.get("keep") or ())}}


@effect()
def end_hold(f: Facts) -> Follows:
    """The case no longer waits."""
    return {"hold": None, "resume": True} if f.case.hold is not None else {}


# --- referrals -------------------------------------------------------------------------------------------------------


@effect()
def send_referral(f: Facts) -> Follows:
    """The referral knows its provider, and what is asked and shared."""
    mediation = f.track.kind == "mediation"
    given: Given = {
        "question": not mediation,
        "documents": [] if mediation else list(f.data.get("documents") or ()),
        "wanted_on": f.data.get("wanted_on"),
    }
    if given["documents"] and f.data.get("shared_until"):
        given["shared_until"] = dict.fromkeys(given["documents"], f.data["shared_until"])
    provider = f.data.get("provider") or f.track.provider
    if panel := [other for other in f.data.get("panel") or () if other != provider]:
        given["panel"] = panel
    return {"provider": provider, "given": given}


@effect()
def accept_referral(f: Facts) -> Follows:
    """The named person sees what is shared, from here on."""
    return {"named": f.data["person"], "grant": list(f.track.given.get("documents") or ())}


@effect()
def supply_documents(f: Facts) -> Follows:
    """What is supplied later is shared as well; it is seen once a person has been named."""
    new = list(f.data.get("documents") or ())
    if not new:
        return {}
    kept, until = list(f.track.given.get("documents") or ()), f.data.get("shared_until")
    days = {document: day for document, day in (f.track.given.get("shared_until") or {}).items() if document not in new}
    days |= dict.fromkeys(new, until) if until else {}
    change: Follows = {
        "given": {"documents": kept + [document for document in new if document not in kept], "shared_until": days}
    }
    if f.track.named:
        change["grant"] = new
    return change


@effect()
def name_person(f: Facts) -> Follows:
    """The person named has the access, and whoever was named before has it no longer."""
    before = f.track.named
    gone = [before] if before and before != f.data["person"] else []
    return {"named": f.data["person"], "barred": gone}


@effect()
def extend_step(f: Facts) -> Follows:
    """A granted extension moves the day on which the step is due."""
    return {"extend": f.data["until_on"]} if f.data.get("granted") else {}


@effect()
def extend_work(f: Facts) -> Follows:
    """A granted extension moves the day of the referral's step, and the steps of its service in proportion."""
    return {"extend": {"work": f.data["until_on"]}} if f.data.get("granted") else {}


@effect()
def decide_objection(f: Facts) -> Follows:
    """An objection is upheld or dismissed; the action that it was about stands until somebody undoes it."""
    raised = f.track.objections.get(f.task.about or "") if f.task else None
    if raised is None or f.task is None:
        return {}
    objection: Objection = {
        "id": str(f.task.about),
        "what": f.data["outcome"],
        "side": raised["side"],
        "to": raised["to"],
    }
    return {"objection": objection}


@effect()
def extend_tasks(f: Facts) -> Follows:
    """More time that was granted: a later day for the tasks named, or their whole limits anew."""
    return {"extend": {"tasks": f.data["tasks"], "until": f.data.get("until_on")}} if f.data.get("granted") else {}


@effect()
def bar_person(f: Facts) -> Follows:
    """Whoever has the interest sees nothing of the whole case until it is decided, in whatever referral."""
    return {"interest": [f.data.get("person") or f.actor]}


@effect()
def admit_person(f: Facts) -> Follows:
    """Whoever was shut out by the last declaration is let in again."""
    declared = f.fired("declare_conflict")
    return {"interest_ended": [declared.data.get("person") or declared.actor]} if declared else {}


@effect()
def grant_again(f: Facts) -> Follows:
    """Documents whose sharing had ended are shared again, now that a consent covers them."""
    if f.track.named is None:
        return {}
    seen = {grant.document for grant in f.case.grants.values() if grant.track == f.track.id and grant.ended_at is None}
    return {"grant": [document for document in f.track.given.get("documents") or () if document not in seen]}


@effect()
def copies_are_back(f: Facts) -> Follows:
    """Whatever the referral had and may see no longer counts as given back or destroyed."""
    out = f.case.copies_out(f.track.id)
    return {"grants_returned": [grant.id for grant in out]} if out else {}


@effect()
def no_longer_counts(f: Facts) -> Follows:
    """Another provider takes its place; joins pass over it."""
    return {"replaced": True}
