"""Why a document, a file or an access is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

SEALED = reason("documents.sealed", N_("a sealed mediation keeps no files; they stay with its center."))
SENT = reason("documents.sent", N_("a letter stays as it was sent."))
NOT_ACCEPTED = reason("documents.not_accepted", N_("the referral has not been accepted yet."))
REFERRAL_ENDED = reason("documents.referral_ended", N_("the referral has ended."))
VERSIONS_FULL = reason("documents.versions_full", N_("the document has the most versions possible."))
WITHDRAWN = reason("documents.withdrawn", N_("the document was withdrawn."))
AFTER_CONSENT = reason("documents.after_consent", N_("lies after the day on which the consent ends"))
ACCESS_ENDED_BY = reason(
    "documents.access_ended_by",
    N_("only the case's officers and supervisors end an access or change its last day."),
)
RETURN_SAID_BY = reason(
    "documents.return_said_by", N_("only the provider who had the documents says what became of them.")
)
RETURNED_OR_DESTROYED = reason("documents.returned_or_destroyed", N_("must be returned or destroyed"))
NOTHING_TO_RETURN = reason(
    "documents.nothing_to_return", N_("there is nothing to return: the referral still needs its documents.")
)
OTHER_KIND = reason("documents.other_kind", N_("names a document of another kind than is asked for"))
EXPIRED = reason("documents.expired", N_("names a document that is not valid any more; hand in one that is"))
HANDED_IN_BY = reason("documents.handed_in_by", N_("only people who work on the case add documents."))
CHOOSE_A_FILE = reason("documents.choose_a_file", N_("Choose at least one file."))
CHOOSE_ONE = reason("documents.choose_one", N_("choose one file."))
CHOOSE_PAPER = reason("documents.choose_paper", N_("Choose the file of the paper."))
MOST_FILES = template("documents.most_files", N_("Choose %(most)s files at most."))
FILE_REFUSED = template("documents.file_refused", N_("“%(name)s”: %(why)s"))
