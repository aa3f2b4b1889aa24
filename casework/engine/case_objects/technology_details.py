"""What a technology's record says beside its texts: codes of patents and of goals, the sites where it runs, the licences that are to be
had, its certificates and standards, what law or contract lays on it, and what a statement says that verified it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypedDict, cast

from casework import reasons
from casework.engine.case_objects.countries import is_country
from casework.engine.case_objects.money import CURRENCIES
from casework.engine.case_objects.outside_burdens import LICENCES
from casework.engine.definition.plain_text import visible
from casework.errors import InvalidForm
from casework.reasons import Why

#: The fields that hold several codes, each as it is written.
CODES = ("ipc", "sdgs")
#: Of the International Patent Classification: section, class, and as far as they are told subclass, group and subgroup.
_IPC = re.compile(r"([A-HY][0-9]{2})(?:([A-Z])(?:0*([0-9]{1,4})/([0-9]{2,6}))?)?")
_SDG = re.compile(r"(?:(?:UN )?SDG|GOAL)? ?0?([1-9]|1[0-7])(\.(?:[0-9]{1,2}|[A-E]))?(?: ?[:.,–-] ?\D.*)?")
#: Addresses of pages. Any other kind, such as javascript:, would become a dangerous link on one of ours.
PAGES = ("website", "source_page")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
#: So many sites a technology names at most.
MOST_SITES = 50
_LONGEST = {"site": 300, "year": 4, "size": 200}


#: The kinds of licence that an owner gives; `none` stands alone, and says that no licence is to be had.
NO_LICENCE = "none"
OFFERED = (*LICENCES, NO_LICENCE)
#: So many certificates and standards a technology names at most, and so many a need requires.
MOST_STANDARDS, MOST_REQUIRED = 50, 20
#: The field of a need that names those.
REQUIRED = "required_standards"
_LONGEST_STANDARD = {"name": 200, "number": 100, "body": 200, "valid_until": 10, "held": 3}
#: What a row says in `held` of what a technology is known not to have; a row that it has says nothing there.
LACKED = "no"


#: What law or contract lays on a technology: `none` stands alone, and says that somebody has looked and knows of nothing; it is to be
#: had in some countries alone (`territory`), or for one use. All others hold in the countries that are named, or everywhere.
NO_RESTRICTION, TERRITORY, FIELD_OF_USE = "none", "territory", "field_of_use"
RESTRICTIONS = (NO_RESTRICTION, "export_control", TERRITORY, FIELD_OF_USE, "other")
#: So many restrictions a technology names at most.
MOST_RESTRICTIONS = 20
_LONGEST_RESTRICTION = {"kind": 40, "countries": 400, "words": 500}


class _OfKind(TypedDict):
    kind: str


class Restriction(_OfKind, total=False):
    """A legal restriction: in which countries, by their codes with commas between, and what it says."""

    countries: str
    words: str


#: What a statement of verification comes to.
VERDICTS = ("verified", "verified_with_limits", "not_verified")
_LONGEST_VERIFICATION = {"number": 300, "verdict": 40, "valid_until": 10}


class _Verified(TypedDict):
    number: str
    verdict: str


class Verification(_Verified, total=False):
    """A statement by which somebody verified a technology: its number, what it comes to, and its last day."""

    valid_until: str


class _Named(TypedDict):
    name: str


class Standard(_Named, total=False):
    """A certificate that it has, or a standard that it meets: its number, who gave it, and its last day; or that it is known to lack it."""

    number: str
    body: str
    valid_until: str
    held: str


class _Sited(TypedDict):
    site: str


class ReferenceSite(_Sited, total=False):
    """Where it runs, since when, and how large it is there."""

    year: str
    size: str


def ipc_code(words: str) -> str | None:
    """A code of the patent classification as it is kept: `F24D3/08`; none where it is no such code."""
    found = _IPC.fullmatch("".join(words.upper().split()))
    if found is None:
        return None
    group = f"{found[3]}/{found[4]}" if found[3] else ""
    return f"{found[1]}{found[2] or ''}{group}"


def sdg_code(words: str) -> str | None:
    """A Sustainable Development Goal, or a target of one: `7`, `7.2`; none where it is neither."""
    found = _SDG.fullmatch(" ".join(words.upper().split()))
    return f"{found[1]}{(found[2] or '').lower()}" if found else None


_READ = {"ipc": (ipc_code, reasons.catalogue.NO_IPC_CODE), "sdgs": (sdg_code, reasons.catalogue.NO_GOAL)}


def codes_of(field: str, given: Iterable[str]) -> list[str]:
    """The codes of a field as they are kept, each once. Raises InvalidForm for what is none."""
    read, why = _READ[field]
    codes = dict[str, None]()
    for words in given:
        code = read(words)
        if code is None:
            raise InvalidForm(fields={field: why(code=words[:60])})
        codes[code] = None
    return list(codes)


def licences_of(given: Iterable[str]) -> list[str]:
    """The kinds of licence that are to be had, in their order. Raises InvalidForm."""
    said = {" ".join(str(code).split()).casefold() for code in given}
    if not said <= set(OFFERED):
        raise InvalidForm(fields={"licences": reasons.fields.ONE_OF(choices=OFFERED)})
    if NO_LICENCE in said and len(said) > 1:
        raise InvalidForm(fields={"licences": reasons.catalogue.NO_LICENCE_ALONE})
    return [code for code in OFFERED if code in said]


def licence_to_be_had(licences: Iterable[str]) -> bool | None:
    """Whether a licence is to be had; None where nobody has said."""
    said = list(licences)
    return NO_LICENCE not in said if said else None


def standards_of(given: Any) -> list[Standard]:
    """The rows of certificates and standards as they are kept. Raises InvalidForm with a reason for each cell."""
    if isinstance(given, list):
        given = [_as_held(row) if isinstance(row, Mapping) else row for row in given]
    rows = cast(list[Standard], _rows_of("standards", given))
    had = {standard_key(row["name"]) for row in rows if not _is_lacked(row)}
    for n, row in enumerate(rows):
        if _is_lacked(row) and standard_key(row["name"]) in had:
            raise InvalidForm(fields={f"standards.{n}.held": reasons.catalogue.HAS_AND_LACKS})
    return rows


def lacked(standards: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of those that it is known to lack, each once, as they are compared."""
    return list(dict.fromkeys(standard_key(str(row["name"])) for row in standards if _is_lacked(row)))


