"""The hand that presses operations directly, on a stage: one case, its siblings, and the mediations about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.prefill import prefill
from casework.engine.execution.checklists import unticked
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.engine.state.impact_values import VERIFIED
from casework.errors import UnknownName
from casework.json_values import Answers, JsonObject
from casework.operations.cases.case_actions import declare_interest, register_document, withdraw_consent
from casework.operations.cases.case_links import link_cases
from casework.operations.cases.case_rights import add_entered_right, add_rights
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.handing_over import hand_over
from casework.operations.cases.known_answers import owner_rows
from casework.operations.cases.opening import open_case
from casework.operations.cases.side_tasks import add_task
from casework.operations.cases.transitions import fire_transition
from casework.operations.catalogue.ip_rights import confirm_right, record_right, set_belonging
from casework.operations.catalogue.outside_burdens import end_burden, enter_burden
from casework.operations.core.idempotency import Done, Request
from casework.operations.documents.service import enter
from casework.operations.mediations.service import open_mediation
from casework.operations.tasks.service import claim_task, complete_task, exit_task, tick_item
from casework.permissions.actors import Actor
from casework.playbook.chinese import said_in
from casework.playbook.forms import Form, Rule, fill_form
from casework.playbook.hand import Hand
from casework.playbook.sheets import Sheet
from casework.playbook.speakers import PARTY_SAYS, language_of, said_by
from casework.playbook.stage import Stage
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import ENGINE
from casework.records.row_security import read_as


class OperationsHand(Hand):
    """Each action is one operation in a transaction of its own. `cast` says whom and what a script calls so."""

    def __init__(self, stage: Stage, cast: Mapping[str, str] | None = None) -> None:
        self.stage, self.cast = stage, cast or {}
        #: In which case it goes on, and the log and the kind of each.
        self.here, self.logs = "main", dict[str, tuple[str, str]]()
        #: By case and name.
        self.papers: dict[tuple[str, str], str] = {}
        self._case: Case | None = None

    @contextmanager
    def action(self) -> Iterator[Connection]:
        """One transaction, with the case as it stands in it. Everybody's part is played in it, so the engine reads."""
        self._case = None
        try:
            with self.stage.action() as db:
                read_as(db, ENGINE)
                yield db
        finally:
            self._case = None

    # --- who and what there is ---

    @property
    def case(self) -> Case:
        """As the open transaction reads it."""
        if self._case is None:
            log, kind = self.logs[self.here]
            self._case = load(self.stage.db, log, kind, every_task=True)
        return self._case

    def tracks(self, name: str) -> list[Track]:
        workflow, _, kind = name.partition(":")
        return [track for track in self.case.tracks.values() if track.workflow == workflow and kind in ("", track.kind)]

    def track(self, name: str) -> Track:
        """`workflow` or `referral:service`, the newest; with `#n` the n-th one."""
        name, _, nth = name.partition("#")
        tracks = self.tracks(name)
        if not tracks:
            raise LookupError(f"no track {name}")
        return tracks[int(nth) - 1] if nth else tracks[-1]

    def open_tasks(self, name: str, about: str | None = None) -> list[Task]:
        return [
            task
            for task in self.case.open_tasks()
            if task.name == name and task.state != CREATED and about in (None, task.about)
        ]

    def id(self, name: str) -> str:
        return self.stage.ids[self.cast.get(name, name)]

    def actor(self, who: str) -> Actor:
        """Who acts where a script names somebody."""
        actor = find_actor(self.stage.db, self.id(who))
        if actor is None:
            raise UnknownName("person", who)
        return actor

    def says(self, who: str, words: str) -> str:
        """The same in the language in which somebody writes."""
        return said_by(self.stage.db, self.id(who), words)

    # --- what is pressed ---

    def fire(self, who: str, action: str, said: Answers) -> Done:
        with self.action() as db:
            name, _, transition = action.rpartition(".")
            track = self.track(name)
            edition = load_library()[track.edition]
            rules, data = edition.find(transition, track.states), dict(said)
            if rules:
                self._hand_in(edition, rules[0], track, who)
            if rules and not self.case.proposal_for(track.id, transition):
                data = self.fill(Sheet(edition, rules[0].form, track, who=who, action=transition), data)
            log, kind = self.logs[self.here]
            # Registering a paper has moved the case, not the track.
            return fire_transition(
                db,
                self.actor(who),
                log,
                kind,
                track.id,
                transition=transition,
                data=data,
                revision=track.revision,
                request=Request.anew(),
            )

    def complete(self, who: str, task: str, about: str | None, said: Answers) -> Done:
        with self.action() as db:
            tasks = self.open_tasks(task, about)
            if not tasks:
                raise LookupError(f"no open task {task}; open are {sorted(t.name for t in self.case.open_tasks())}")
            chosen, data = min(tasks, key=lambda candidate: (candidate.about or "", candidate.id)), dict(said)
            if chosen.type == "side":
                self._tick(chosen, who)
                data = self.fill(self.sheet_of(chosen, who), data)
            return complete_task(db, self.actor(who), chosen.id, data=data, happened_on=None, request=Request.anew())

    def _tick(self, task: Task, who: str) -> None:
        """What the task's checklist requires is done before it is."""
        for item in unticked(load_library()[task.edition], task):
            tick_item(self.stage.db, self.actor(who), task.id, item.id, done=True, request=Request.anew())

    def add(self, who: str, task: str, about: str | None) -> Done:
        with self.action() as db:
            (log, kind), (name, _, task) = self.logs[self.here], task.rpartition(".")
            track = self.track(name).id
            return add_task(db, self.actor(who), log, kind, track, task=task, about=about, request=Request.anew())

    # --- what else people do ---

    def open(self, match: str, who: str) -> Done:
        """Somebody opens the case of a match; what follows happens in it."""
        earlier = self.stage.ids.get(f"case of {self.cast.get('earlier')}")
        with self.action() as db:
            done = open_case(db, self.actor(who), self.id(match), Request.anew(), follows_from=earlier)
        self.here, self.logs[match] = match, (done.answer["id"], "case")
        self.stage.ids[f"case of {self.cast.get(match, match)}"] = done.answer["number"]
        return done

    def open_dispute(self, who: str) -> None:
        """A dispute officer opens a sealed mediation about the case; what follows happens in it."""
        with self.action() as db:
            done = open_mediation(db, self.actor(who), str(self.case.number), Request.anew())
        self.here, self.logs["dispute"] = "dispute", (done.answer["id"], "mediation")

    def turn_to(self, name: str) -> None:
        """What follows happens in another case, or in the mediation."""
        if name not in self.logs:
            raise LookupError(f"nothing is called {name}")
        self.here, self._case = name, None

    def link(self, who: str, other: str, kind: str) -> None:
        """Somebody links the case to another one, where that is open by then."""
        if number := self.stage.ids.get(f"case of {self.cast.get(other)}"):
            with self.action() as db:
                here, actor = str(self.case.number), self.actor(who)
                link_cases(db, actor, here, other=number, kind=kind, revision=None, request=Request.anew())

    def claim(self, who: str, task: str) -> None:
        with self.action() as db:
            claim_task(db, self.actor(who), self.open_tasks(task)[0].id, Request.anew())

    def drop(self, who: str, task: str) -> None:
        """Somebody ends every open task of the name, which nobody needs any more."""
        while self.is_open(task):
            with self.action() as db:
                reason = self.says(who, "The case ends before it.")
                exit_task(db, self.actor(who), self.open_tasks(task)[0].id, reason=reason, request=Request.anew())

    def finish(self, who: str, task: str, said: Answers) -> None:
        """Somebody completes every open task of the name, if there is one."""
        while self.is_open(task):
            self.complete(who, task, None, said)

    def is_open(self, task: str, about: str | None = None) -> bool:
        with self.action():
            return bool(self.open_tasks(task, about))

    def take_back(self, who: str, party: str) -> None:
        """A party takes its newest consent back."""
        with self.action() as db:
            consent = [c for c in self.case.consents.values() if c.party == party and c.ended_at is None][-1]
            withdraw_consent(
                db,
                self.actor(who),
                str(self.case.number),
                consent.id,
                reason=self.says(who, "The party has written that it withdraws."),
                revision=self.case.revision,
                request=Request.anew(),
            )

    def declare_interest(self, who: str, nature: str) -> None:
        with self.action() as db:
            declare_interest(
                db, self.actor(who), str(self.case.number), nature=self.says(who, nature), request=Request.anew()
            )

    def hand_over(self, who: str, to: str, team: Sequence[str], note: str) -> None:
        with self.action() as db:
            hand_over(
                db,
                self.actor(who),
                str(self.case.number),
                owner=self.id(to),
                team=[self.id(member) for member in team],
                note=self.says(who, note),
                revision=self.case.revision,
                request=Request.anew(),
            )

    def take_in(self, who: str, right: str) -> None:
        """The case is about one more right that the programme has on record."""
        with self.action() as db:
            add_rights(
                db,
                self.actor(who),
                str(self.case.number),
                rights=[self.id(right)],
                reason=self.says(who, "It is pledged for the loan."),
                revision=None,
                request=Request.anew(),
            )

    def belongs(self, who: str, right: str, names: Iterable[str]) -> None:
        """Somebody records whose a right is."""
        with self.action() as db:
            owners = [{"organisation": self.id(name)} for name in names]
            source, reason = self.says(who, "CNIPA register"), self.says(who, "The register names it.")
            actor, id = self.actor(who), self.id(right)
            set_belonging(db, actor, id, owners=owners, source=source, reason=reason, request=Request.anew())

    def lay(self, who: str, right: str, kind: str, values: Answers) -> None:
        """Somebody enters what lies on a right and came of no case here."""
        with self.action() as db:
            said: JsonObject = {"from": 0, **values, "kind": kind}
            for name in ("from", "until"):
                if isinstance(said.get(name), int):
                    said[name] = (self.stage.today + timedelta(days=said[name])).isoformat()
            if "holder" in said:
                said["holder"] = self.id(said["holder"])
            source, number = self.says(who, "CNIPA register"), str(said.pop("number", "2026990000017"))
            enter_burden(
                db, self.actor(who), self.id(right), values=said, number=number, source=source, request=Request.anew()
            )

    def lift(self, who: str, right: str, kind: str) -> None:
        """Somebody records the end of what came of no case here."""
        with self.action() as db:
            lying = db.execute(_LYING, {"id": self.id(right), "kind": kind}).scalars()
            for burden in lying.all():
                end_burden(
                    db,
                    self.actor(who),
                    self.id(right),
                    burden,
                    ended_on=self.stage.today,
                    source=self.says(who, "CNIPA register"),
                    reason=self.says(who, "The register shows it no longer."),
                    request=Request.anew(),
                )

    def look_up(self, who: str, fields: Answers) -> None:
        """Somebody looks the case's rights up in their register, and records what it says."""
        with self.action() as db:
            for right in self.case.rights:
                confirm_right(
                    db,
                    self.actor(who),
                    right,
                    checked_on=self.stage.today,
                    fields=fields,
                    source=self.says(who, "CNIPA register"),
                    reason=self.says(who, "The register says so today."),
                    request=Request.anew(),
                )

    def enter_right(self, who: str, kind: str, fields: Answers) -> None:
        """Somebody enters a right of the case's technology, for the case: one that was recorded after it had been opened."""
        with self.action() as db:
            actor, case = self.actor(who), self.case
            right = record_right(
                db,
                actor,
                programme=case.programme,
                technologies=[case.technology] if case.technology else [],
                kind=kind,
                fields={"checked_on": self.stage.today, **fields},
                confirmed=True,
                request=Request.anew(),
            ).answer["id"]
            add_entered_right(db, actor, str(case.number), right, revision=case.revision, request=Request.anew())

    # --- papers ---

    def register(self, title: str, party: str | None = None, kind: str = "report") -> None:
        """A paper of a party, or of neither, is registered under its title."""
        with self.action():
            self.papers[self.here, title] = self._register(title, party, kind)

    def _hand_in(self, edition: Edition, rule: TransitionRule, track: Track, who: str) -> None:
        """The papers that an action asks for, where they are not on file; what another provider owes is not handed in here."""
        there = {document.kind for document in self.case.documents.values() if document.withdrawn_at is None}
        for need in rule.needs:
            if need.of is None and need.kind not in there:
                self.file(edition.text(f"papers.{need.kind}"), need.kind, track, who)

    def file(self, title: str, kind: str, track: Track, who: str) -> str:
        """A paper of a kind: of the referral, where its provider hands it in; else of the case."""
        above, actor, title = self.case.referral_of(track), self.actor(who), title[:1].upper() + title[1:]
        if above is None or not any(membership.organisation == above.provider for membership in actor.memberships):
            return self._register(title, None, kind)
        done = enter(
            self.stage.db,
            actor,
            self.case,
            title=self.says(who, title),
            kind=kind,
            referral=above.id,
            language=language_of(self.stage.db, self.id(who)),
            valid_until=None,
            request=Request.anew(),
        )
        self._case = None
        return str(done.answer["id"])

    def _register(self, title: str, party: str | None, kind: str) -> str:
        """Whoever owns the case registers its papers."""
        keeper = find_actor(self.stage.db, self.case.owner or self.id("officer"))
        assert keeper is not None
        # The paper of a party is in the party's language.
        language = language_of(self.stage.db, self.case.parties.get(party) if party else keeper.person)
        done = register_document(
            self.stage.db,
            keeper,
            str(self.case.number),
            title=said_in(language, title),
            kind=kind,
            party=party,
            language=language,
            valid_until=None,
            revision=self.case.revision,
            request=Request.anew(),
        )
        self._case = None
        return str(done.answer["id"])

    # --- forms ---

    def sheet_of(self, task: Task, who: str) -> Sheet:
        """The form of a task beside the way."""
        edition = load_library()[task.edition]
        form, track = edition.tasks[task.rule].form, self.case.tracks[task.track]
        return Sheet(edition, form, track, who=who, action=task.name, about=task.about)

    def fill(self, sheet: Sheet, said: Answers, asked: Sequence[WrittenField] | None = None) -> JsonObject:
        """The answers to a form, or to what somebody is asked of it."""
        rules = sheet.edition.form(sheet.name) if asked is None else list(asked)
        known = prefill(self.case, sheet.track, rules) | owner_rows(self.stage.db, self.case, sheet.about, rules)
        party = sheet.says or (sheet.about if sheet.action in PARTY_SAYS else None)
        language = language_of(self.stage.db, self.case.parties.get(party) if party else self.id(sheet.who))
        return fill_form(Form(sheet.action, rules, known, language), said, _Surroundings(self, sheet))


