"""What the match desk says of a candidate: why it stands there, what decides, and what each filter says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup

from casework.json_values import JsonMapping
from casework.matching.conflicts import Conflict
from casework.matching.dictionary import DICTIONARY, GLOSSARY
from casework.matching.explanation import Kind
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.ranking import TEXT, WORDS
from casework.operations.matching.similar_texts import Without
from casework.web.catalogue.filter_words import FILTERS
from casework.web.catalogue.pages import FIELDS, say_restriction
from casework.web.shell import charts
from casework.web.shell.i18n import N_, listed
from casework.web.shell.layout import place_names
from casework.web.shell.values import say_amount

#: What stands between the owner of a need and that of a technology.
CONFLICTS: Mapping[str, str] = {
    Conflict.SAME: N_("need and technology belong to one organisation"), Conflict.OWNED: N_("one owns more than a quarter of the other"),
    Conflict.OWNER: N_("both have an owner in common"), Conflict.STANDING: N_("they have a standing conflict"),
    Conflict.NAMESAKE: N_("an owner of each has the same name"),
    Conflict.INTEREST: N_("whoever searched declared a conflict of interest in a case of the technology owner"),
}  # fmt: skip
#: So many words of a reason stand in a line; all of them stand in its table.
SAID = 6
#: Parts that are no part of the hundred, as they give nothing of the score.
_BESIDE = frozenset({Kind.CODES, Kind.COST, Kind.COUNTRIES})
PASSED, UNKNOWN, FAILS = "yes", "unknown", "no"
_SAYS = {PASSED: N_("passed"), UNKNOWN: N_("not known"), FAILS: N_("does not pass")}


@dataclass(frozen=True)
class Why:
    """Why a candidate stands where it stands: as a bar, in words, and as a table."""

    bar: Markup
    words: str
    #: What says it, who says so, where in the record it stands, and its share.
    rows: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Fact:
    """Something of a record that decides; what the record does not say is not known, and never no."""

    label: str
    words: str
    known: bool
    #: What is wanted beside it.
    more: str = ""


@dataclass(frozen=True)
class Check:
    """What a filter says of a candidate."""

    label: str
    verdict: str
    #: The verdict for whoever hears the page.
    says: str
    more: str = ""


#: Why what the texts mean took no part in a run.
_WITHOUT = {
    Without.NOT_SWITCHED_ON: N_("Words alone were compared: similar texts are not switched on."),
    Without.NOT_INSTALLED: N_("Words alone were compared: no model for similar texts is installed."),
    Without.NOT_MADE: N_("Words alone were compared: the technologies had not been looked at for similar texts yet."),
    Without.LANGUAGE: N_(
        "Words alone were compared: the model for similar texts does not know the language of the need."
    ),
}


def say_without(evidence: JsonMapping) -> str:
    """Why a run was made of words alone; nothing where it was not, or where that was erased."""
    if "similar" in evidence or not evidence["asked"]:
        return ""
    return gettext(_WITHOUT[Without(evidence.get("without", Without.NOT_SWITCHED_ON))])


def say_apart(evidence: JsonMapping, one: JsonMapping) -> str:
    """Its rank by its words and by what its text means, where a run compared both; what of it was not compared."""
    if "similar" not in evidence:
        return ""
    if one["technology"] in evidence["similar"].get("silent", ()):
        return gettext(
            "Its words alone were compared: its text is in a language that the model does not know, or is new."
        )
    ranks = one["explanation"]["ranks"]
    if WORDS not in ranks:
        return gettext("It shares no word with the need: its text says much of the same.")
    if TEXT not in ranks:
        return gettext("Rank %(words)s by its words; not among similar texts.", words=ranks[WORDS])
    return gettext("Rank %(words)s by its words, %(text)s among similar texts.", words=ranks[WORDS], text=ranks[TEXT])


def say_why(parts: Sequence[JsonMapping]) -> Why:
    """A reason in words: its shares add up to a hundred."""
    beside = [part for part in parts if part["kind"] in _BESIDE]
    parts = [{**part, "text": _text(part)} for part in parts if part["kind"] not in _BESIDE]
    shares = charts.parts_of_hundred([part["share"] for part in parts])
    whole = [f"{share:.0f} %" for share in shares]
    bar = charts.bar_share(
        [
            charts.Share(share, charts.OURS if _is_word(part) else charts.AGREED, f"{part['text']} {per}")
            for part, share, per in zip(parts, shares, whole, strict=True)
        ],
        "",
        20,
    )
    said = [_said(part, per) for part, per in zip(parts[:SAID], whole, strict=False)]
    if len(parts) > SAID:
        rest = f"{sum(shares[SAID:]):.0f} %"
        said.append(gettext("%(num)s more %(share)s", num=len(parts) - SAID, share=rest))
    # Where it runs stands among its facts.
    said += [_text(part) for part in beside if part["kind"] != Kind.COUNTRIES]
    rows = [
        (part["text"], say_source(part["source"]), _where(part), per) for part, per in zip(parts, whole, strict=True)
    ]
    rows += [(_text(part), say_source(part["source"]), "", "") for part in beside]
    return Why(bar, listed(said), rows)


def _where(part: JsonMapping) -> str:
    """The fields of the record that say a word; of a run from before they were kept whether it is the title."""
    if not _is_word(part):
        return ""
    fields, labels = part.get("fields") or ["title"] * part["title"], FIELDS["technology"]
    return listed([gettext(labels[name]) for name in fields]) if fields else gettext("not in the title")


def _text(part: JsonMapping) -> str:
    """A word as it was found; of the bonus what it is for."""
    if part["kind"] == Kind.DEPLOYED:
        return gettext("effect verified, sites: %(num)s", num=part["text"])
    if part["kind"] == Kind.CODES:
        return gettext("codes in common: %(codes)s", codes=part["text"])
    if part["kind"] == Kind.COST:
        cost, budget = _amount(part["text"]), _amount(part["closest"])
        return gettext("costs %(cost)s of a budget of %(budget)s", cost=cost, budget=budget)
    if part["kind"] == Kind.COUNTRIES:
        return _places(part)
    return str(part["text"])


def _both_places(part: JsonMapping) -> tuple[str, str]:
    """Where it was deployed, and where developed, as a part has them."""
    return part["text"], part.get("closest", "")


def _places(part: JsonMapping) -> str:
    deployed, developed = (place_names(said.split(", ")) if said else "" for said in _both_places(part))
    if deployed and developed:
        return gettext("deployed in %(deployed)s; developed in %(developed)s", deployed=deployed, developed=developed)
    return (
        gettext("deployed in %(places)s", places=deployed)
        if deployed
        else gettext("developed in %(places)s", places=developed)
    )


def _amount(said: str) -> str:
    amount, _, currency = said.partition(" ")
    return say_cost((Decimal(amount), currency))


def say_cost(cost: tuple[Decimal, str] | None) -> str:
    """An amount with its currency; nothing where it is not known."""
    return f"{cost[1]} {say_amount(cost[0])}".strip() if cost else ""


def _said(part: JsonMapping, per: str) -> str:
    said = f"{part['text']} {per}"
    return _beside(said, say_source(part["source"])) if part["source"] else said


def say_source(source: str) -> str:
    """Who says so: a version of the programme's glossary, the dictionary, or as a run has it."""
    of, _, number = source.partition(" ")
    if of == GLOSSARY and number:
        return gettext("glossary %(number)s", number=number)
    return gettext("dictionary") if source == DICTIONARY else source


