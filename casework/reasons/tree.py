"""Why the tree over all events cannot be used: its key, what was signed of it, or its leaves."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NOT_PUBLISHED = reason(
    "tree.not_published", N_("is no size of which a checkpoint was published: leave it out for the newest one.")
)
NO_KEY_YET = reason("tree.no_key_yet", N_("it has no key yet: start the worker first."))
NOTHING_SIGNED = reason("tree.nothing_signed", N_("nothing was signed yet: start the worker first."))
KEY_MISSING = template("tree.key_missing", N_("there is no key in %(file)s: put it back from where it is kept."))
OTHER_KEY = template(
    "tree.other_key",
    N_(
        "%(file)s is not the key that signed its last checkpoint: copy that one here, from the machine or the backup that has it."
    ),
)
UNREADABLE = template("tree.unreadable", N_("%(file)s cannot be read: %(fault)s"))
NO_ROOT = template("tree.no_root", N_("%(file)s cannot be read: it holds no root."))
CHECKPOINT = template("tree.checkpoint", N_("a checkpoint that was kept cannot be used: %(fault)s"))
OLDER = template(
    "tree.older",
    N_(
        "it has %(size)s leaves, and %(signed)s were signed (%(file)s). An older copy of the database was put in its place: restore the"
        " newest one. If there is none, what was signed since is lost for good: tell whoever keeps checkpoints, move %(file)s away"
        " and start again, which they will see."
    ),
)
REWRITTEN = template(
    "tree.rewritten",
    N_(
        "its first %(size)s leaves are not those that were signed (%(file)s): somebody rewrote them, or this is another database. Stop,"
        " keep both, and let an auditor look: `casework verify` says where."
    ),
)
WITNESSED = template(
    "tree.witnessed",
    N_(
        "the witness %(name)s has signed a tree of %(size)s leaves that a key of this log signed, too, and that is not the one here:"
        " somebody rewrote the history, or put an older database in its place. Stop, keep everything as it is, and let an auditor look."
        " To go on all the same, write %(alarm)s on a line of its own into %(file)s."
    ),
)
NOT_ITS_CHECKPOINT = template(
    "tree.not_its_checkpoint",
    N_(
        "its first %(size)s leaves are not those of its last checkpoint: somebody rewrote them, or the checkpoint. Stop, keep the"
        " database as it is, and let an auditor look: `casework verify` says where."
    ),
)