@dataclass(frozen=True)
class _Surroundings:
    """Facts for a form: what the case and the script have of days, people and things."""

    hand: OperationsHand
    sheet: Sheet

    def day(self, days: int) -> str:
        return (self.hand.stage.today + timedelta(days=days)).isoformat()

    def named(self, kind: str, name: str) -> Sequence[str]:
        if kind == "documents":
            return [self.hand.papers[self.hand.here, name]]
        if kind == "tasks":
            return [task.id for task in self.hand.open_tasks(name)]
        return [self.hand.id(name)]

    def choose(self, rule: Rule) -> object:
        match rule["type"]:
            case "right":
                return self.hand.case.rights[0]
            case "burden":
                return choices_of(
                    self.hand.stage.db, self.hand.actor(self.sheet.who), self.hand.case, self.sheet.track, [rule]
                )[rule["name"]][0].id
            case "rights":
                return list(self.hand.case.rights)
            case "impact":
                return [one.id for one in self.hand.case.impacts.values() if one.stands and one.level != VERIFIED][-1]
            case "person":
                return self.hand.id(self.sheet.who if rule.get("role") == "provider" else "officer")
            case "documents":
                return [self._paper(rule)]
        raise LookupError(f"nothing ordinary for {rule['name']}, a {rule['type']}")

    def _paper(self, rule: Rule) -> str:
        """A new paper; of a kind that is asked for the one that is on file already."""
        sheet, kinds = self.sheet, rule.get("kinds")
        label = sheet.edition.text(f"forms.{sheet.name}.{rule['name']}.label")
        if not kinds:
            return self.hand._register(label, None, "report")
        on_file = [document.id for document in self.hand.case.documents.values() if document.kind in kinds]
        return on_file[-1] if on_file else self.hand.file(label, kinds[0], sheet.track, sheet.who)


#: What stands on a right of a kind and came of no case.
_LYING = text("""
    SELECT b->>'id' FROM rights r CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) b WHERE r.id = CAST(:id AS uuid)
    AND b->>'kind' = :kind AND b->>'to' IS NULL AND b->>'case' IS NULL
""")