def _is_lacked(row: Mapping[str, Any]) -> bool:
    return row.get("held") == LACKED


def _as_held(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with what it says of whether it is had: that it is, is said by the row itself."""
    held = str(row.get("held") or "").strip().casefold()
    return {**row, "held": "" if held == "yes" else held}


def restrictions_of(given: Any) -> list[Restriction]:
    """The rows of legal restrictions as they are kept. Raises InvalidForm with a reason for each cell."""
    if isinstance(given, list):
        given = [_as_kept(row) if isinstance(row, Mapping) else row for row in given]
    rows = cast(list[Restriction], _rows_of("restrictions", given))
    if len(rows) > 1 and any(row["kind"] == NO_RESTRICTION for row in rows):
        raise InvalidForm(fields={"restrictions": reasons.catalogue.NO_RESTRICTION_ALONE})
    return rows


def countries_of(row: Mapping[str, Any]) -> list[str]:
    """The countries of a restriction."""
    return re.findall(r"[^\s,;，；、]+", str(row.get("countries") or ""))


def _as_kept(row: Mapping[str, Any]) -> dict[str, Any]:
    """A restriction with its kind and its countries as they are kept."""
    kind = "_".join(str(row.get("kind") or "").casefold().split())
    return {**row, "kind": kind, "countries": ", ".join(dict.fromkeys(code.upper() for code in countries_of(row)))}


def _wrong_restriction(row: Mapping[str, str]) -> dict[str, Why]:
    """What is wrong with what a restriction alone says."""
    kind, places = row.get("kind"), countries_of(row)
    faults: dict[str, Why] = {}
    if kind and kind not in RESTRICTIONS:
        faults["kind"] = reasons.fields.ONE_OF(choices=RESTRICTIONS)
    if not all(map(is_country, places)):
        faults["countries"] = reasons.catalogue.RESTRICTION_COUNTRIES
    elif kind == TERRITORY and not places:
        faults["countries"] = reasons.catalogue.RESTRICTION_WHERE
    elif kind == NO_RESTRICTION and places:
        faults["countries"] = reasons.catalogue.NO_RESTRICTION_ALONE
    if kind in (FIELD_OF_USE, "other") and not row.get("words"):
        faults["words"] = reasons.catalogue.RESTRICTION_WORDS
    return faults


def still_valid(standards: Iterable[Mapping[str, Any]], today: str) -> list[Mapping[str, Any]]:
    """Those that it has, and whose last day has not passed."""
    return [row for row in standards if not _is_lacked(row) and str(row.get("valid_until") or today) >= today]


def in_force(standards: Iterable[Mapping[str, Any]], today: str) -> list[str]:
    """The names of those whose last day has not passed, each once, as they are compared."""
    return list(dict.fromkeys(standard_key(str(row["name"])) for row in still_valid(standards, today)))


def required_of(given: Any) -> list[str]:
    """The names of what a need requires as they are kept, each once. Raises InvalidForm."""
    if not isinstance(given, list) or len(given) > MOST_REQUIRED:
        raise InvalidForm(fields={REQUIRED: reasons.catalogue.MOST_STANDARDS(most=MOST_REQUIRED)})
    names = dict[str, str]()
    for said in given:
        name = " ".join(visible(str(said)).split())
        if len(name) > _LONGEST_STANDARD["name"]:
            raise InvalidForm(fields={REQUIRED: reasons.catalogue.SITE_LONG(most=_LONGEST_STANDARD["name"])})
        if name:
            names.setdefault(standard_key(name), name)
    return list(names.values())


def country_of(given: Any) -> str:
    """A country by its code, however its letters are written. Raises InvalidForm."""
    code = str(given).strip().upper()
    if not is_country(code):
        raise InvalidForm(fields={"country": reasons.fields.NO_COUNTRY})
    return code


def standard_key(name: str) -> str:
    """A name as names are compared: `ISO 9001` however its letters and blanks are written."""
    return " ".join(name.split()).casefold()


def _wrong_standard(row: Mapping[str, str]) -> dict[str, Why]:
    """What is wrong with what a certificate alone says."""
    if row.get("held", LACKED) != LACKED:
        return {"held": reasons.fields.ONE_OF(choices=("yes", LACKED))}
    if _is_lacked(row) and row.keys() & {"number", "body", "valid_until"}:
        return {"held": reasons.catalogue.HAS_AND_LACKS}
    wrong = "valid_until" in row and not _is_day(row["valid_until"])
    return {"valid_until": reasons.catalogue.NO_DAY} if wrong else {}


def _is_day(said: str) -> bool:
    try:
        return date.fromisoformat(said).isoformat() == said
    except ValueError:
        return False


def verification_of(given: Any) -> Verification:
    """A statement of verification as it is kept. Raises InvalidForm with a reason for each of its parts."""
    if not isinstance(given, Mapping):
        raise InvalidForm(fields={"verification": reasons.catalogue.VERIFICATION_PARTS})
    said = _row(given)
    faults: dict[str, Why] = {name: reasons.fields.NOT_KNOWN_HERE for name in said if name not in _LONGEST_VERIFICATION}
    faults |= _too_long(_LONGEST_VERIFICATION, said)
    if not said.get("number"):
        faults["number"] = reasons.fields.REQUIRED
    if said.get("verdict") not in VERDICTS:
        faults["verdict"] = reasons.fields.ONE_OF(choices=VERDICTS)
    if "valid_until" in said and not _is_day(said["valid_until"]):
        faults["valid_until"] = reasons.catalogue.NO_DAY
    if faults:
        raise InvalidForm(fields={f"verification.{name}": why for name, why in faults.items()})
    return cast(Verification, said)


def sites_of(given: Any) -> list[ReferenceSite]:
    """The rows of reference sites as they are kept. Raises InvalidForm with a reason for each cell."""
    return cast(list[ReferenceSite], _rows_of("reference_sites", given))


def _wrong_site(row: Mapping[str, str]) -> dict[str, Why]:
    """What is wrong with what a site alone says."""
    wrong = "year" in row and not re.fullmatch("(?:19|20|21)[0-9]{2}", row["year"])
    return {"year": reasons.catalogue.NO_YEAR} if wrong else {}


class _Rows(NamedTuple):
    """What rows of a field are held to: how many there are, how long each cell is, which one is never empty, and what else."""

    most: int
    too_many: Why
    longest: Mapping[str, int]
    named: str
    missing: Why
    wrong: Callable[[Mapping[str, str]], dict[str, Why]]


_ROWS: Mapping[str, _Rows] = {
    "standards": _Rows(
        MOST_STANDARDS, reasons.catalogue.MOST_STANDARDS(most=MOST_STANDARDS), _LONGEST_STANDARD, "name",
        reasons.catalogue.STANDARD_MISSING, _wrong_standard,
    ),
    "restrictions": _Rows(
        MOST_RESTRICTIONS, reasons.catalogue.MOST_RESTRICTIONS(most=MOST_RESTRICTIONS), _LONGEST_RESTRICTION, "kind",
        reasons.catalogue.RESTRICTION_MISSING, _wrong_restriction,
    ),
    "reference_sites": _Rows(
        MOST_SITES, reasons.catalogue.MOST_SITES(most=MOST_SITES), _LONGEST, "site", reasons.catalogue.SITE_MISSING, _wrong_site,
    ),
}  # fmt: skip


def _rows_of(field: str, given: Any) -> list[dict[str, str]]:
    rule = _ROWS[field]
    if not isinstance(given, list) or len(given) > rule.most:
        raise InvalidForm(fields={field: rule.too_many})
    rows: list[dict[str, str]] = []
    faults: dict[str, Why] = {}
    for n, said in enumerate(given):
        row = _row(said) if isinstance(said, Mapping) else {}
        wrong = _faults_of(rule, row) if isinstance(said, Mapping) else {"": rule.missing}
        faults |= {f"{field}.{n}.{name}".rstrip("."): why for name, why in wrong.items()}
        rows.append(row)
    if faults:
        raise InvalidForm(fields=faults)
    return rows


def _row(said: Mapping[str, Any]) -> dict[str, str]:
    return {name: " ".join(visible(str(value)).split()) for name, value in said.items() if value not in (None, "")}


def _faults_of(rule: _Rows, row: Mapping[str, str]) -> dict[str, Why]:
    """What is wrong with a row, by its cells."""
    faults: dict[str, Why] = {name: reasons.fields.NOT_KNOWN_HERE for name in row if name not in rule.longest}
    faults |= _too_long(rule.longest, row)
    if not row.get(rule.named):
        faults[rule.named] = rule.missing
    return faults | rule.wrong(row)


def _too_long(longest: Mapping[str, int], row: Mapping[str, str]) -> dict[str, Why]:
    return {
        name: reasons.catalogue.SITE_LONG(most=most) for name, most in longest.items() if len(row.get(name, "")) > most
    }


def misspelt(said: Mapping[str, Any]) -> dict[str, Why]:
    """What of these fields is no address of a page, and no currency, where it must be one."""
    wrong: dict[str, Why] = {
        name: reasons.catalogue.NO_WEB_ADDRESS for name in PAGES if name in said and not _WEB.fullmatch(str(said[name]))
    }
    code = said.get("total_cost_currency")
    return wrong if code is None or code in CURRENCIES else wrong | {"total_cost_currency": reasons.imports.NO_CURRENCY}
