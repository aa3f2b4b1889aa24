"""What follows from the actions of services and agreements beside the move itself."""

from __future__ import annotations

from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.state.right_values import Burden, BurdenEnded

#: What an agreement of a kind puts on the rights that it names; the case's own signing adds what is not here.
BURDENS = {"licence": "licence", "sale": "transfer", "assignment": "transfer"}


@effect()
def service_is_replaced(facts: Facts) -> Follows:
    """Another provider takes the place of this one; joins no longer count the track."""
    return {"replaced": True}


@effect()
def dispute_officer_takes_it(facts: Facts) -> Follows:
    """Whoever opens the options of a dispute owns it."""
    return {"owner": facts.actor}


@effect()
def pledge_stands(facts: Facts) -> Follows:
    """From registration on, every right of the application is pledged."""
    burden: Burden = {
        "kind": "pledge",
        "holder": None,
        "territory": "CN",
        "exclusive": False,
        "from": facts.data.get("registered_on"),
        "to": None,
    }
    return {"rights": [{"right": right, "add": burden} for right in facts.said("apply.rights") or ()]}


@effect()
def pledge_ends(facts: Facts) -> Follows:
    """With the cancellation of its registration the pledge is gone."""
    burden: BurdenEnded = {"kind": "pledge", "from": facts.said("registered.registered_on")}
    return {"rights": [{"right": right, "end": burden} for right in facts.said("apply.rights") or ()]}


@effect()
def agreement_burdens_rights(facts: Facts) -> Follows:
    """A licence or a transfer stands on the rights that the agreement names."""
    kind = BURDENS.get(facts.said("propose.kind"))
    if kind is None:
        return {}
    burden: Burden = {
        "kind": kind,
        "holder": facts.case.parties.get("need_owner"),
        "territory": facts.data.get("territory"),
        "exclusive": kind == "transfer" or facts.data.get("exclusive") is True,
        "from": facts.data.get("effective_on"),
        "to": None,
    }
    return {"rights": [{"right": right, "add": burden} for right in facts.data.get("rights") or ()]}


@effect()
def agreement_frees_rights(facts: Facts) -> Follows:
    """A licence ends with its agreement; what was transferred stays transferred."""
    signing = "sign_cross" if facts.fired("sign_cross") else "sign_local"
    burden: BurdenEnded = {"kind": "licence", "from": facts.said(f"{signing}.effective_on")}
    return {"rights": [{"right": right, "end": burden} for right in facts.said(f"{signing}.rights") or ()]}
