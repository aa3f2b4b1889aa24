"""Why a file is not taken."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

KIND = template("files.kind", N_("this kind of file is not taken. Taken are: %(kinds)s."))
EMPTY = reason("files.empty", N_("the file is empty."))
TOO_LARGE = template("files.too_large", N_("it is larger than %(most)s MB."))
VIRUS = reason("files.virus", N_("it holds the test virus (EICAR)."))
TWO_KINDS = reason("files.two_kinds", N_("it is two kinds of file at once."))
OTHER = reason("files.other", N_("its content is not what its name says."))
RUNS_SCRIPT = reason(
    "files.runs_script", N_("it runs a script, or starts something else, when it is opened. Print it into a new PDF.")
)
ATTACHED = reason("files.attached", N_("it has another file inside. Hand that in by itself."))
DAMAGED_PDF = reason("files.damaged_pdf", N_("it is damaged, so it cannot be checked. Print it into a new PDF."))
LOCKED = reason("files.locked", N_("it is locked with a password, so it cannot be checked. Remove the password."))
PICTURE_TOO_LARGE = reason("files.picture_too_large", N_("the picture is larger than anybody could open."))
DAMAGED = reason("files.damaged", N_("the archive is damaged."))
UNPACKED_TOO_LARGE = template(
    "files.unpacked_too_large",
    N_("what is in it is larger than %(most)s MB, or packed more tightly than documents are."),
)
NESTED = reason("files.nested", N_("it has another archive inside."))
PROGRAM = reason("files.program", N_("it has a program or a web page inside."))
OLD_OFFICE = reason(
    "files.old_office",
    N_(
        "it has an old office file or an embedded object inside, which may hold macros. Save it without, as a newer kind."
    ),
)
MACROS = reason("files.macros", N_("it has macros inside. Save it without them."))
FETCHES = reason(
    "files.fetches", N_("it fetches something from elsewhere when it is opened. Save it without links to other files.")
)
ENTRIES = template("files.entries", N_("it has more than %(most)s entries."))
SAME_NAME = reason("files.same_name", N_("two of its entries have the same name."))
LEADS_ELSEWHERE = reason(
    "files.leads_elsewhere", N_("an entry has a name that leads elsewhere, or that hides what it is.")
)
LINK = reason("files.link", N_("it has a link inside."))
UNREADABLE = reason("files.unreadable", N_("it cannot be read."))
DTD = reason("files.dtd", N_("it declares what XML is to be filled with (DTD), which documents do not."))
EVIDENCE_ON_RECORD = reason("files.evidence_on_record", N_("This file is on record here already."))
