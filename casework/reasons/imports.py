"""Why a row of a file that is brought in, or the file itself, is refused; and what was left as it is."""

from __future__ import annotations

from casework.reasons.base import N_, Terms, reason, template

# --- the file ---

UTF_16 = reason(
    "imports.utf_16", N_("is encoded as UTF-16. Save it as UTF-8, in a spreadsheet as “CSV UTF-8”. Nothing was read.")
)
WORKBOOK = reason(
    "imports.workbook", N_("is a workbook or an archive. Export the sheet as CSV in UTF-8. Nothing was read.")
)
EMPTY = reason("imports.empty", N_("is empty."))
TOO_MANY_LOOKED_AT = template(
    "imports.too_many_looked_at",
    N_(
        "is one too many: %(most)s files of this programme were looked at and not brought in. Bring one in, or replace one of yours by"
        " naming its source; each goes after a week."
    ),
)
NOT_UTF_8 = template(
    "imports.not_utf_8",
    N_("is not UTF-8 here (byte 0x%(byte)s), nor surely anything else. Save it as UTF-8. Nothing was read."),
)
LONG_LINE = template(
    "imports.long_line", N_("has a line of more than %(most)s characters. The rest of the file was not read.")
)
LONG_CELL = template(
    "imports.long_cell", N_("has a cell of more than %(most)s characters. The rest of the file was not read.")
)
OPEN_QUOTE = reason(
    "imports.open_quote",
    N_("ends inside a quoted cell: a quotation mark is missing. The rest of the file was not read."),
)
WORDS_AFTER_QUOTE = reason(
    "imports.words_after_quote",
    N_(
        "has words after the closing quotation mark of a cell: a quotation mark within a cell is written twice."
        " The rest of the file was not read."
    ),
)
NO_CSV = template("imports.no_csv", N_("cannot be read as CSV (%(why)s). The rest of the file was not read."))
CELLS = template(
    "imports.cells",
    N_("has %(cells)s cells, the header has %(columns)s; look for a missing quotation mark or comma"),
)
NUL_IN_HEADER = reason("imports.nul_in_header", N_("has NUL characters: this is no text file in UTF-8"))
COLUMN_TWICE = template("imports.column_twice", N_("names a column twice: %(names)s"))
NO_COLUMN = template("imports.no_column", N_("has no column %(names)s; the first row must name the columns"))
FIELD_TWICE = reason("imports.field_twice", N_("names a field twice"))
NO_NUMBER_HERE = template("imports.no_number_here", N_("has %(name)s, which is no number"))
NO_OBJECT = reason("imports.no_object", N_("is no JSON object"))
NOT_ONE_OBJECT = reason("imports.not_one_object", N_("is not one JSON object on one line"))
NESTED_DEEPLY = reason("imports.nested_deeply", N_("is nested too deeply"))
AND_REST_UNREAD = template("imports.and_rest_unread", N_("%(why)s. The rest of the file was not read."))
NO_WHOLE_OBJECT = template(
    "imports.no_whole_object",
    N_("has no whole JSON object within %(most)s characters. The rest of the file was not read."),
)
NO_JSON = reason("imports.no_json", N_("is no valid JSON here. The rest of the file was not read."))
NO_COMMA = reason(
    "imports.no_comma", N_("is no valid JSON here: a comma or ] is missing. The rest of the file was not read.")
)
NOT_TAKEN = reason(
    "imports.not_taken",
    N_(
        "holds something that cannot be brought in. What stands above it is in; send the file to whoever keeps the system."
    ),
)
TOO_MANY_ROWS = template("imports.too_many_rows", N_("has more than %(most)s rows; bring it in parts"))
NO_ROWS = reason("imports.no_rows", N_("has no row below the names of the columns"))

TOO_MANY_FIELDS = template("imports.too_many_fields", N_("may name at most %(most)s columns"))
NO_COLUMN_NAME = reason("imports.no_column_name", N_("must name each column, in up to 200 characters"))
NO_FIELD_OF_MATCH = template("imports.no_field_of_match", N_("%(name)s is no field of a match"))
NO_FIELD_OF_PROJECT = template("imports.no_field_of_project", N_("%(name)s is no field of a past project"))
COMPLETE_KINDS = reason(
    "imports.complete_kinds",
    N_("works for needs and technologies only: other records that a file lacks are not marked"),
)
NOT_OUR_FIELD = template("imports.not_our_field", N_("%(name)s is no field of a need or a technology"))

