"""Why a message or a letter is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason

NOT_SENT = reason("messages.not_sent", N_("the referral has not been sent yet, so nobody there could read it."))
THREAD_ENDED = reason("messages.thread_ended", N_("the referral has ended, and its thread with it."))
WRONG_PLACE = reason(
    "messages.wrong_place", N_("an internal note belongs to no referral, and a shared message to one.")
)
CORRECTED_BY = reason("messages.corrected_by", N_("only the person who wrote a message corrects it."))
TAKEN_BACK = reason("messages.taken_back", N_("the message was taken back."))
DOES_NOT_FIT = reason("messages.does_not_fit", N_("does not fit the place where this is written"))
NOT_A_READER = reason("messages.not_a_reader", N_("names somebody who is not among those who may read this"))
NOT_IN_THREAD = reason("messages.not_in_thread", N_("names a message that does not stand in this thread"))
ANSWERS_NOTHING = reason(
    "messages.answers_nothing", N_("names a message that was taken back: nobody answers it any more")
)
NO_DOCUMENT = reason("messages.no_document", N_("names a document that the case does not have, or that was withdrawn"))
NOT_SHARED = reason(
    "messages.not_shared",
    N_(
        "names a document that the provider does not see: the office first shares it with the referral, with the consents that it"
        " needs"
    ),
)
NO_FILE_HERE = reason(
    "messages.no_file_here",
    N_(
        "takes no file from you here: hand it in on the documents page of the case, and share it with the referral first"
    ),
)
READS_ONLY = reason("messages.reads_only", N_("you can read here, but not write."))
BEFORE_FILED = reason("messages.before_filed", N_("lies before the day on which the letter was filed"))
LETTER_TO_NOBODY = reason(
    "messages.letter_to_nobody", N_("this letter has no recipient in the present state of the case.")
)
NO_CHINESE_FONT = reason(
    "messages.no_chinese_font",
    N_("no font with Chinese letters is installed (on Debian: apt-get install fonts-wqy-microhei)."),
)
NO_WEASYPRINT = reason("messages.no_weasyprint", N_("WeasyPrint is not installed (pip install 'casework[reports]')."))
NO_PANGO = reason("messages.no_pango", N_("Pango is not installed (on Debian: apt-get install libpangoft2-1.0-0)."))
