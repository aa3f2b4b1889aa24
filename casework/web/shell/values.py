"""Stored values as people read them: names for ids, words for codes, days and moments as they are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.json_values import JsonValue
from casework.operations.core.i18n import KINDS_OF_RIGHTS, SERVICES
from casework.operations.core.programme_lists import Called
from casework.operations.matching.decisions import FROM_RUN
from casework.operations.matching.proposals import FROM_PROPOSAL
from casework.web.shell.forms import texts_of
from casework.web.shell.i18n import N_, chinese, edition_text, labelled, listed, name_of, say_unit
from casework.web.shell.layout import day_element, time_element
from casework.web.shell.record_words import RECORD_WORDS, VERDICTS

PARTIES = {"need_owner": N_("need owner"), "technology_owner": N_("technology owner")}
#: Who outside the office has the next word.
BODIES = {"authority": N_("the authority"), "register": N_("the register"), "party": N_("a party"), **PARTIES}
PAPERS = {
    "letter": N_("letter"), "contract": N_("contract"), "report": N_("report"), "statement": N_("statement"),
    "certificate": N_("certificate"), "nda": N_("non-disclosure agreement"),
    # What actions of the workflows ask for by name.
    "verification_statement": N_("verification statement"), "signed_agreement": N_("signed agreement"),
    "letter_application": N_("application for the letter of intent"),
    "letter_of_intent": N_("authority's letter of intent"), "trade_licence": N_("import or export licence"),
    "trade_refusal": N_("refusal of the import or export"),
    "pledge_certificate": N_("notice of pledge registration"), "acceptance_certificate": N_("acceptance certificate"),
    "licence_application": N_("application for the licence"),
    "contract_certificate": N_("certificate of the registered contract"),
    "assignment_notice": N_("notice of the registered assignment"),
    "licence_record": N_("notice of the recorded licence"),
    "technology_contract_certificate": N_("certificate of the technology contract"),
    "appraisal_report": N_("appraisal report"), "exchange_certificate": N_("verification of the transfer"),
    "other": N_("other paper"),
}  # fmt: skip
STATUSES_OF_RIGHTS = {
    "in_force": N_("in force"), "lapsed": N_("lapsed"), "expired": N_("expired"), "invalid": N_("declared invalid"),
    "kept": N_("kept secret"), "disclosed": N_("disclosed"), "pending": N_("application pending"), "refused": N_("refused"),
    "withdrawn": N_("withdrawn"),
}  # fmt: skip
ENCUMBRANCES = {
    "pledge_registration": N_("registered as pledged"),
    "pledge": N_("pledged"), "licence": N_("licensed"), "assignment": N_("assigned, not registered"), "transfer": N_("transferred"),
    "invalidation": N_("request for invalidation"), "seizure": N_("seized"),
    "open_licence": N_("open licence declared"),
}  # fmt: skip
LICENCES = {"exclusive": N_("exclusive licence"), "sole": N_("sole licence"), "plain": N_("plain licence")}


def name_burden(kind: str, licence: str | None = None) -> str:
    """What lies on a right is called: a licence by what it leaves to others."""
    words = LICENCES.get(licence or "") or ENCUMBRANCES.get(kind)
    return gettext(words) if words else kind


def say_scope(territories: Iterable[str] | None, fields: Iterable[str] | None) -> str:
    """Where and for which uses a licence was given; "" for everywhere and every use."""
    parts = (
        listed(choice_name("territories", code) for code in territories or ()),
        listed(choice_name("uses", code) for code in fields or ()),
    )
    return " · ".join(part for part in parts if part)


#: Of a status those that stand in no deal's way.
STANDING = ("in_force", "pending", "kept")


def name_right(kind: str, office: str | None, number: str | None, owner: str | None = None) -> str:
    """What a right is called: its office and number, or of what kind it is and whose."""
    words = gettext(KINDS_OF_RIGHTS[kind]) if kind in KINDS_OF_RIGHTS else kind
    numbered = " ".join(part for part in (office, number) if part)
    return " · ".join(part for part in (numbered, words, owner) if part)


#: What is stored under a name that no form asks for: facts that guards read, and what a message or a note holds.
#: By filter against which a match was accepted, the question why.
ACCEPTED_AGAINST = {
    "against_readiness": N_("Why it is accepted although its readiness is not the one that is wanted"),
    "against_country": N_("Why it is accepted although it comes from another country"),
    "against_organisation": N_("Why it is accepted although its owner is left out"),
    "against_conflict": N_("Why it is accepted in spite of the conflict of interest"),
    "against_licence": N_("Why it is accepted although no licence is to be had"),
    "against_standard": N_("Why it is accepted although it lacks a certificate or standard"),
    "against_restriction": N_("Why it is accepted in spite of the legal restriction"),
}
_LABELS = {
    "file": N_("File name"), "sha256": N_("Checksum (SHA-256)"),
    "reason": N_("Reason"), "note": N_("Note"), "title": N_("Title"), "nature": N_("Nature of the interest"),
    "correction_reason": N_("Why it was corrected"),
    "answered_by": N_("Answered by"), "answered_as": N_("Position"), "address": N_("Mailed to"), "recipient": N_("For"),
    "language": N_("Language"), "words": N_("Message"), "item": N_("Item"), "what": N_("what"), "by": N_("by"),
    "rights": N_("Rights"), "match": N_("Match"), "technology": N_("Technology"), "need": N_("Need"),
    "siblings": N_("Other cases of the same need"), "scans": N_("Documents that the scanner has not cleared"),
    "source": N_("source"), "rationale": N_("rationale given"), "confirmed": N_("confirmed"), "office": N_("office"),
    "verification": N_("verification"), "verdict": N_("verdict"), "valid_until": N_("valid until"),
    "number": N_("number"), "kind": N_("kind"), "checked_on": N_("checked"),
    "application_number": N_("application number"), "filed_on": N_("filed"), "granted_on": N_("granted"),
    "owner": N_("owner"), "owners": N_("owners on record"), "share": N_("share in per cent"),
    "organisation": N_("organisation"), "organisations": N_("Organisations named"), "technologies": N_("technologies"), "twin": N_("twin"),
    "expires_on": N_("expires"), "fee_paid_to": N_("fee paid to"), "encumbrances": N_("encumbrances"), "case": N_("case"),
    "from": N_("from"), "until": N_("until"), "to": N_("to"), "licence": N_("licence"), "territories": N_("territories"),
    "sublicence": N_("may be sublicensed"),
    "fields": N_("uses"), "holder": N_("held by"), "amount": N_("amount secured"), "changed_on": N_("record changed on"),
    "inscribed_on": N_("in the register since"),
    "status": N_("status"), "state": N_("state"), "signed": N_("signed"), "pending": N_("not looked at yet"),
    "parties": N_("parties"), "providers": N_("providers"), "abroad": N_("Abroad by their record"), "country": N_("Country"),
    "screenings": N_("Screenings"), "named_screenings": N_("Screenings of the organisations named"),
    "owners_free": N_("owners on no list"), "state_owned": N_("State-owned"),
    "blocked": N_("blocked as harmful"), "shared_until": N_("access until"), "with": N_("beside"),
    **ACCEPTED_AGAINST,
}  # fmt: skip
_CODES: Mapping[str, Mapping[str, str]] = {
    "language": {"en": N_("English"), "zh": N_("Chinese"), "zh-Hans": N_("Chinese")},
    "kind": KINDS_OF_RIGHTS | ENCUMBRANCES,
    "licence": LICENCES,
    "status": STATUSES_OF_RIGHTS,
    "verdict": VERDICTS,
    **RECORD_WORDS,
}


#: Of what lies on a right, which question of a form had these answers.
_ANSWERS = {"territories": "territories", "fields": "uses"}
#: By what a program knows a pledge or a licence, and the case that it came from: of another one a reader may not see the number.
_UNTOLD = frozenset({"id", "case", "track"})


#: Where a match came from that was made here; of one that was imported, as its source says it.
_MATCH_SOURCES = {FROM_RUN: N_("match run"), FROM_PROPOSAL: N_("proposal of the program")}


def say_match_source(source: str) -> str:
    return gettext(_MATCH_SOURCES[source]) if source in _MATCH_SOURCES else source


def say_amount(amount: Decimal) -> str:
    """An amount in groups of three, with pence where there are any."""
    return f"{amount:,.2f}".removesuffix(".00")


def party_name(code: str) -> str:
    return gettext(PARTIES[code]) if code in PARTIES else code.replace("_", " ")


def body_name(code: str) -> str:
    """A body outside that a case waits for."""
    return gettext(BODIES[code]) if code in BODIES else code.replace("_", " ")


def say_waited(who: object) -> str:
    """Whom a case waits for: a provider by name, a body outside by what it is."""
    return body_name(who) if isinstance(who, str) else name_of(who)


def record_word(field: str, word: str) -> str:
    """What a record says in one of its fields, in the reader's language where that word is known."""
    return gettext(words) if (words := RECORD_WORDS[field].get(word)) else word


