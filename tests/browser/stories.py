"""The story of one referral, told at the browsers of both its sides; what is the same for every kind of service."""

from __future__ import annotations

from typing import Any

from casework.playbook.hand import Do
from casework.playbook.steps import do
from tests.browser.reader import Reader
from tests.browser.storyteller import Story, recruit

Json = Any

#: What the office shares, and what a provider delivers.
PAPER, RESULT = "The file of the boiler", "The result"
#: Days after which nobody can still answer an offer.
LONG = 30


# --- the three stories of a service with papers ----------------------------------------------------------------------


def go_on_until_taken(story: Story) -> None:
    """Declined, in conflict, asked back, silent: each time the office goes on, until somebody takes the offer."""
    decline(story)
    choose_another(story)
    have_a_conflict(story)
    ask_back(story)
    stay_silent(story)
    take_it(story)


def be_disturbed_and_deliver(story: Story, *work: Do) -> None:
    """All that can come between, the service's own `work` by the colleague, and two deliveries."""
    set_to_work(story)
    have_a_conflict_waived(story)
    hand_to_a_colleague(story)
    rest(story)
    ask_for_time(story)
    deliver_a_part(story)
    story.behind(*work)
    deliver_twice(story)


def come_to_nothing(story: Story, *work: Do) -> None:
    """Broken off; done by another one, with the service's own `work`, and rejected; and withdrawn from the first."""
    set_to_work(story)
    give_up(story)
    list_what_is_usable(story)
    story.behind(do(story.other.agent, story.action("accept")), *work)
    hand_in_result(story, story.other.agent)
    story.behind(do(story.other.agent, story.action("deliver")))
    reject(story)
    withdraw(story)
    give_copies_back(story, story.mine.agent)


# --- an offer, until somebody takes it -------------------------------------------------------------------------------


def decline(story: Story) -> None:
    """The officer asks; the provider reads what it may see of the offer, and declines with a reason that the officer reads."""
    story.play(do(story.office, story.action("send"), question="Does it reach 180 degrees?", fee="programme"))
    story.reads(story.at_referral(story.mine.agent), "Does it reach 180 degrees?", story.say("Before you see more"))
    story.play(
        do(story.mine.agent, story.action("decline"), reason="no_capacity", note="Both teams are booked until spring.")
    )
    story.reads(story.of(story.mine.agent), story.of_referral("states.declined"), "Both teams are booked until spring.")
    officer = story.at_office()
    story.reads(officer, story.of_referral("states.declined"), "Both teams are booked until spring.")
    story.reads(story.at_case("officer"), story.of_referral("tasks.choose_other_provider"))


def choose_another(story: Story) -> None:
    """The officer asks another one, and names whom to ask after that; nobody reads of the others."""
    story.play(
        do(story.office, "choose_other_provider", next=story.service),
        do(story.office, story.action("send"), provider=story.other.organisation, panel=[story.mine.organisation]),
    )
    story.reads(story.at_office(), story.say("Asked next"), story.name(story.mine.organisation))
    story.reads_nothing_of(story.at_referral(story.other.agent), story.name(story.mine.organisation))


def have_a_conflict(story: Story) -> None:
    """Who declares a conflict sees nothing any more; the supervisor upholds it, and the next of the panel is asked by itself."""
    story.play(
        do(story.other.agent, story.action("declare_conflict"), nature="earlier_work", note="We built its burner.")
    )
    story.cannot_open(story.other.agent, f"/referrals/{story.referral()}")
    story.play(do(story.decider, story.action("uphold_conflict"), reason="It would judge its own work."))
    officer = story.at_office()
    story.reads(
        officer, story.say("Asked before"), story.name(story.other.organisation), story.of_referral("states.sent")
    )


def ask_back(story: Story) -> None:
    """The provider asks what it must know, and the officer answers; meanwhile it is the office's turn."""
    story.play(do(story.mine.agent, story.action("ask_info"), items="Which fuel does it burn?"))
    story.reads(story.at_office(), "Which fuel does it burn?", story.of_referral("states.info_asked"))
    story.play(do(story.office, story.action("supply_info"), answer="It burns wood chips."))
    story.reads(story.at_referral(story.mine.agent), "It burns wood chips.")


