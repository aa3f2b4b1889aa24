"""What the lists of a programme are called, and what is chosen from each."""

from __future__ import annotations

from casework.web.shell.i18n import N_

LIST_NAMES = {
    "sectors": N_("Sectors"), "districts": N_("Districts"), "wanted_forms": N_("Wanted forms"), "benefits": N_("Benefits"),
    "match_refusals": N_("Reasons to refuse a match"), "green_items": N_("Items of the green finance catalogue"),
    "glossary": N_("Glossary of matching"), "indicators": N_("Indicators of an effect"), "closing_reasons": N_("Reasons to close"),
}  # fmt: skip
ABOUT_LISTS = {
    "sectors": N_("What a need is about. Providers are found and tasks given by it, too."),
    "districts": N_("Where a need is."),
    "wanted_forms": N_("What somebody with a need wants to agree on."),
    "benefits": N_("What a technology is good for. Providers are found and tasks given by it, too."),
    "match_refusals": N_("Why a match does not become a case."),
    "glossary": N_(
        "What Chinese words of needs and technologies are in English, where a dictionary lacks them or says them too broadly. "
        "A change takes effect with the next search, and each run names the version it used."
    ),
    "green_items": N_("Under which item of which version a project counts as green."),
    "indicators": N_(
        "What the effect of a technology is measured in. Only what adds up over time stands here, such as MWh or tonnes: a share or a "
        "concentration of one period cannot be compared with that of a longer one."
    ),
    "closing_reasons": N_(
        "Why a case came to no success. Whoever proposes to close it, and who closes it, names one or more."
    ),
}
#: What an indicator, or a reason to close, is about.
KIND_WORDS = {"indicators": {
    "energy": N_("energy"), "water": N_("water"), "co2e": N_("greenhouse gases"), "pollutant": N_("pollutants"),
    "waste": N_("waste"), "yield": N_("output: more is better"), "cost": N_("cost"), "other": N_("other"),
}, "closing_reasons": {
    "money": N_("money"), "technology": N_("technology"), "rights": N_("rights"), "rules": N_("law and rules"),
    "site": N_("site"), "parties": N_("parties"), "delay": N_("delay"), "other": N_("other"),
}}  # fmt: skip

__all__ = ["ABOUT_LISTS", "KIND_WORDS", "LIST_NAMES"]
