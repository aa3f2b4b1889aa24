"""Why something is refused with needs, technologies, matches and rights."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

MATCHED_ALREADY = reason(
    "catalogue.matched_already", N_("This need and this technology are matched already, or the external id is taken.")
)
SEVERAL = template("catalogue.several", N_("several %(records)s have this external id; name one by its id"))
NOT_CONFIRMABLE = reason("catalogue.not_confirmable", N_("is not a field that can be confirmed"))
RIGHT_IS_THERE = reason("catalogue.right_is_there", N_("the case is about this right already"))
RIGHT_NOT_THERE = reason("catalogue.right_not_there", N_("the case is not about this right"))
RIGHT_BURDENED_HERE = reason(
    "catalogue.right_burdened_here",
    N_("this case has a pledge, a licence or a transfer on this right; end that first"),
)
RIGHT_NAMED_HERE = reason(
    "catalogue.right_named_here", N_("a step of this case that goes on names this right; it stays until that has ended")
)
MOST_RIGHTS = template("catalogue.most_rights", N_("a case is about %(most)s rights at most"))
SEVERAL_RIGHTS = reason("catalogue.several_rights", N_("several rights have this number; write the office before it"))
RIGHT_UNKNOWN = reason("catalogue.right_unknown", N_("is not a right that this programme has recorded"))
RIGHT_RECORDED = reason(
    "catalogue.right_recorded", N_("this programme has recorded a right with this number already; open that one")
)
NOT_OF_KIND = reason("catalogue.not_of_kind", N_("a right of this kind has none"))
GRANTED_BEFORE_FILED = reason("catalogue.granted_before_filed", N_("lies before the day of filing"))
EXPIRES_TOO_EARLY = template(
    "catalogue.expires_too_early", N_("must come after %(day)s, the day of filing or grant on record")
)
BEYOND_TERM = template(
    "catalogue.beyond_term",
    N_(
        "lies beyond the longest term of such a right, which ends on %(day)s: look at the office, the filing and the grant, too"
    ),
)
FEE_AFTER_END = template("catalogue.fee_after_end", N_("lies after the last day of the right, %(day)s"))
BEFORE_FILING = template("catalogue.before_filing", N_("lies before %(day)s, the day on which the right was filed"))
PLEDGED_BEFORE_GRANT = template(
    "catalogue.pledged_before_grant",
    N_("lies before %(day)s, the day of the grant: a pledge is registered only after it"),
)
RIGHT_HAD_ENDED = template("catalogue.right_had_ended", N_("lies after %(day)s, the last day of the right"))
BURDENED_BEFORE = template(
    "catalogue.burdened_before", N_("comes after %(day)s, since when something is on record as lying on the right")
)
SHARE_FORM = reason("catalogue.share_form", N_("a share is a number of per cent, above 0 and at most 100"))
SHARES_ABOVE_WHOLE = reason(
    "catalogue.shares_above_whole", N_("name each owner once, with shares of a hundred per cent together at most")
)
NAME_NOT_KNOWN = template(
    "catalogue.name_not_known", N_("“%(name)s” is not on record; register it first, or write it as it is there")
)
NAME_OF_SEVERAL = template("catalogue.name_of_several", N_("several have the name “%(name)s”"))
SAY_WHY_CORRECTED = reason("catalogue.say_why_corrected", N_("say why: what you change here was confirmed before"))
NOTHING_TO_CONFIRM = reason("catalogue.nothing_to_confirm", N_("is empty, so there is nothing to confirm"))
RECORD_ALTERED = reason(
    "catalogue.record_altered",
    N_(
        "this record is not what its history says, so somebody changed it from outside: have its history verified first"
    ),
)
RECORD_THERE = reason(
    "catalogue.record_there", N_("this source has a record with this external id already; open that one")
)
NOTHING_CHANGED = reason("catalogue.nothing_changed", N_("nothing is changed: this is what the record says already"))
NOTHING_FROM_SOURCE = reason(
    "catalogue.nothing_from_source", N_("nothing that comes from this source waits for somebody to confirm it")
)
READINESS_ORDER = reason("catalogue.readiness_order", N_("must not be below the other end of the range"))
ANOTHER_CONTACT = reason("catalogue.another_contact", N_("choose another contact of the same organisation"))
CURRENCY_MISSING = reason("catalogue.currency_missing", N_("name the currency of the budget"))
COST_CURRENCY_MISSING = reason("catalogue.cost_currency_missing", N_("name the currency of the cost"))
SEVERAL_OWNERS = reason(
    "catalogue.several_owners", N_("several organisations have this name; rename one of them first")
)
PROPOSAL_DISMISSED = reason(
    "catalogue.proposal_dismissed", N_("this proposal was dismissed already; make the match from the need")
)
NOT_SHORTLISTED = reason("catalogue.not_shortlisted", N_("it is not on the shortlist"))
MATCH_REFUSED = reason("catalogue.match_refused", N_("this match is refused; take that back first"))
MATCH_NOT_REFUSED = reason("catalogue.match_not_refused", N_("this match is not refused"))
MATCH_EXPIRED = reason("catalogue.match_expired", N_("this match has expired; bring it back first"))
MATCH_NOT_EXPIRED = reason("catalogue.match_not_expired", N_("this match has not expired"))
SAY_WHY_MATCH_CORRECTED = reason(
    "catalogue.say_why_match_corrected", N_("say why: somebody stands for what this match says, or it has its case")
)
MATCH_HAS_CASE = reason("catalogue.match_has_case", N_("this match has its case; close that instead"))
NO_CREDIT_CODE = reason(
    "catalogue.no_credit_code",
    N_(
        "is no unified social credit code: it has 18 characters, and the last one does not fit the others or is missing"
    ),
)
SHARE_ABOVE = template("catalogue.share_above", N_("must be more than %(least)s and at most 100 per cent"))
ORGANISATION_RECORDED = reason(
    "catalogue.organisation_recorded",
    N_("this programme knows an organisation with this registration number already; open that one"),
)
IMPORT_UNKNOWN = template("catalogue.import_unknown", N_("is not known here: %(name)s. Enter or import it first"))
IMPORT_SEVERAL = template(
    "catalogue.import_several",
    N_("several records are called so: %(name)s. Name an organisation by its registration number"),
)
IMPORT_IN_DOUBT = template(
    "catalogue.import_in_doubt",
    N_("looks like an organisation on record: %(names)s. Call it so, or give the registration number of this one"),
)
FILE_TOO_LARGE = template(
    "catalogue.file_too_large", N_("has more than %(most)s MB; bring it in parts, or by the command line")
)
TABLE_TOO_LARGE = template("catalogue.table_too_large", N_("has more than %(most)s bytes; bring it in parts"))
KEPT_BY_ADMINISTRATORS = reason(
    "catalogue.kept_by_administrators", N_("This is a provider of services: administrators keep its record.")
)
ORGANISATION_MERGED = reason(
    "catalogue.organisation_merged", N_("This organisation was merged: another record stands in its place.")
)
ORGANISATION_EXPIRED = reason(
    "catalogue.organisation_expired", N_("the record of this organisation has expired; bring it back first")
)
RIGHT_EXPIRED = reason("catalogue.right_expired", N_("the record of this right has expired; bring it back first"))
RECORD_EXPIRED_ALREADY = reason("catalogue.record_expired_already", N_("This record has expired already."))
RECORD_NOT_EXPIRED = reason("catalogue.record_not_expired", N_("This record has not expired."))
ORGANISATION_SHARED = reason(
    "catalogue.organisation_shared",
    N_("No single programme keeps this organisation: others may rely on it, so the people of none change its record."),
)
OWNER_EXPIRED = reason(
    "catalogue.owner_expired",
    N_("the record of the organisation that it belongs to has expired; bring that back first, or put the owner right"),
)
MATCH_OWNER_EXPIRED = reason(
    "catalogue.match_owner_expired",
    N_(
        "the record of the organisation that its need or technology belongs to has expired; bring that back first, or put the owner right"
    ),
)
MERGE_INTO_EXPIRED = reason(
    "catalogue.merge_into_expired",
    N_("The record of the one that would stay has expired: bring it back first, or merge the other way round."),
)
MOST_ROWS = template("catalogue.most_rows", N_("an organisation has %(most)s of these at most"))
EACH_OWNER_SCREENED = reason(
    "catalogue.each_owner_screened", N_("say of each owner on record whether the lists know them, and of nobody else")
)
SCREENING_TOO_LONG = reason(
    "catalogue.screening_too_long", N_("must lie within a year after the day on which the lists were looked through")
)
MERGE_WITH_ITSELF = reason("catalogue.merge_with_itself", N_("Choose another organisation: this one is the one to go."))
MERGE_HAS_ACCOUNTS = reason(
    "catalogue.merge_has_accounts",
    N_("People or systems have accounts with one of the two: an administrator ends those first."),
)
MERGE_ACROSS_PROGRAMMES = reason(
    "catalogue.merge_across_programmes", N_("The two are not kept by the same programme, so they stay apart.")
)
MERGE_BOTH_PARTIES = template(
    "catalogue.merge_both_parties",
    N_("Both are parties of the same case (%(cases)s): it would have only one party then."),
)
MERGE_NUMBERS_DIFFER = reason(
    "catalogue.merge_numbers_differ",
    N_(
        "They have different registration numbers: these are two organisations, or one number is to be put right first."
    ),
)
RECORD_NOT_MERGED = reason("catalogue.record_not_merged", N_("This record was not merged: it stands for itself."))
MERGED_INTO_IT_BEFORE = reason(
    "catalogue.merged_into_it_before",
    N_("Other records had been merged into this one before: take those back first."),
)
RECORD_MERGED = reason("catalogue.record_merged", N_("This record was merged: another one stands in its place."))
MERGE_RECORD_WITH_ITSELF = reason(
    "catalogue.merge_record_with_itself", N_("Choose another record: this one is the one to go.")
)
MERGE_OWNERS_DIFFER = reason(
    "catalogue.merge_owners_differ",
    N_("They belong to two organisations: merge those first, or put the owner right in one of the two."),
)
MERGE_CASES_OF_ONE_PAIR = template(
    "catalogue.merge_cases_of_one_pair",
    N_("Both are matched with the same one, and both cases run (%(cases)s): close one of these first."),
)
MERGE_TWINS = reason(
    "catalogue.merge_twins",
    N_("One of them is on record as the twin of the other: a patent and a utility model for the same are two rights."),
)
MERGE_INTO_ENDED = reason(
    "catalogue.merge_into_ended",
    N_("The one that would stay has expired or was withdrawn: bring it back first, or merge the other way round."),
)
RECORD_ENDED = reason("catalogue.record_ended", N_("has expired or was withdrawn; bring it back first"))
NO_DRAFT = reason("catalogue.no_draft", N_("it is no draft: it is published already, or used no more"))
NEED_IS_DRAFT = reason("catalogue.need_is_draft", N_("is a draft; publish it first"))
DRAFT_FINDS_NOTHING = reason(
    "catalogue.draft_finds_nothing", N_("The need is a draft: publish it before you look for technologies.")
)
MATCH_OF_DRAFT = reason("catalogue.match_of_draft", N_("its need is a draft; publish it first"))
MERGE_INTO_DRAFT = reason(
    "catalogue.merge_into_draft",
    N_("The one that would stay is a draft: publish it first, or merge the other way round."),
)
MATCH_ENDED = reason(
    "catalogue.match_ended", N_("its need or technology has expired or was withdrawn; bring that back first")
)
ENDED_ALREADY = reason("catalogue.ended_already", N_("this was said before; bring it back first"))
NOT_ENDED = reason("catalogue.not_ended", N_("it has neither expired nor was it withdrawn"))
LAST_DAY_PASSED = reason("catalogue.last_day_passed", N_("must not have passed: until this day it would be in use"))
NOTHING_TO_CHOOSE = reason("catalogue.nothing_to_choose", N_("names a field of which the two do not differ"))
NOT_OF_BURDEN = reason("catalogue.not_of_burden", N_("is nothing that is recorded of this kind of encumbrance"))
NOTHING_SECURED = reason(
    "catalogue.nothing_secured", N_("must be more than nothing; leave it empty where the register does not tell it")
)
NO_TERRITORY = template(
    "catalogue.no_territory",
    N_("names %(code)s, which is neither the code of a country or region, such as CN or DE, nor WORLD"),
)
ENDS_BEFORE_IT_BEGINS = reason("catalogue.ends_before_it_begins", N_("must not be before the day on which it begins"))
BURDEN_OF_CASE = reason(
    "catalogue.burden_of_case", N_("A case here recorded it, or it has ended: only that case can change or end it.")
)
SAY_WHY_ENDED = reason("catalogue.say_why_ended", N_("say by which deed it ended"))
COMPARISON_MISSING = reason(
    "catalogue.comparison_missing", N_("say how the value is to stand to the target: at most, at least, or another")
)
TARGET_MISSING = reason("catalogue.target_missing", N_("say the target with which the value is compared"))
FIGURE_MISSING = reason("catalogue.figure_missing", N_("say what the value is now, or what it shall be"))
FIGURE_TWICE = reason("catalogue.figure_twice", N_("stands in an earlier row with the same condition and comparison"))
NO_IPC_CODE = template(
    "catalogue.no_ipc_code", N_("has %(code)s, which is no code of the patent classification such as F24D 3/08")
)
NO_GOAL = template("catalogue.no_goal", N_("has %(code)s, which is no Sustainable Development Goal from 1 to 17"))
MOST_SITES = template("catalogue.most_sites", N_("must be a list of up to %(most)s sites"))
SITE_MISSING = reason("catalogue.site_missing", N_("say where it runs"))
SITE_LONG = template("catalogue.site_long", N_("has more than %(most)s characters"))
NO_YEAR = reason("catalogue.no_year", N_("must be a year such as 2024"))
NO_WEB_ADDRESS = reason("catalogue.no_web_address", N_("must begin with http:// or https://"))
TOO_MANY_INVITED = reason(
    "catalogue.too_many_invited",
    N_("Too many enterprises were invited in this programme within a day. Try again tomorrow."),
)
NOT_STATED_BY_LINK = reason(
    "catalogue.not_stated_by_link",
    N_("Nobody can be asked: its enterprise did not state it by a link, or it belongs to another one now."),
)
NEED_HOLDS_NO_MORE = reason(
    "catalogue.need_holds_no_more", N_("Nobody is asked of a need that is met, or used no more. Bring it back first.")
)
RENEWAL_ASKED_ALREADY = reason(
    "catalogue.renewal_asked_already",
    N_("Its enterprise is asked already whether it still holds. Take that link back first, or decide on what it said."),
)
NO_RENEWAL = reason("catalogue.no_renewal", N_("Only a question whether a need still holds is taken back."))
HOLDS_TOO_LONG = template(
    "catalogue.holds_too_long", N_("Say a day within %(most)s days. You are asked again before it.")
)
ASK_THE_OFFICE = reason("catalogue.ask_the_office", N_("It cannot be recorded now. Write to the office."))
SHOWN_BEFORE = reason(
    "catalogue.shown_before", N_("The need has changed since you opened the page. Look at it again, and send it then.")
)
STATEMENT_NOT_SENT = reason("catalogue.statement_not_sent", N_("The enterprise has not sent its need yet."))
STATEMENT_DECIDED = reason(
    "catalogue.statement_decided",
    N_("This need waits for nobody here: it is decided, taken back, or kept no more."),
)
ASK_ABOUT_SOME = template(
    "catalogue.ask_about_some",
    N_("Choose what to ask about: an owner is asked about one match, an enterprise about %(most)s at most."),
)
NOBODY_TO_ASK = reason(
    "catalogue.nobody_to_ask", N_("Nobody can be asked: the record names no organisation that it belongs to.")
)
ASKED_ALREADY = template(
    "catalogue.asked_already",
    N_("This is asked already, and the link still works: %(match)s. Take that question back first."),
)
SHOWN_CHANGED = reason(
    "catalogue.shown_changed",
    N_("What they would see has changed since you looked at it. Nothing was sent: look at it again."),
)
DECIDED_MEANWHILE = reason(
    "catalogue.decided_meanwhile",
    N_("The office has decided on some of these meanwhile. Nothing was sent: look what is left, and send it."),
)
TOO_MANY_ASKED = reason(
    "catalogue.too_many_asked", N_("Too many were asked in this programme within a day. Try again tomorrow.")
)
INTEREST_ENDED = reason("catalogue.interest_ended", N_("This question is answered, or was taken back."))
SAY_WHOM_TO_ASK = reason(
    "catalogue.say_whom_to_ask", N_("say where your office is asked: whoever reads the catalogue has no other way")
)
SAY_WHY_SHOWN = reason("catalogue.say_why_shown", N_("say why: the public catalogue stands otherwise until now"))
SHOWN_SO_ALREADY = reason(
    "catalogue.shown_so_already", N_("Nothing is changed: the public catalogue is set like this already.")
)
ASSESSMENT_CONCLUDED = reason(
    "catalogue.assessment_concluded", N_("This assessment is concluded. Change how it stands first, and say why.")
)
ENTERPRISE_THERE = reason("catalogue.enterprise_there", N_("stands on the list of this assessment already"))
ENTERPRISE_ASKED = reason(
    "catalogue.enterprise_asked", N_("This enterprise was asked by a link, so it stays on the list. Say how it stands.")
)
ENTERPRISE_STILL_ASKED = reason(
    "catalogue.enterprise_still_asked",
    N_(
        "This enterprise is asked already: its link still works, or what it sent waits for you. Decide on that first, or wait for"
        " its answer."
    ),
)
VISIT_NAMED = reason(
    "catalogue.visit_named",
    N_("A need says that it came of this visit or event. Change where that need came from first."),
)
PARTICIPANT_UNNAMED = reason("catalogue.participant_unnamed", N_("name an organisation or a person in each row"))
MOST_ASSESSED = template("catalogue.most_assessed", N_("an assessment has %(most)s of them at most"))
NO_LICENCE_ALONE = reason(
    "catalogue.no_licence_alone", N_("says that no licence is to be had, and names one: choose one of the two")
)
MOST_STANDARDS = template("catalogue.most_standards", N_("must be a list of up to %(most)s certificates and standards"))
STANDARD_MISSING = reason("catalogue.standard_missing", N_("say which certificate or standard it is"))
HAS_AND_LACKS = reason(
    "catalogue.has_and_lacks",
    N_("says that it lacks this, and has it elsewhere, or a number, a giver or a last day: choose one of the two"),
)
VERIFICATION_PARTS = reason(
    "catalogue.verification_parts",
    N_("must have a number and a verdict; a last day (valid_until) is optional"),
)
MOST_RESTRICTIONS = template("catalogue.most_restrictions", N_("must be a list of up to %(most)s legal restrictions"))
RESTRICTION_MISSING = reason("catalogue.restriction_missing", N_("say which kind of legal restriction it is"))
RESTRICTION_COUNTRIES = reason(
    "catalogue.restriction_countries", N_("must be codes of countries with commas between, such as CN, DE")
)
RESTRICTION_WHERE = reason("catalogue.restriction_where", N_("say in which countries alone it is to be had"))
RESTRICTION_WORDS = reason("catalogue.restriction_words", N_("say in words what the restriction is"))
NO_RESTRICTION_ALONE = reason(
    "catalogue.no_restriction_alone",
    N_("says that no legal restriction is known, and names one or where it holds: choose one of the two"),
)
REMOVED_BY_FILTER = reason(
    "catalogue.removed_by_filter", N_("this filter removes it: say why it is accepted all the same")
)
NO_DAY = reason("catalogue.no_day", N_("must be a day such as 2027-03-31"))
