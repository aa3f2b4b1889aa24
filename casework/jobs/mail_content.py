"""The words of a mail, in its reader's language and time zone: plain and HTML, number and action and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_datetime as say_datetime

from casework.engine.analysis.notification_rules import CATALOGUE, FINDING
from casework.engine.deadlines.calendars import day_in
from casework.operations.auth.account_mail import AccountMail
from casework.operations.auth.account_words import ROLE_SAYS, SAYS
from casework.operations.auth.password_change import LinkMail
from casework.operations.core.i18n import BEIJING, Speech, templates
from casework.operations.core.notice_words import ALARM_SAYS, HAPPENED, REPLY_SAYS, SEALED
from casework.operations.core.notification_preferences import DIGEST
from casework.operations.core.text_catalogues import catalogue
from casework.operations.deadlines.words import say_days_of, say_kind, say_rule, say_used
from casework.operations.documents.key_material import secret_box_of
from casework.operations.letters.mail import LetterMail
from casework.operations.links.mail import PartyLinkMail
from casework.operations.links.office_links import OfficeLinkMail
from casework.operations.notifications.alarm_mail import AlarmMail
from casework.operations.notifications.checkpoint_mails import CheckpointMail
from casework.operations.notifications.mail_outbox import Item, Mail
from casework.operations.notifications.mail_stops import CHECKPOINTS, FIGURES, ITS_SEARCHES, ONE_SEARCH, stop_path
from casework.operations.notifications.reply_addresses import address_of
from casework.operations.notifications.reply_answers import FILES, ReplyMail
from casework.operations.oversight.figures_mail import FiguresMail
from casework.operations.people.invitation_mail import InvitationMail
from casework.operations.people.role_notices import RoleMail
from casework.settings import Settings


class NoAddress(Exception):
    """Nobody can be reached at that."""


@dataclass(frozen=True)
class Line:
    """One thing as it stands in a mail."""

    head: str
    action: str
    due: str
    #: Why it is due then: the rule, what is used, and what did not count.
    why: tuple[str, ...]
    url: str
    #: Where mails of the saved search are stopped that it tells of.
    stop_url: str = ""


def write_mail(
    mail: Mail
    | InvitationMail
    | LetterMail
    | AccountMail
    | LinkMail
    | PartyLinkMail
    | OfficeLinkMail
    | RoleMail
    | FiguresMail
    | AlarmMail
    | CheckpointMail
    | ReplyMail,
    settings: Settings,
) -> EmailMessage:
    """A mail as it goes out; the same Message-ID however often it is sent. Raises NoAddress."""
    chinese = mail.language.lower().startswith("zh")
    base = str(settings.base_url).rstrip("/")

    def stop(what: str, id: str) -> str:
        return base + stop_path(secret_box_of(settings), what, id)

    if (write := _OF_KIND.get(type(mail))) is not None:
        template, subject, given = write(mail, base, chinese)
    elif isinstance(mail, FiguresMail):
        template, subject, given = _figures(mail, base, chinese, stop(FIGURES, mail.subscription))
    elif isinstance(mail, CheckpointMail):
        template, subject, given = _checkpoint(mail, base, chinese, stop(CHECKPOINTS, mail.subscription))
    elif isinstance(mail, LetterMail):
        template, subject, given = "letter", f"{mail.number}: {mail.title}", asdict(mail)
    else:
        assert isinstance(mail, Mail)
        template, subject, given = _notices(mail, base, chinese, stop)
        given["reply"] = mail.reply.audience if mail.reply and settings.reply_address else ""
    given |= {"subject": subject, "language": "zh-Hans" if chinese else "en"}
    environment = templates(chinese)
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = settings.smtp_sender
    message["To"] = _address(mail.address)
    if isinstance(mail, Mail) and mail.reply and settings.reply_address:
        message["Reply-To"] = address_of(settings.reply_address, mail.reply.token)
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = f"<{mail.id}@{parseaddr(settings.smtp_sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if given.get("stop_url"):
        # RFC 8058: mail programs show a button for it, which sends the form without a page.
        message["List-Unsubscribe"] = f"<{given['stop_url']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(environment.get_template(f"mail/{template}.txt").render(given))
    message.add_alternative(environment.get_template(f"mail/{template}.html").render(given), subtype="html")
    if isinstance(mail, LetterMail):
        message.add_attachment(mail.content, maintype="application", subtype="pdf", filename=mail.name)
    if isinstance(mail, CheckpointMail):
        # As bytes: no mail server on the way may break a line of what was signed.
        name = str(given["file"])
        message.add_attachment(mail.note.encode(), maintype="application", subtype="octet-stream", filename=name)
    return message


Written = tuple[str, str, dict[str, object]]


#: The address that stops something by its kind and id.
Stop = Callable[[str, str], str]


def _notices(mail: Mail, base: str, chinese: bool, stop: Stop) -> Written:
    words, lines = catalogue("messages", chinese), [_line(item, mail, base, chinese, stop) for item in mail.items]
    # A sealed digest says as little as a sealed mail.
    if mail.kind == DIGEST and not mail.sealed:
        subject = words.ngettext("One thing in Casework", "%(count)s things in Casework", len(lines)) % {
            "count": len(lines)
        }
    else:
        subject = lines[0].head
    given: dict[str, object] = {
        "items": lines,
        "settings_url": f"{base}/notifications/settings",
        "stop_url": _stop_of(mail, stop),
    }
    return "notices", subject, given


def _stop_of(mail: Mail, stop: Stop) -> str:
    """What a mail program's button stops: all that the mail tells of, where that is saved searches alone; else there is none."""
    searches = {item.search for item in mail.items}
    if None in searches:
        return ""
    return stop(ONE_SEARCH, searches.pop() or "") if len(searches) == 1 else stop(ITS_SEARCHES, str(mail.id))