MAPPING_LINE = template("imports.mapping_line", N_("line %(line)s: %(why)s"))
MAPPING_LARGE = template("imports.mapping_large", N_("has more than %(most)s bytes; it is no mapping of columns"))
NO_MAPPING = reason("imports.no_mapping", N_('is no JSON object of names, such as {"Titel": "title", "Note": null}'))
NO_PAIR = reason(
    "imports.no_pair", N_('is no JSON object of names: here belongs a pair such as "Titel": "title" or "Note": null')
)
NO_PAIR_ENDS = reason("imports.no_pair_ends", N_("is no JSON object of names: a comma or } is missing before this"))
NO_MORE = reason("imports.no_more", N_("has more after its end"))

NAMED_ERASED = reason(
    "imports.named_erased",
    N_("named somebody who was erased. Leave that out and hand the file in again; what was brought in before stands."),
)
BROUGHT_IN = reason("imports.brought_in", N_("was taken over already"))
CHOOSE_FILE = reason("imports.choose_file", N_("choose the file"))

# --- a cell ---

MISSING = reason("imports.missing", N_("is missing"))
MUST_BE_OBJECT = reason("imports.must_be_object", N_("must be a JSON object"))
NUL = reason("imports.nul", N_("has a NUL character: the file is damaged, or not UTF-8"))
TURNS_ORDER = template(
    "imports.turns_order",
    N_("has a character that turns the order of letters, U+%(code)s, which readers would not see"),
)
CONTROL = template("imports.control", N_("has a control character, U+%(code)s, which readers would not see"))
HALF = reason("imports.half", N_("has half of a character, which cannot be stored"))
UNSEEN = reason("imports.unseen", N_("has a character that nobody sees; type it anew"))
LONG = template("imports.long", N_("has %(length)s characters; at most %(most)s are kept"))
NOT_NUMBER_POINT = reason("imports.not_number_point", N_("is not a number; write the decimals after a point"))
NUMBER_IN_DOUBT = reason(
    "imports.number_in_doubt",
    N_(
        "may mean thousands or a fraction, since semicolons part the cells; write it without a mark or with all its decimals"
    ),
)
DAY_IN_DOUBT = template("imports.day_in_doubt", N_("may be %(one)s or %(two)s; write it as YYYY-MM-DD"))
PLACEHOLDER = reason("imports.placeholder", N_("stands for a text that nobody has written yet"))
PLACEHOLDER_OWNER = reason("imports.placeholder_owner", N_("names nobody, so no owner was entered"))
WRITE_CNY = reason("imports.write_cny", N_("write CNY"))
NO_CURRENCY = reason("imports.no_currency", N_("is no currency code such as CNY, EUR or USD"))
NO_COUNTRY = reason("imports.no_country", N_("is no code of a country or region such as CN, DE or GB"))
NO_LEVEL = reason("imports.no_level", N_("must be a whole number from 1 to 9"))
FROM_1_TO_9 = reason("imports.from_1_to_9", N_("must be from 1 to 9"))
NO_DAY = template("imports.no_day", N_("is no day of the calendar: %(day)s"))
YES_OR_NO = reason("imports.yes_or_no", N_("must be yes or no"))
NO_ADDRESS = reason("imports.no_address", N_("must be an address that begins with http:// or https://"))
TOO_MANY_ENTRIES = reason("imports.too_many_entries", N_("may list at most 200 entries of 500 characters"))
TOO_MANY_SOURCES = template(
    "imports.too_many_sources",
    N_("is one more than the %(most)s that a file may name; bring the records of each in by a file of their own"),
)
TOO_MANY_RIGHTS = template("imports.too_many_rights", N_("may list at most %(most)s rights"))
ONE_OF = template("imports.one_of", N_("must be one of %(codes)s"))
NO_OUTCOME = template(
    "imports.no_outcome", N_("is no outcome of a case; write one of these, by its code or its name: %(outcomes)s")
)
VERDICT = reason("imports.verdict", N_("must be verified, verified_with_limits or not_verified"))
LOW_ABOVE_HIGH = reason("imports.low_above_high", N_("must not be above readiness_high"))
MISSING_BESIDE_BUDGET = reason("imports.missing_beside_budget", N_("is missing beside the budget"))
MISSING_BESIDE_COST = reason("imports.missing_beside_cost", N_("is missing beside the cost"))
NONE_OF_KIND = template("imports.none_of_kind", N_("a right of the kind %(kind)s has none"))
BEFORE_START = reason("imports.before_start", N_("must not lie before started_on"))
VALUE_NEEDS_CURRENCY = reason("imports.value_needs_currency", N_("is missing: a value needs its currency"))
AMOUNT_NEEDS_CURRENCY = reason("imports.amount_needs_currency", N_("is missing: an amount needs its currency"))