def stay_silent(story: Story) -> None:
    """Nobody answers: the offer lapses, and the officer is told to choose whom to ask."""
    story.later(LONG)
    story.reads(story.at_office(), story.of_referral("states.no_answer"))
    if story.service != "mediation":
        # A mediation is asked for anew by the number of its case.
        story.reads(story.at_case("officer"), story.of_referral("tasks.choose_other_provider"))
    story.reads(story.at_referral(story.mine.agent), story.of_referral("states.no_answer"))


def take_it(story: Story) -> None:
    """The next one takes it, and from then on it is its work."""
    story.play(
        do(story.office, "choose_other_provider", next=story.service),
        do(story.office, story.action("send"), provider=story.other.organisation, wanted_on=LONG + 20),
    )
    # An accusation of one provider does not follow the next person of it.
    recruit(story.site, "successor", "provider", story.other.organisation)
    story.play(do("successor", story.action("accept"), planned_on=LONG + 40))
    story.reads(story.at_office(), story.of_referral("states.accepted"), "Successor")


# --- the work, with all that can come between ------------------------------------------------------------------------


def set_to_work(story: Story) -> None:
    """By operations: the office shares a paper, and the provider accepts and begins."""
    if story.service == "mediation":
        story.play(do(story.office, story.action("send"), provider=story.mine.organisation))
    else:
        paper = story.site.world.hand_in(story.site.document_store, story.number, title=PAPER)
        story.play(do(story.office, story.action("send"), documents=[paper]))
    story.behind(do(story.mine.agent, story.action("accept")), do(story.mine.agent, story.action("start")))
    provider = story.at_referral(story.mine.agent)
    story.reads(provider, story.of_referral("states.in_progress"))
    if story.service != "mediation":
        story.reads(provider, PAPER)


def have_a_conflict_waived(story: Story) -> None:
    """A conflict comes up during the work; the supervisor waives it, and whoever declared it goes on."""
    story.play(
        do(story.mine.agent, story.action("declare_conflict"), nature="employment", note="My sister works there.")
    )
    story.cannot_open(story.mine.agent, f"/referrals/{story.referral()}")
    story.reads(story.at_case(story.decider), story.of_referral("transitions.waive_conflict.do"))
    story.play(do(story.decider, story.action("waive_conflict"), reason="Another department of it."))
    story.reads(
        story.at_referral(story.mine.agent), story.of_referral("states.in_progress"), "Another department of it."
    )


def hand_to_a_colleague(story: Story) -> None:
    """The lead names another person; whoever had it before sees it no longer."""
    world = story.site.world
    story.play(
        do(story.mine.lead, story.action("change_person"), person=world.people[story.mine.colleague], interest=False)
    )
    story.cannot_open(story.mine.agent, f"/referrals/{story.referral()}")
    story.reads(story.at_office(), "Colleague")


def rest(story: Story) -> None:
    """The office lets the referral rest, with a reason that the provider reads, and lets it go on."""
    story.play(do(story.office, story.action("suspend"), reason="fee", note="The fee is open."))
    provider = story.at_referral(story.mine.colleague)
    story.reads(provider, "The fee is open.", story.of_referral("states.suspended"))
    story.play(do(story.office, story.action("continue")))
    story.reads(story.at_referral(story.mine.colleague), story.of_referral("states.in_progress"))


def ask_for_time(story: Story) -> None:
    """The provider asks for more time twice: it is granted with a day, and refused with a reason."""
    story.play(
        do(story.mine.colleague, story.action("ask_extension"), new_date=70, reason="The laboratory was closed."),
        do(story.office, "decide_extension", granted=True, until_on=70, note="Granted for the closed laboratory."),
    )
    story.reads(story.at_referral(story.mine.colleague), "Granted for the closed laboratory.")
    story.play(
        do(story.mine.colleague, story.action("ask_extension"), new_date=90, reason="The laboratory is slow."),
        do(story.office, "decide_extension", granted=False, note="The owner cannot wait."),
    )
    story.reads(story.at_referral(story.mine.colleague), "The owner cannot wait.")


def deliver_a_part(story: Story) -> None:
    story.play(
        do(story.mine.colleague, story.action("deliver_part"), part="The first chapter", note="The rest follows.")
    )
    story.reads(story.at_office(), "The first chapter", story.of_referral("states.in_progress"))


