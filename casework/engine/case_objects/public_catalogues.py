"""Whether a programme shows its catalogue, and its results, to whoever has no account, and where its office is asked about them."""

from __future__ import annotations

from casework import reasons
from casework.engine.definition.names import insist_name
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.reasons import Why

#: What is set of it.
FIELDS = ("open", "results", "contact", "contact_zh", "email")
#: What of a programme is shown.
_SHOWN = ("open", "results")
#: What the log of its programme says was done.
CATALOGUE_SET = "catalogue_set"
#: What an address of an office may be long.
MOST = 500


def cleaned(fields: JsonMapping) -> JsonObject:
    """What is set as it is stored; what is not named is empty. Raises InvalidForm with every fault.

    Nobody is shown a catalogue, or results, without being told whom to ask.
    """
    faults: dict[str, Why] = {}
    values: JsonObject = {name: fields.get(name) is True for name in _SHOWN}
    values["email"] = str(fields.get("email") or "").strip() or None
    for name in ("contact", "contact_zh"):
        lines = [line.strip() for line in str(fields.get(name) or "").splitlines() if line.strip()]
        try:
            values[name] = "\n".join(insist_name(line, name, MOST) for line in lines) or None
        except InvalidForm as refusal:
            faults |= refusal.fields
            values[name] = None
        if len(values[name] or "") > MOST:
            faults[name] = reasons.fields.LONGEST(most=MOST)
    if not faults and any(values[name] for name in _SHOWN) and not (values["contact"] or values["email"]):
        faults["contact"] = reasons.catalogue.SAY_WHOM_TO_ASK
    if faults:
        raise InvalidForm(fields=faults)
    return {name: values[name] for name in FIELDS}


__all__ = ["CATALOGUE_SET", "FIELDS", "MOST", "cleaned"]
