"""What makes the demo a place where people have worked: papers that open, what they wrote to each other, what an auditor asked,
what providers say of themselves, and the notices and mails of the last days.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, text

from casework.demo.cast import PROVIDERS
from casework.demo.papers import About, write_paper
from casework.demo.talk import FINDINGS, PROFILES, TALK, Line
from casework.engine.case_objects.messages import SHARED
from casework.engine.state.case import Track
from casework.json_values import Answers, JsonMapping
from casework.operations.audit.finding_owners import assign_finding
from casework.operations.audit.findings import answer_finding, close_finding, raise_finding
from casework.operations.catalogue.evidence import Papers, file_for_burden
from casework.operations.core.idempotency import Request
from casework.operations.deadlines.limits import set_limit
from casework.operations.documents.service import file_version
from casework.operations.documents.storage import DocumentStore, part_of
from casework.operations.documents.uploads import receive
from casework.operations.messages.service import send_message
from casework.operations.notifications.service import tell_due
from casework.operations.people.letterheads import set_letterhead
from casework.operations.people.programme_lists import import_entries
from casework.operations.people.provider_directory import describe_provider
from casework.operations.people.public_catalogues import set_catalogue
from casework.permissions.actors import Actor
from casework.playbook.hand import Do
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.speakers import language_of, said_by
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: Mails are made for what happened in so many days before the end; whoever looks at the demo was told of the rest before.
MAILED_DAYS = 3


class FurnishingHand(OperationsHand):
    """The same hand, which also files a paper that opens for each one registered, and has people write to each other."""

    def __init__(self, stage: Stage, cast: Mapping[str, str], store: DocumentStore, n: int) -> None:
        super().__init__(stage, cast)
        #: Of the cases it is the n-th: people do not say the same in each.
        self.store, self.n = store, n
        #: Papers that have no file yet: the document, its title and who has it.
        self._bare: list[tuple[str, str, str]] = []

    def press(self, step: Do) -> None:
        super().press(step)
        self._file_papers()
        if talks := TALK.get(step.what):
            for line in talks[self.n % len(talks)]:
                self._say(line.who or step.who, line.audience, step.what, line)

    def finish(self, who: str, task: str, said: Answers) -> None:
        super().finish(who, task, said)
        self._file_papers()

    def register(self, title: str, party: str | None = None, kind: str = "report") -> None:
        super().register(title, party, kind)
        self._file_papers()

    def file(self, title: str, kind: str, track: Track, who: str) -> str:
        id = super().file(title, kind, track, who)
        self._note(id, title[:1].upper() + title[1:], self.id(who))
        return id

    def _register(self, title: str, party: str | None, kind: str) -> str:
        id = super()._register(title, party, kind)
        self._note(id, title, self.case.owner or self.id("officer"))
        return id

    def _note(self, id: str, title: str, keeper: str) -> None:
        # A sealed mediation keeps no files.
        if self.logs[self.here][1] == "case" and id not in {known for known, _, _ in self._bare}:
            self._bare.append((id, title, keeper))

    def _file_papers(self) -> None:
        """In transactions of their own, as somebody would who has the files at hand a moment later."""
        bare, self._bare = self._bare, []
        for id, title, keeper in bare:
            with self.action() as db:
                case, log = self.case, self.logs[self.here][0]
                document = case.documents.get(id)
                if document is None:
                    continue
                title_zh = db.execute(_TITLE_ZH, {"id": log}).scalar()
                content = write_paper(title, About(self.stage.today, str(case.number), case.title or "", title_zh))
                with receive(io.BytesIO(content), f"{said_by(db, keeper, title)}.pdf") as upload:
                    kept = self.store.keep(log, part_of(document), upload)
                actor = find_actor(db, keeper)
                assert actor is not None
                file_version(db, actor, self.store, id, kept, request=Request.anew())

    def lay(self, who: str, right: str, kind: str, values: Answers) -> None:
        super().lay(who, right, kind, values)
        self._show(who, right)

    def _show(self, who: str, right: str) -> None:
        """The extract of the register that shows what was laid on a right last."""
        id = self.id(right)
        with self.action() as db:
            programme, burden = db.execute(_LAID_LAST, {"id": id}).one()
            title = "Extract of the register"
            papers = print_extract(self.store, id, programme, title, self.stage.today, called=self.says(who, title))
            file_for_burden(db, self.actor(who), id, burden, papers=papers, request=Request.anew())

    def _say(self, who: str, audience: str, what: str, line: Line) -> None:
        with self.action() as db:
            service = what.partition(".")[0].removeprefix("referral:")
            referral = self.track(f"referral:{service}").id if audience == SHARED else None
            send_message(
                db,
                self.actor(who),
                self.case,
                audience=audience,
                referral=referral,
                words=line.by(language_of(db, self.id(who))),
                sure=True,
                request=Request.anew(),
            )


def print_extract(
    store: DocumentStore, home: str, programme: str, title: str, day: date, *, called: str | None = None
) -> Papers:
    """A paper that opens, of what a register or a list has answered; `called` is how somebody calls the file."""
    with receive(io.BytesIO(write_paper(title, About(day))), f"{called or title}.pdf") as upload:
        return Papers(store, [store.keep(home, programme, upload)])


#: The programme of a right, and what was laid on it last that came of no case.
_LAID_LAST = text("""
    SELECT r.programme_id::text, b.value->>'id' FROM rights r CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) WITH ORDINALITY b
    WHERE r.id = CAST(:id AS uuid) AND b.value->>'case' IS NULL ORDER BY b.ordinality DESC LIMIT 1
