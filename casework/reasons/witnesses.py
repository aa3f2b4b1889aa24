"""Why a witness, or what one signed, is refused."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

NO_KEY = reason("witnesses.no_key", N_("is no key of a witness: `casework-witness public` prints one."))
NAMED_ALREADY = reason(
    "witnesses.named_already", N_("This key is named already, or was and has ended: make a new one.")
)
MOST = template("witnesses.most", N_("There are at most %(most)s witnesses. End one that signs no more."))
ENDED = reason("witnesses.ended", N_("This witness has ended."))
NO_NOTE = template("witnesses.no_note", N_("it is no checkpoint that a witness signed: %(fault)s"))
UNKNOWN = reason("witnesses.unknown", N_("no witness that is named here signed it."))
SEVERAL = reason("witnesses.several", N_("several witnesses signed it: each hands in its own signature."))
NOT_TRUE = template("witnesses.not_true", N_("the signature of %(name)s does not hold."))
OTHER_LOG = template("witnesses.other_log", N_("it is a checkpoint of %(origin)s, and not of this log."))
FUTURE = reason("witnesses.future", N_("it was signed at a moment that has not come yet."))
BEFORE = reason("witnesses.before", N_("the witness has signed later than that already, or a larger tree."))
NEVER_SIGNED = template("witnesses.never_signed", N_("no checkpoint of %(size)s leaves was ever signed here."))
ADDRESS_NAMED = reason("witnesses.address_named", N_("Checkpoints are mailed to this address already."))
MOST_ADDRESSES = template(
    "witnesses.most_addresses", N_("Checkpoints are mailed to at most %(most)s addresses. End one first.")
)
