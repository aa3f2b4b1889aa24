"""What stands in a statement, in words: the same before it is signed, on its page and on paper."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext, ngettext

from casework.engine.state.register_effects import NamedCheckpoint
from casework.json_values import JsonMapping
from casework.operations.verification import verified_cases
from casework.web.audit.pages import FINDING_STATES, VERIFIED
from casework.web.shell.i18n import labelled, listed

#: Says a moment, as the ledger writes it.
At = Callable[[str], str]
Lines = list[tuple[str, str]]


def tell_statement(said: JsonMapping, at: At) -> Lines:
    """Label and words: what was examined, and what was found there by then."""
    return [*_examined(said, at), *_found(said["findings"]), *_verified(said["verification"], at)]


def _examined(said: JsonMapping, at: At) -> Lines:
    period, cases = said["period"], said["cases"]
    count = ngettext("%(num)d case", "%(num)d cases", cases["count"])
    if cases["all"]:
        words = gettext("all that had been opened by %(moment)s: %(count)s", moment=at(cases["opened_by"]), count=count)
    else:
        words = gettext("%(count)s: %(numbers)s", count=count, numbers=listed(cases["numbers"]))
    return [
        *_sampled(cases.get("sample"), len(cases["numbers"])),
        (gettext("Period"), gettext("%(first)s to %(last)s", first=period["since"], last=period["until"])),
        (gettext("Cases examined"), words),
    ]


def _sampled(sample: JsonMapping | None, size: int) -> Lines:
    if sample is None:
        return []
    drawn = gettext(
        "sample %(number)s: %(size)s of %(population)s cases that had been opened by %(as_of)s, drawn with the seed %(seed)s",
        number=sample["number"],
        size=size,
        population=sample["population"],
        as_of=sample["as_of"],
        seed=sample["seed"] or gettext("erased"),
    )
    fine, found = sample["in_order"], sample["finding"]
    looked = gettext(
        "%(done)s of %(all)s: %(fine)s in order, %(found)s with a finding",
        done=fine + found,
        all=size,
        fine=fine,
        found=found,
    )
    return [(gettext("Sample"), drawn), (gettext("Looked at"), looked)]


def _found(findings: JsonMapping) -> Lines:
    counts = [labelled(gettext(words), findings[state]) for state, words in FINDING_STATES.items()]
    lines = [(gettext("Findings about them"), " · ".join(counts))]
    if findings["named"]:
        named = [
            gettext(
                "%(number)s, entry %(entry)s (%(state)s)",
                number=one["number"],
                entry=one["event"],
                state=gettext(FINDING_STATES[one["state"]]),
            )
            for one in findings["named"]
        ]
        rest = findings["not_closed"] - len(named)
        more = [ngettext("%(num)d more", "%(num)d more", rest)] if rest > 0 else []
        lines.append((gettext("Findings that are not closed"), "; ".join([*named, *more])))
    return lines


def _verified(told: JsonMapping, at: At) -> Lines:
    states = [labelled(gettext(words), told["states"][state]) for state, (words, _) in VERIFIED.items()]
    lines = [(gettext("Their histories, as verified"), " · ".join(states))]
    if told["wrong"]:
        rest = told["states"][verified_cases.WRONG] - len(told["wrong"])
        more = [ngettext("%(num)d more", "%(num)d more", rest)] if rest > 0 else []
        lines.append((gettext("Histories with something wrong"), "; ".join([*told["wrong"], *more])))
    if told["night"] is None:
        night = gettext("no night of verification has ended yet")
    elif told["night_wrong"]:
        night = gettext("%(moment)s: something is wrong outside the histories of cases", moment=at(told["night"]))
    else:
        night = gettext("%(moment)s: nothing wrong outside the histories of cases", moment=at(told["night"]))
    lines.append((gettext("Last night of verification"), night))
    if told["alarms"]:
        alarms = ngettext("%(num)d signed of another tree", "%(num)d signed of another tree", told["alarms"])
        lines.append((gettext("Alarms of witnesses"), alarms))
    return lines


def tell_checkpoint(one: NamedCheckpoint) -> Lines:
    """On what it rests."""
    return [
        (gettext("Log"), one["origin"]),
        (gettext("Leaves that it signs"), str(one["size"])),
        (gettext("Root hash"), one["root"]),
    ]
