"""The words of a mail, in its reader's language and time zone: plain and HTML, number and deed and nothing more."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime as say_datetime

from casework.operations.deadline_words import say_days_of, say_kind, say_rule, say_used
from casework.operations.invitations import InvitationLetter
from casework.operations.letter_mails import PostedLetter
from casework.operations.mails import Item, Letter
from casework.operations.notice_words import HAPPENED, SEALED
from casework.operations.speech import Speech, catalogue, templates
from casework.operations.telling import DIGEST
from casework.settings import Settings


class NoAddress(Exception):
    """Nobody can be reached at that."""


@dataclass(frozen=True)
class Line:
    """One thing as it stands in a mail."""

    head: str
    deed: str
    due: str
    #: Why it is due then: the rule, what is used, and what did not count.
    why: tuple[str, ...]
    url: str


def write_letter(letter: Letter | InvitationLetter | PostedLetter, settings: Settings) -> EmailMessage:
    """The mail of a letter; the same Message-ID however often it is sent. Raises NoAddress."""
    chinese = letter.language.lower().startswith("zh")
    base = str(settings.base_url).rstrip("/")
    if isinstance(letter, InvitationLetter):
        template, subject, given = _invitation(letter, base, chinese)
    elif isinstance(letter, PostedLetter):
        template, subject, given = "posted", f"{letter.number}: {letter.title}", asdict(letter)
    else:
        template, subject, given = _notices(letter, base, chinese)
    given |= {"subject": subject, "language": "zh-Hans" if chinese else "en"}
    found = templates(chinese)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = settings.smtp_sender
    message["To"] = _address(letter.address)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{parseaddr(settings.smtp_sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(found.get_template(f"mail/{template}.txt").render(given))
    message.add_alternative(found.get_template(f"mail/{template}.html").render(given), subtype="html")
    if isinstance(letter, PostedLetter):
        message.add_attachment(letter.content, maintype="application", subtype="pdf", filename=letter.name)
    return message


Written = tuple[str, str, dict[str, object]]


def _notices(letter: Letter, base: str, chinese: bool) -> Written:
    words, lines = catalogue("messages", chinese), [_line(item, letter, base, chinese) for item in letter.items]
    # A sealed line in a digest has no number, as in a mail of its own.
    if letter.kind == DIGEST:
        subject = words.ngettext("One thing in Casework", "%(count)s things in Casework", len(lines)) % {"count": len(lines)}
    else:
        subject = lines[0].head
    return "letter", subject, {"items": lines, "settings_url": f"{base}/notifications/settings"}


def _invitation(letter: InvitationLetter, base: str, chinese: bool) -> Written:
    given = {
        "inviter": letter.inviter, "scope": letter.scope, "url": base + letter.path,
        "until": _moment(letter.until, "Asia/Shanghai", chinese),
    }  # fmt: skip
    return "invitation", catalogue("messages", chinese).gettext("Your invitation to Casework"), dict(given)


def _address(written: str) -> Address:
    # Without the person's name: nothing that somebody has typed gets into a header.
    try:
        return Address(addr_spec=written)
    except (MessageError, ValueError, IndexError) as fault:
        raise NoAddress(f"{written!r} is no address") from fault


def _line(item: Item, letter: Letter, base: str, chinese: bool) -> Line:
    words, url = catalogue("messages", chinese), f"{base}/notifications/{item.notification}"
    if item.number is None:
        return Line(words.gettext(SEALED), "", "", (), url)
    head = f"{item.number}: {words.gettext(HAPPENED[item.kind])}"
    return Line(head, Speech(chinese).deed(item.edition, item.words), _moment(item.due_at, letter.zone, chinese), _why(item, chinese), url)


#: A mail names so many stretches that did not count; the page names them all.
MOST_NAMED = 6


def _why(item: Item, chinese: bool) -> tuple[str, ...]:
    if item.why is None:
        return ()
    say = Speech(chinese)
    idle = [
        f"{say_days_of(one, item.why['zone'], say)} ({say_kind(one, say)})"
        for one in item.why["lines"] if not one["minutes"]
    ]  # fmt: skip
    made = [say_rule(item.why, say), say_used(item.why, say)]
    if idle:
        more = [say.gettext("%(num)d more", num=len(idle) - MOST_NAMED)] if len(idle) > MOST_NAMED else []
        made.append(say.gettext("Not counted: %(days)s.", days=("；" if chinese else "; ").join([*idle[:MOST_NAMED], *more])))
    return tuple(made)


def _moment(moment: datetime | None, zone: str, chinese: bool) -> str:
    if moment is None:
        return ""
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        where = ZoneInfo("UTC")
    form = "y年M月d日 EEE HH:mm" if chinese else "EEE d MMM y, HH:mm"
    return f"{say_datetime(moment.astimezone(where), form, locale='zh_Hans' if chinese else 'en')} ({where.key})"