def deliver_twice(story: Story) -> None:
    """What was delivered comes back with points; the provider objects, corrects, and delivers again."""
    hand_in_result(story, story.mine.colleague)
    story.play(
        do(story.mine.colleague, story.action("deliver"), note="All of it."),
        do(story.office, story.action("return"), points="The winter is missing."),
    )
    provider = story.at_referral(story.mine.colleague)
    story.reads(provider, "The winter is missing.", story.of_referral("states.rework"))
    object_and_settle(story)
    story.play(do(story.mine.colleague, story.action("redeliver"), note="With the winter."))
    officer = story.at_office()
    story.reads(officer, "With the winter.", story.of_referral("states.delivered"))
    officer.press('form[action$="/receipts"] button', story.say("Confirm receipt"))
    story.reads(story.at_referral(story.mine.colleague), story.say("Arrived with them:"), story.say("confirmed"))
    story.play(do(story.office, story.action("approve"), rating=4, note="Thorough."))
    story.reads(story.at_referral(story.mine.colleague), story.of_referral("states.completed"))


def hand_in_result(story: Story, who: str) -> None:
    """By operations, the file of what is delivered."""
    story.site.world.hand_in(story.site.document_store, story.number, who, title=RESULT, referral=story.referral())


def object_and_settle(story: Story, to: str = "return") -> None:
    """The provider puts on record that it does not agree; the office answers, and the provider calls it settled."""
    provider = story.at_referral(story.mine.colleague)
    provider.follow_to("/contract")
    provider.answer(to=to, words="The winter was not asked for.")
    story.reads(provider, "The winter was not asked for.", story.say("not settled"))
    officer = story.at_office()
    officer.follow_to("/contract")
    unfold(officer)
    officer.answer(words="It follows from the question.")
    provider.open(provider.path)
    story.reads(provider, "It follows from the question.")
    unfold(provider)
    provider.answer(words="Agreed.")
    story.reads(provider, story.say("settled"))


def unfold(reader: Reader) -> None:
    """Open what is folded away on the page."""
    for summary in reader.page.locator("main details:not([open]) > summary").all():
        summary.click()


def give_copies_back(story: Story, who: str) -> None:
    """The work is over: the provider says what became of its copies, and the office reads that."""
    provider = story.at_referral(who)
    provider.follow_to("/documents")
    story.reads(provider, story.say("not confirmed yet"))
    provider.answer()
    story.reads(provider, story.say("given back or destroyed"))
    officer = story.at_office()
    officer.follow_to("/documents")
    story.reads(officer, story.say("given back or destroyed"))


# --- what comes to nothing -------------------------------------------------------------------------------------------


def give_up(story: Story) -> None:
    """The provider fails; the supervisor decides that another one goes on, and what was done is listed for it."""
    hand_in_result(story, story.mine.agent)
    story.play(
        do(story.mine.agent, story.action("give_up"), reason="The expert has left."),
        do(story.decider, "decide", decision="other_provider"),
    )
    story.reads(story.at_office(), story.of_referral("states.failed"), "The expert has left.")


def list_what_is_usable(story: Story) -> None:
    """Of the service that was broken off the officer lists what the next provider can build on."""
    story.play(do(story.office, "usable_results", words="The first chapter can be used."))
    story.play(do(story.office, "choose_other_provider", next=story.service))
    story.play(do(story.office, story.action("send"), provider=story.other.organisation))
    story.reads_nothing_of(story.at_referral(story.other.agent), story.name(story.mine.organisation))


def reject(story: Story) -> None:
    """What was delivered is no good: the supervisor rejects it, and the provider reads why."""
    story.play(do(story.decider, story.action("reject"), reason="It answers another question."))
    story.reads(
        story.at_referral(story.other.agent), "It answers another question.", story.of_referral("states.failed")
    )
    story.reads(story.at_case("officer"), story.of_referral("tasks.choose_other_provider"))


def withdraw(story: Story) -> None:
    """The office needs it no longer, and takes it back from whoever works on it."""
    story.play(do(story.office, "choose_other_provider", next=story.service))
    set_to_work(story)
    story.play(do(story.office, story.action("cancel"), reason="not_needed", note="The owner has sold the plant."))
    story.reads(
        story.at_referral(story.mine.agent), story.of_referral("states.cancelled"), "The owner has sold the plant."
    )
