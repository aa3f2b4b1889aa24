"""What letters tell a party of where the case stands. A party does not learn the other one's name from them."""

PROPOSED = (
    "Your case is new with us. Somebody of our office takes it up in the next days, and writes to you; you need do nothing until "
    "then."
)
TRIAGE = (
    "We are looking at whether the need and the technology fit each other, and whether we can help. Then we ask you whether you "
    "want to go on; you need do nothing until then."
)
CONSENT = (
    "The need and the technology seem to fit. We now ask both sides whether they want to go on, and what of their papers we may "
    "share with whom. Nothing is shared before you agree."
)
INTRODUCED = (
    "We have put both sides in contact, and you go on by yourselves. We ask you after 6, 12 and 24 months what came of it; the "
    "answer takes a minute and needs no account. If you want our help on the way, tell us at any time."
)
SCOPING = (
    "Both sides have agreed to go on. We now write down which services the case needs, who provides them and who pays, and "
    "ask you for the papers that this takes. Before your papers go to anybody we ask for your consent."
)
ASSESSMENT = (
    "The technology is being assessed by an independent body. You receive its draft report and may comment on it before it is "
    "issued."
)
STRUCTURING = (
    "The rights in the technology are being checked, the terms of the agreement are negotiated, and financing is arranged "
    "where it was planned. We ask you for your comments on the terms."
)
AGREEMENT = (
    "The terms stand, and the agreement is to be signed. Please check the text, name who signs for you and send us a copy of "
    "what was signed. What the law asks for across a border comes first."
)
DEPLOYMENT = (
    "The agreement is signed and the technology is being installed. Please tell us of dates, delays and changes on site, and "
    "keep the readings from before it begins to run."
)
MONITORING = (
    "The technology is in use. We ask you regularly for your readings, or how you use it; you can answer by a link, without "
    "an account."
)
CLOSING = "The work on the case has ended, and its outcome is being decided. If you see the result differently, please tell us now."
ON_HOLD = "The case waits for now; your dates move with it. We write to you when it goes on."
