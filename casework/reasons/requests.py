"""Why a request of a program cannot be read, or its token does not reach so far."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

OCTET_STREAM = reason(
    "requests.octet_stream",
    N_("its body must be the file itself, with the header Content-Type: application/octet-stream."),
)
KEY_LENGTH = template("requests.key_length", N_("an Idempotency-Key has 1 to %(most)s printable ASCII characters."))
IF_MATCH = reason(
    "requests.if_match",
    N_('If-Match names the one revision that you saw, in quotation marks, as its ETag has it: If-Match: "7"'),
)
MUST_BE_JSON = reason(
    "requests.must_be_json", N_("its body must be JSON, with the header Content-Type: application/json.")
)
CONTENT_ENCODING = reason("requests.content_encoding", N_("its body must come as it is, without a Content-Encoding."))
UTF_8 = reason("requests.utf_8", N_("its body must be written in UTF-8, whatever charset its Content-Type names."))
NESTED = reason("requests.nested", N_("its body is nested too deeply."))
NO_JSON = reason("requests.no_json", N_("its body is no valid JSON."))
UNSTORABLE = reason("requests.unstorable", N_("it has a character that cannot be stored."))
SCOPE_MISSING = template("requests.scope_missing", N_("your token lacks the scope %(scope)s."))
FOR_PEOPLE = reason("requests.for_people", N_("no scope of a service account covers this; a person does it."))
TOO_MANY_RUNS = template(
    "requests.too_many_runs",
    N_("These are %(count)s cases, and a file has %(most)s at most. Choose a period in which fewer were opened."),
)
NO_FORM_KEY = reason("requests.no_form_key", N_("the form has no key; open the page again."))
NO_FORM_STATE = reason(
    "requests.no_form_state", N_("the form does not say which state it was made from; open the page again.")
)
