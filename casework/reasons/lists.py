"""Why an entry of a programme's list is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

CODE = reason("lists.code", N_("write letters and digits, with blanks, points, _ or - between them; at most 60"))
NO_VERSION = reason("lists.no_version", N_("the entries of this list have no version"))
KIND = template("lists.kind", N_("is one of: %(kinds)s"))
PLACE = template("lists.place", N_("write a whole number from 1 to %(most)s"))
SAY_WHY = reason("lists.say_why", N_("say why the entry changes"))
SAME = reason("lists.same", N_("Nothing is changed: the list says this already."))
FULL = template("lists.full", N_("the list has %(most)s entries, which is the most"))
KEY = reason("lists.key", N_("is the version and the code of an entry of the programme's list, such as 2025/1.3.2"))
NOT_LISTED = reason("lists.not_listed", N_("is not on the programme's list, or not offered any more"))
KEY_TAKEN = template("lists.key_taken", N_("another list has an entry %(key)s; write another code"))
NO_TABLE = reason("lists.no_table", N_("is no table: a row with the names of the columns, and one row for each entry"))
COLUMNS = template("lists.columns", N_("these columns are missing in the first row: %(missing)s"))
UNKNOWN_COLUMNS = template("lists.unknown_columns", N_("these columns are unknown: %(unknown)s"))
TOO_MANY = template("lists.too_many", N_("has more than %(most)s rows; bring them in parts"))
TOO_MANY_CELLS = reason("lists.too_many_cells", N_("has more cells than the first row"))
TWICE = template("lists.twice", N_("stands in row %(row)s already"))
IN_ROW = template("lists.in_row", N_("Row %(row)s, %(column)s: %(why)s"))