# --- what a record is known by, and what is left as it is ---

ROW_BEFORE = template("imports.row_before", N_("stands in an earlier row of this file: %(name)s"))
SIDE_UNKNOWN = template("imports.side_unknown", N_("is not known: %(name)s of %(source)s. Import it first"))
PAIR_THERE = template("imports.pair_there", N_("are matched already, as %(name)s"))
OTHER_PAIR = reason("imports.other_pair", N_("belongs to a match of another need or technology"))
KEPT_MERGED = reason("imports.kept_merged", N_("was left as it is: the record was merged into another one"))
KEPT_ALTERED = reason("imports.kept_altered", N_("was left as it is: the record is not what its history says"))
KEPT_VALUE = reason("imports.kept_value", N_("was left as it is: a person has confirmed it"))
KEPT_RANGE = reason("imports.kept_range", N_("was left as it is: it contradicts the other end of the range"))
KEPT_MATCH_CASE = reason("imports.kept_match_case", N_("was left as it is: the match has its case"))
KEPT_MATCH_REFUSED = reason("imports.kept_match_refused", N_("was left as it is: the match is refused"))
KEPT_MATCH_EXPIRED = reason("imports.kept_match_expired", N_("was left as it is: the match has expired"))
KEPT_MATCH_CONFIRMED = reason(
    "imports.kept_match_confirmed", N_("was left as it is: the match says what somebody here stands for")
)
OWNER_EXPIRED = template("imports.owner_expired", N_("was left out: the record of %(name)s has expired"))
RIGHT_ELSEWHERE = template(
    "imports.right_elsewhere", N_("left out %(number)s: it is on record without this technology; add it there")
)
RIGHT_CORRECTED = template("imports.right_corrected", N_("left out %(number)s: the number was corrected"))

# --- the figures of a need ---

FIGURE_CELLS = template(
    "imports.figure_cells", N_("has a row of more than %(most)s cells; with a bar between they are: %(names)s")
)
FIGURE_ROW = template("imports.figure_row", N_("row %(row)s: %(why)s"))
#: The cell as the file calls it.
FIGURE_CELL = template("imports.figure_cell", N_("row %(row)s, %(cell)s: %(why)s"))

# --- a row of rights or organisations ---

OWNERS_TEXT = reason("imports.owners_text", N_("must be a text: names separated by semicolons, each with its share"))
OWNERS_MOST = reason("imports.owners_most", N_("must name up to 50 owners, each before its share"))
NUMBER_OR_OWNERS = reason(
    "imports.number_or_owners",
    N_("is missing: without a number a right is known by its technologies or its owners"),
)
SAYS_OF_BURDEN = template("imports.says_of_burden", N_("is missing: %(column)s says something of one"))
NAME_OF_ROW = template(
    "imports.name_of_row",
    N_("is missing beside what is said of the %(what)s"),
    what=Terms({"contact": N_("contact"), "owner": N_("owner of shares")}),
)
KEPT_OTHERWISE = template("imports.kept_otherwise", N_("was left as it is: the record says otherwise (%(names)s)"))
SAME_AS_ROW = template(
    "imports.same_as_row",
    N_(
        "names what row %(row)s names: rights of one kind without a number, of the same technologies and owners, cannot be told apart."
        " Enter the second on its page"
    ),
)
SEVERAL_NUMBERLESS = reason(
    "imports.several_numberless",
    N_("is missing: several rights of this kind without a number, of the same technologies and owners, are on record"),
)
TAKEN_FOR_ROW = template(
    "imports.taken_for_row",
    N_(
        "is missing, so the row was taken for the right of row %(row)s: of one kind, of the same technologies and owners"
    ),
)
KEPT_ROW = reason("imports.kept_row", N_("was left as it is: the record says otherwise"))
KEPT_EXPIRED = reason("imports.kept_expired", N_("was left as it is: the record has expired; bring it back first"))
KEPT_CONFIRMED = reason("imports.kept_confirmed", N_("was left as it is: a person has confirmed the record without it"))
KEPT_TECHNOLOGIES = reason("imports.kept_technologies", N_("were left as they are: link them on the page of the right"))
KEPT_OWNERS = reason("imports.kept_owners", N_("were left as they are: put them right on the page of the right"))