def _beside(what: str, more: str) -> str:
    return gettext("%(what)s (%(more)s)", what=what, more=more)


def _is_word(part: JsonMapping) -> bool:
    return part["kind"] in (Kind.WORD, Kind.TRANSLATION)


def say_range(low: int | None, high: int | None) -> str:
    """A range of readiness: 6, or 6 to 9."""
    if low is None or high is None or low == high:
        return str(low if low is not None else high)
    return gettext("%(low)s to %(high)s", low=low, high=high)


def say_facts(facts: CandidateFacts, evidence: JsonMapping, one: JsonMapping | None = None) -> list[Fact]:
    """What of a record decides, in one line: of what a run compared what it saw of a candidate, with what the record says by now."""
    wanted = evidence["wanted"]
    asked, places = wanted.get("readiness"), wanted.get("countries")
    rights = gettext("%(num)s on record", num=facts.rights) if facts.rights else facts.ip_text or ""
    ready = say_range(*facts.readiness) if facts.readiness else ""
    deployed, developed = place_names(facts.deployed_in), place_names(facts.developed_in)
    then_ready, then_deployed, then_developed = _seen(evidence, one, (ready, deployed, developed))
    running = then_deployed
    if facts.sites:
        sites = gettext("sites: %(num)s", num=facts.sites)
        running = _beside(running, sites) if running else sites
    return [
        _fact(N_("Readiness"), then_ready, _asked(say_range(*asked) if asked else "", then_ready, ready)),
        _fact(N_("IP rights"), rights),
        _fact(N_("Deployed in"), running, _asked(place_names(places) if places else "", then_deployed, deployed)),
        *(
            [_fact(N_("Developed in"), then_developed, _asked("", then_developed, developed))]
            if then_developed or developed
            else []
        ),
        _fact(N_("Cost compared"), facts.cost_compared or ""),
        *([_fact(N_("Cost to put in place"), say_cost(facts.cost))] if facts.cost else []),
    ]