def called_word(called: Called, field: str, word: str) -> str:
    """The same, as the programme calls it where its list has it."""
    names = called.get(field, {}).get(word)
    return record_word(field, word) if names is None else name_of(names)


def paper_name(code: str) -> str:
    return gettext(PAPERS[code]) if code in PAPERS else code.replace("_", " ")


def service_name(code: str) -> str:
    return gettext(SERVICES[code]) if code in SERVICES else code.replace("_", " ")


@dataclass(frozen=True)
class Values:
    """How an entry's values are said: ids by the names in it, codes by the form that they were filled in on."""

    #: What an id stands for: a person, an organisation, a right, a document, a task.
    names: Mapping[str, str] = field(default_factory=dict)
    edition: Edition | None = None
    form: str = ""

    def label(self, name: str) -> str:
        """What a field is called: by its form, else by whatever form asks for it."""
        if self.edition is not None and self.form and (own := texts_of(self.edition, self.form)).has(f"{name}.label"):
            return own.get(f"{name}.label")
        if name in _LABELS:
            return gettext(_LABELS[name])
        if name in self.names:
            return gettext(KINDS_OF_RIGHTS.get(self.names[name], self.names[name]))
        return _anywhere(f".{name}.label", self.edition) or name.replace("_", " ").capitalize()

    def say(self, value: JsonValue, name: str = "") -> str | Markup:
        """A value, of the field called `name` where it has one."""
        if value is None or value in ("", [], {}):
            return gettext("nothing")
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, Mapping):
            if value.keys() == {"amount", "currency"}:
                return f"{value['currency']} {say_amount(Decimal(str(value['amount'])))}"
            if value.keys() == {"what", "by"}:
                return Markup("{} · {}").format(self.say(value["what"]), self.say(value["by"]))
            told = ((key, part) for key, part in value.items() if part is not None and key not in _UNTOLD)
            return _joined(
                "；" if chinese() else "; ", (self._part(self._column(name, key), part) for key, part in told)
            )
        if isinstance(value, list | tuple):
            rows = any(isinstance(part, Mapping) for part in value)
            return _joined(" / " if rows else "、" if chinese() else ", ", (self.say(part, name) for part in value))
        return self._word(value, name) if isinstance(value, str) else str(value)

    def _column(self, name: str, key: str) -> str:
        """What a row of a form's table asks for stands under the table's own name."""
        column = f"{name}.{key}"
        of_form = self.edition is not None and self.form and texts_of(self.edition, self.form).has(f"{column}.label")
        return column if of_form else key

    def _part(self, key: str, value: JsonValue) -> str | Markup:
        return labelled(self.label(key), self.say(value, key))

    def _word(self, value: str, name: str) -> str | Markup:
        if value in self.names:
            known = self.names[value]
            # A right without a number goes by its kind, a paper without a title as well.
            return paper_name(known) if known in PAPERS else gettext(KINDS_OF_RIGHTS.get(known, known))
        if _is_moment(value):
            return time_element(value)
        if _is_day(value):
            return day_element(value)
        if value in PARTIES:
            return party_name(value)
        if _is_id(value):
            return gettext("something that is not there any more")
        if unit := self._unit(name):
            return f"{value} {unit}"
        return self._choice(name, value)

    def _unit(self, name: str) -> str:
        """The unit of a number, as its form writes it beside the field."""
        if self.edition is None or not self.form:
            return ""
        name, _, column = name.partition(".")
        asked = (rule for rule in self.edition.rules["forms"].get(self.form, ()) if rule["name"] == name)
        if column:
            asked = (part for rule in asked for part in rule.get("fields", ()) if part["name"] == column)
        return next((say_unit(rule.get("unit") or "") for rule in asked), "")

    def _choice(self, name: str, code: str) -> str:
        if self.edition is not None and self.form:
            own = texts_of(self.edition, self.form)
            if own.has(f"{name}.choices.{code}"):
                return own.get(f"{name}.choices.{code}")
        if words := _CODES.get(name, {}).get(code):
            return gettext(words)
        if name in _ANSWERS:
            return choice_name(_ANSWERS[name], code, self.edition)
        return (_anywhere(f".{name}.choices.{code}", self.edition) if name and _is_code(code) else "") or code


