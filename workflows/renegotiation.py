"""What becomes of an agreement that was renegotiated, once another is in force in its place."""

from __future__ import annotations

from casework.engine.definition.consequences import Follows
from casework.engine.definition.grammar import Also
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.state.case import Track
from workflows.codes import PREPARATORY
from workflows.deal_guards import last_signing, signed_terms

#: What was renegotiated ends with the signing, or the licence, of what takes its place.
GIVES_WAY = Also("replaced", "give_way")
#: What opens talks about an agreement of its own, after those by which the case began.
NEW_TALKS = ("renegotiate", "scale_up", "reopen")


def replaced_by(f: Facts) -> Track | None:
    """The agreement in force that this one takes the place of: of the talks before, where the case went back to them to renegotiate."""
    main, opened = f.case.main, f.track.opened_at
    talks = {name: fired.at for name in NEW_TALKS if (fired := f.fired(name, main)) is not None and fired.at <= opened}
    if not talks or max(talks, key=lambda name: talks[name]) != "renegotiate":
        return None
    before = [one for one in f.case.tracks.values() if one.workflow == f.track.workflow and one.opened_at < opened]
    bound = [one for one in before if not one.replaced and last_signing(f, one) is not None]
    return bound[-1] if bound and f.at_milestone(bound[-1], "in_force") else None


@effect()
def agreement_replaces_another(facts: Facts) -> Follows:
    """What was renegotiated counts no longer once what binds the parties instead is in force; a letter replaces nothing."""
    if signed_terms(facts).data.get("kind") in PREPARATORY:
        return {}
    before = replaced_by(facts)
    return {"replaced_tracks": [before.id]} if before is not None else {}