def _seen(evidence: JsonMapping, one: JsonMapping | None, now: tuple[str, str, str]) -> tuple[str, str, str]:
    """Readiness and where it was deployed and developed, as the run saw them; as they are now where a run did not keep them so."""
    if one is None or not evidence.get("compared"):
        return now
    why = one["explanation"]
    compared = {said["name"]: said["says"] for said in why["filters"] if "says" in said}
    ready = (say_range(*said) if (said := compared["readiness"]) else "") if "readiness" in compared else now[0]
    part = next((part for part in why["parts"] if part["kind"] == Kind.COUNTRIES), {"text": ""})
    deployed, developed = (place_names(said.split(", ")) if said else "" for said in _both_places(part))
    return ready, deployed, developed


def _asked(wanted: str, then: str, now: str) -> str:
    """What is wanted, and what the record says by now where that is another thing."""
    by_now = gettext("by now its record says %(value)s", value=now or gettext("nothing of it")) if then != now else ""
    asked = gettext("wanted %(value)s", value=wanted) if wanted else ""
    return _beside(asked, by_now) if asked and by_now else asked or by_now


def _fact(label: str, words: str, more: str = "") -> Fact:
    return Fact(gettext(label), words or gettext("not known"), bool(words), more)


def say_checks(
    verdicts: Sequence[JsonMapping], failed: Sequence[str], relaxed: Mapping[str, str], kept: JsonMapping | None = None
) -> list[Check]:
    """What each filter says of a candidate; of one that was left out, that the candidate fails it, and why it was.

    `kept`: what the run knows of it.
    """
    said = {one["name"]: UNKNOWN if one["verdict"] == "unknown" else PASSED for one in verdicts}
    said |= dict.fromkeys(failed, FAILS)
    partly = {
        one["name"]: _partly(one) for one in verdicts if one["verdict"] == "partly" and one["name"] not in relaxed
    }
    return [
        Check(
            gettext(words),
            said[name],
            gettext(_SAYS[said[name]]),
            partly[name] if name in partly else _more(name, said[name], relaxed, kept or {}),
        )
        for name, words in FILTERS.items()
        if name in said
    ]


def _partly(one: JsonMapping) -> str:
    """That it passes in part, with what its record said to what was wanted where the run kept it."""
    if not one.get("says"):
        return gettext("in part")
    return gettext(
        "in part: %(says)s, wanted %(wanted)s", says=say_range(*one["says"]), wanted=say_range(*one["wanted"])
    )


def _more(name: str, verdict: str, relaxed: Mapping[str, str], kept: JsonMapping) -> str:
    against = _against(name, verdict, kept)
    if name in relaxed:
        left_out = gettext("left out: %(why)s", why=relaxed[name])
        return _beside(against, left_out) if against else left_out
    if against:
        return against
    if name == "conflict" and verdict == UNKNOWN:
        return gettext("not all owners of the two are on record")
    return gettext("the record does not say") if verdict == UNKNOWN else ""


def _against(name: str, verdict: str, kept: JsonMapping) -> str:
    """What is on record that speaks against a candidate, of a conflict and of legal restrictions."""
    if name == "conflict":
        between = kept.get("conflict")
        return gettext(CONFLICTS[between]) if between and between in CONFLICTS else ""
    if name == "restriction" and verdict != PASSED:
        rows = [{"kind": kind, "countries": ",".join(places)} for kind, places in kept.get("restrictions", ())]
        return "; ".join(map(say_restriction, rows))
    return ""


def say_filters(filters: Sequence[JsonMapping], relaxed: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """Each filter of a run with how many it removed, of how many it knows nothing, and why it was left out."""
    names = [FILTERS[one["name"]] for one in filters]
    rows = [
        (gettext(name), str(one["removed"]), str(one["unknown"]), "") for name, one in zip(names, filters, strict=True)
    ]
    return rows + [(gettext(FILTERS[name]), "", "", why) for name, why in relaxed.items() if name in FILTERS]