def choice_name(name: str, code: str, edition: Edition | None = None) -> str:
    """The words of a code, wherever a form offers it under this field's name."""
    return _anywhere(f".{name}.choices.{code}", edition) or code.replace("_", " ")


def codes_named(name: str) -> list[str]:
    """All codes that a form of the newest workflows offers under this field's name, in its order."""
    library = load_library()
    forms = (form for fingerprint in library.newest.values() for form in library[fingerprint].rules["forms"].values())
    return next((list(field["choices"]) for form in forms for field in form if field["name"] == name), [])


def _joined(between: str, parts: Iterable[str | Markup]) -> str | Markup:
    pieces = list(parts)
    return Markup(between).join(pieces) if any(isinstance(piece, Markup) for piece in pieces) else between.join(pieces)


def _anywhere(ending: str, preferred: Edition | None) -> str:
    """A text that stands under this ending in the edition at hand, or in the newest one of any workflow; "" if none."""
    library = load_library()
    newest = [library[fingerprint] for fingerprint in library.newest.values()]
    for edition in ([preferred] if preferred is not None else []) + newest:
        if key := _keys(edition.fingerprint).get(ending):
            return edition_text(edition, key)
    return ""


@lru_cache(maxsize=64)
def _keys(fingerprint: str) -> Mapping[str, str]:
    """Keys of an edition's texts of forms by what follows the form's name: ".outcome.choices.dormant"."""
    texts = load_library()[fingerprint].texts
    return {"." + key.split(".", 2)[2]: key for key in sorted(texts, reverse=True) if key.startswith("forms.")}


def _is_moment(value: str) -> bool:
    return len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T" and value[:4].isdigit()


def _is_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit()


def _is_id(value: str) -> bool:
    return len(value) == 36 and value.count("-") == 4


def _is_code(value: str) -> bool:
    return value.isascii() and value.replace("_", "").isalnum() and value == value.lower()
