"""Why something is refused with service accounts, webhooks and mails."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

TEN_ACCOUNTS = reason("integrations.ten_accounts", N_("There are ten service accounts already. End one first."))
ACCOUNT_ENDED = reason("integrations.account_ended", N_("This service account has ended. Make a new one."))
URL_NOT_ALLOWED = template("integrations.url_not_allowed", N_("is not allowed: %(why)s"))
URL_FORM = reason("integrations.url_form", N_("it is not written like https://name.example/path"))
URL_NOT_HTTPS = reason("integrations.url_not_https", N_("it does not begin with https://"))
URL_PORT = template("integrations.url_port", N_("its port is none of %(ports)s"))
URL_NOT_PUBLIC = reason("integrations.url_not_public", N_("it names no host of the public internet"))
URL_INTERNAL = reason("integrations.url_internal", N_("it names a host within a network"))
URL_NOT_LISTED = reason(
    "integrations.url_not_listed",
    N_(
        "its host is none of those that this installation sends to; its administrator names them in CASEWORK_WEBHOOK_HOSTS"
    ),
)
URL_NO_ADDRESS = reason("integrations.url_no_address", N_("its name has no address"))
URL_INTO_NETWORK = reason("integrations.url_into_network", N_("its name leads into a network that is not public"))
MOST_ENDPOINTS = template(
    "integrations.most_endpoints", N_("An organisation has at most %(most)s endpoints. End one that is not needed.")
)
ENDED_NAME_ANEW = reason("integrations.ended_name_anew", N_("It has ended. Name it anew."))
SEVERAL_REFERRALS = reason(
    "integrations.several_referrals", N_("your organisation has several referrals in this case; name the one by its id")
)
REFERENCE_TAKEN = reason("integrations.reference_taken", N_("you call another referral by it already"))
MESSAGE_TYPE = reason("integrations.message_type", N_("there is no such message"))
ENDPOINT_ENDED = reason("integrations.endpoint_ended", N_("Its endpoint has ended."))
WAITS_ALREADY = reason("integrations.waits_already", N_("It waits to be sent already."))
