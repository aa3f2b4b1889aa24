"""Why a decision table, or what is asked of one, is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

# What stands in a cell.
UNREADABLE = template("decision_tables.unreadable", N_("cannot be read from here on: %(rest)s"))
UNEXPECTED = template("decision_tables.unexpected", N_("%(said)s cannot stand there"))
BROKEN_OFF = reason("decision_tables.broken_off", N_("something is missing at its end"))
EMPTY_RANGE = reason("decision_tables.empty_range", N_("nothing lies in this range"))
NO_ORDER = reason(
    "decision_tables.no_order", N_("only a number or a day can be compared with <, <=, >, >= or in a range")
)
NEEDS_TEXT = reason("decision_tables.needs_text", N_('write a text in quotation marks, such as "pledge"'))
NEEDS_NUMBER = reason("decision_tables.needs_number", N_("write a number, such as 12.5, without quotation marks"))
NEEDS_DAY = reason("decision_tables.needs_day", N_('write a day, such as date("2026-05-01")'))
NEEDS_BOOLEAN = reason("decision_tables.needs_boolean", N_("write true or false"))
NEVER_LACKS = reason("decision_tables.never_lacks", N_("never lacks, so it is never null"))
NOT_ALLOWED = template("decision_tables.not_allowed", N_("%(said)s is not among the values that it may have"))

# What a table is made of.
NO_NAME = reason("decision_tables.no_name", N_("a name has letters, digits and _ alone, and begins with a letter"))
HIT_POLICY = reason("decision_tables.hit_policy", N_("the hit policy is unique, first or collect"))
TYPE = reason("decision_tables.type", N_("the type is text, number, whole, day or boolean"))
CELLS = template("decision_tables.cells", N_("a row has one cell for each column: %(count)s here"))
TOO_MANY_TESTS = template(
    "decision_tables.too_many_tests", N_("all rows together have %(most)s values, comparisons and ranges at most")
)
OUTSIDE = reason("decision_tables.outside", N_("is not a value that this input may have"))
LACKS = reason("decision_tables.lacks", N_("must be given"))
SEVERAL_HIT = template(
    "decision_tables.several_hit", N_("the rows %(rows)s hold at once, and the hit policy allows one alone")
)

# What a file in DMN has.
NOT_XML = template("decision_tables.not_xml", N_("line %(line)s: this is not well-formed XML"))
TOO_LARGE = reason("decision_tables.too_large", N_("the file is too large"))
DOCTYPE = template("decision_tables.doctype", N_("line %(line)s: a document type is not read"))
NOT_DMN = template("decision_tables.not_dmn", N_("line %(line)s: %(element)s is not the definitions of a DMN model"))
ELEMENT = template("decision_tables.element", N_("line %(line)s: the element %(element)s is not supported"))
ATTRIBUTE = template(
    "decision_tables.attribute", N_("line %(line)s: %(attribute)s=%(value)s of %(element)s is not supported")
)
NO_ELEMENT = template("decision_tables.no_element", N_("line %(line)s: %(element)s lacks %(lacking)s"))
ONE_ELEMENT = template("decision_tables.one_element", N_("line %(line)s: %(element)s can have one %(several)s alone"))
NO_PLAIN_NAME = template(
    "decision_tables.no_plain_name", N_("line %(line)s: an input is named by a plain name, and not by %(said)s")
)