def _invitation(mail: InvitationMail, base: str, chinese: bool) -> Written:
    given = {
        "inviter": mail.inviter,
        "scope": mail.scope,
        "url": base + mail.path,
        "until": _moment(mail.until, BEIJING, chinese),
    }
    return "invitation", catalogue("messages", chinese).gettext("Your invitation to Casework"), dict(given)


def _account(mail: AccountMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    given = {
        "says": words.gettext(SAYS[mail.what]),
        "by": mail.by,
        "moment": _moment(mail.happened_at, mail.zone, chinese),
        "url": f"{base}/account",
        "reset_url": f"{base}/password-reset",
    }
    return "account", words.gettext("A change to your Casework account"), dict(given)


def _role(mail: RoleMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    given = {
        "says": words.gettext(ROLE_SAYS[mail.what]),
        "programme": mail.programme,
        "url": f"{base}/roles/{mail.request}",
        "moment": _moment(mail.happened_at, mail.zone, chinese),
    }
    return "role", words.gettext("A role in a programme that you look after"), dict(given)


def _alarm(mail: AlarmMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    given = {
        "says": words.gettext(ALARM_SAYS[mail.kind]) % {"name": mail.witness, "size": mail.size},
        "signed_by_log": mail.signed_by_log,
        "url": f"{base}/checkpoints",
        "moment": _moment(mail.found_at, mail.zone, chinese),
    }
    return "log_alarm", words.gettext("A witness has seen another log"), dict(given)


def _reply(mail: ReplyMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    given = {
        "says": words.gettext(REPLY_SAYS[mail.why]),
        "moment": _moment(mail.came_at, mail.zone, chinese),
        "url": f"{base}/notifications/{mail.notification}",
    }
    subject = (
        words.gettext("Your answer was taken without its files")
        if mail.why == FILES
        else words.gettext("Your answer by mail was not taken")
    )
    return "reply", subject, dict(given)


def _figures(mail: FiguresMail, base: str, chinese: bool, stop_url: str) -> Written:
    say = Speech(chinese)
    numbers = [
        (say.gettext(one.words), one.count or say.gettext("hidden"), "" if one.more is None else f"{one.more:+d}")
        for one in mail.numbers
    ]
    given = {
        "view": mail.view,
        "programme": mail.programme,
        "as_of": _moment(mail.as_of, mail.zone, chinese),
        "since": _moment(mail.since, mail.zone, chinese),
        "numbers": numbers,
        "outside": mail.outside,
        "some": mail.some,
        "shut": mail.shut,
        "url": base + mail.path,
        "stop_url": stop_url,
    }
    day = say.day(day_in(mail.as_of, mail.zone))
    return "figures", say.gettext("Figures as of %(day)s", day=day), given


def _checkpoint(mail: CheckpointMail, base: str, chinese: bool, stop_url: str) -> Written:
    words = catalogue("messages", chinese)
    given = {
        "origin": mail.origin,
        "size": mail.size,
        "note": mail.note,
        "moment": _moment(mail.made_at, BEIJING, chinese),
        "file": f"checkpoint-{mail.size}.txt",
        "url": f"{base}/log/checkpoint",
        "stop_url": stop_url,
    }
    subject = words.gettext("Checkpoint of the log: %(size)s entries") % {"size": mail.size}
    return "checkpoint", subject, given


def _link(mail: LinkMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    subject = (
        words.gettext("Set your password for Casework")
        if mail.first
        else words.gettext("Set a new password for Casework")
    )
    given = {
        "url": base + mail.path,
        "page": f"{base}/password",
        "code": mail.path.partition("#")[2],
        "first": mail.first,
        "until": _moment(mail.until, mail.zone, chinese),
    }
    return "password_link", subject, dict(given)


def _of_link(mail: PartyLinkMail | OfficeLinkMail, base: str, chinese: bool) -> dict[str, object]:
    """What a mail with a one-time link says, and where the link leads."""
    page, _, key = mail.path.partition("#")
    led = {"url": base + mail.path, "page": base + page, "key": key}
    return asdict(mail) | led | {"until": _moment(mail.until, BEIJING, chinese)}


def _party_link(mail: PartyLinkMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    subject = words.gettext("%(number)s: a question for you") % {"number": mail.number}
    if mail.again:
        subject = words.gettext("Still open: %(subject)s") % {"subject": subject}
    return "party_link", subject, _of_link(mail, base, chinese)


def _office_link(mail: OfficeLinkMail, base: str, chinese: bool) -> Written:
    words = catalogue("messages", chinese)
    subject = words.gettext(mail.says.subject)
    if mail.again:
        subject = words.gettext("Still open: %(subject)s") % {"subject": subject}
    return mail.template, subject, {**_of_link(mail, base, chinese), **mail.says.given}


#: What writes a mail whose reader stops it by no link, by its class.
_OF_KIND: Mapping[type, Callable[[Any, str, bool], Written]] = {
    InvitationMail: _invitation,
    AccountMail: _account,
    RoleMail: _role,
    AlarmMail: _alarm,
    ReplyMail: _reply,
    LinkMail: _link,
    PartyLinkMail: _party_link,
    OfficeLinkMail: _office_link,
}


def _address(written: str) -> Address:
    # Without the person's name: nothing that somebody has typed gets into a header.
    try:
        return Address(addr_spec=written)
    except (MessageError, ValueError, IndexError) as fault:
        raise NoAddress(f"{written!r} is no address") from fault


def _line(item: Item, mail: Mail, base: str, chinese: bool, stop: Stop) -> Line:
    words, url = catalogue("messages", chinese), f"{base}/notifications/{item.notification}"
    if item.number is None:
        head = words.gettext(HAPPENED[item.kind] if item.kind in (CATALOGUE, FINDING) else SEALED)
        return Line(head, "", "", (), url, stop(ONE_SEARCH, item.search) if item.search else "")
    head = f"{item.number}: {words.gettext(HAPPENED[item.kind])}"
    return Line(
        head,
        Speech(chinese).edition_text(item.edition, item.words),
        _moment(item.due_at, mail.zone, chinese),
        _why(item, chinese),
        url,
    )


#: A mail names so many stretches that did not count; the page names them all.
MOST_NAMED = 6


def _why(item: Item, chinese: bool) -> tuple[str, ...]:
    if item.why is None:
        return ()
    say = Speech(chinese)
    idle = [
        f"{say_days_of(line, item.why.zone, say)} ({say_kind(line, say)})"
        for line in item.why.lines
        if not line.minutes
    ]
    sentences = [say_rule(item.why, say), say_used(item.why, say)]
    if idle:
        more = [say.gettext("%(num)d more", num=len(idle) - MOST_NAMED)] if len(idle) > MOST_NAMED else []
        sentences.append(
            say.gettext("Not counted: %(days)s.", days=("；" if chinese else "; ").join([*idle[:MOST_NAMED], *more]))
        )
    return tuple(sentences)


def _moment(moment: datetime | None, zone: str, chinese: bool) -> str:
    if moment is None:
        return ""
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        where = ZoneInfo("UTC")
    form = "y年M月d日 EEE HH:mm" if chinese else "EEE d MMM y, HH:mm"
    said = say_datetime(moment.astimezone(where), form, locale="zh_Hans" if chinese else "en")
    return ("{}（{}）" if chinese else "{} ({})").format(said, Speech(chinese).zone(where.key))