""")
#: What the need of a case is called in Chinese.
_TITLE_ZH = text("SELECT n.title_zh FROM cases c JOIN needs n ON n.id = c.need_id WHERE c.id = CAST(:id AS uuid)")


@dataclass
class TellingStage(Stage):
    """A stage on which people are told of what happens: of the last days by mail too."""

    engine: Engine | None = None

    def advance(self, moment: datetime) -> None:
        last_days = self.end - timedelta(days=MAILED_DAYS)
        before = self.moment < last_days <= moment
        super().advance(moment)
        if before and self.engine is not None:
            tell_due(self.engine, mailing=False)


def describe_providers(stage: Stage) -> None:
    """What each provider does, in which languages, where, and how much of it at once."""
    for key in PROVIDERS:
        said = PROFILES[key]
        profile = {
            "fields": list(said.fields),
            "languages": list(said.languages),
            "places": list(said.places),
            "capacity": said.capacity,
        }
        with stage.action() as db:
            describe_provider(db, _actor(stage, "administrator"), stage.ids[key], profile, Request.anew())


#: What stands above and below the letters of the demo's office.
LETTERHEAD: JsonMapping = {
    "office": "Beijing Intellectual Property Office",
    "office_zh": "北京市知识产权局",
    "number_form": "京绿技〔{year}〕{n}号",
    "seal": True,
    "signatory": "Head of the programme office",
    "signatory_zh": "项目办公室负责人",
}


#: Where the demo's office is asked about what stands in its public catalogue, and among its results.
CATALOGUE: JsonMapping = {
    "open": True,
    "results": True,
    "contact": "Beijing Intellectual Property Office, green technology programme\nTelephone 010 5555 0100, working days from 9 to 17",
    "contact_zh": "北京市知识产权局绿色技术项目\n电话 010 5555 0100，工作日 9 时至 17 时",
    "email": "green-technology@ip-office.example",
}


#: A limit that the demo's programme has set for itself: of which task, how many working days, and why.
OWN_LIMIT = ("case.tasks.nda", 15, "Both parties have signed within two weeks so far.")

#: The places abroad that needs of the demo name, for the list that ships with the districts of Beijing; and why they are added.
PLACES = "code,label,label_zh\nOskemen,Oskemen,厄斯克门\nUlaanbaatar,Ulaanbaatar,乌兰巴托\n"
WHY_PLACES = "Works in Kazakhstan and Mongolia ask for technologies from here."


def set_up_programme(stage: Stage) -> None:
    """The supervisor says what letters have above and below their words, where needs from abroad are, and sets a limit."""
    with stage.action() as db:
        supervisor, programme = _actor(stage, "supervisor"), stage.ids["programme"]
        set_letterhead(db, supervisor, programme, fields=LETTERHEAD, reason=None, request=Request.anew())
        set_catalogue(db, supervisor, programme, fields=CATALOGUE, reason=None, request=Request.anew())
        import_entries(
            db, supervisor, programme, "districts", content=PLACES, reason=WHY_PLACES, request=Request.anew()
        )
        what, n, reason = OWN_LIMIT
        set_limit(db, supervisor, programme, what, n=n, reason=reason, request=Request.anew())


#: So long the auditor gives for an answer.
DAYS_TO_ANSWER = 9


def raise_findings(stage: Stage) -> None:
    """An auditor asks about some cases; one question is somebody's to answer, one answered, one settled."""
    with stage.action() as db:
        auditor, supervisor = _actor(stage, "auditor"), _actor(stage, "supervisor")
        numbers = db.execute(_AUDITED, {"most": len(FINDINGS)}).scalars().all()
        for number, (asked, answered, settled) in zip(numbers, FINDINGS, strict=False):
            finding = raise_finding(db, auditor, number, event=2, words=asked, request=Request.anew()).answer["id"]
            if not answered:
                assign_finding(
                    db,
                    auditor,
                    finding,
                    owner=stage.ids["second_supervisor"],
                    due_on=stage.today + timedelta(days=DAYS_TO_ANSWER),
                    request=Request.anew(),
                )
            if answered:
                answer_finding(db, supervisor, finding, words=answered, request=Request.anew())
            if settled:
                close_finding(db, auditor, finding, words=settled, request=Request.anew())


def _actor(stage: Stage, key: str) -> Actor:
    actor = find_actor(stage.db, stage.ids[key])
    assert actor is not None
    return actor


#: Live cases that are at work and have gone on for a while, the oldest first.
_AUDITED = text("""
    SELECT c.number FROM cases c JOIN logs l ON l.id = c.id
    WHERE c.closed_at IS NULL AND c.state NOT IN ('introduced', 'on_hold') AND l.seq > 10 ORDER BY c.opened_at, c.id LIMIT :most
""")
