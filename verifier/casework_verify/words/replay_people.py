"""What is said of who acted, of tasks and of clocks."""

from __future__ import annotations

from casework_verify.words.table import Words

PEOPLE: dict[str, Words] = {
    # Roles and who acted.
    "actor_mixed": Words(
        "Event {seq} is said of a person and of the system at once.",
        "第 {seq} 号事件同时称由个人和系统所为。",
    ),
    "actor_system": Words(
        "Event {seq} happened by itself, which “{kind}” does not.",
        "第 {seq} 号事件称自动发生，而“{kind}”不会自动发生。",
    ),
    "actor_interested": Words(
        "Whoever did event {seq} had declared an interest in the case.",
        "第 {seq} 号事件的行为人已申报与本案有利益关系。",
    ),
    "actor_reader": Words(
        "Event {seq} was done in the role {role}, which only reads.",
        "第 {seq} 号事件由角色 {role} 所为，而该角色只能查看。",
    ),
    "actor_unnamed": Words(
        "Whoever did event {seq} as {role} was not named for the case.",
        "第 {seq} 号事件的行为人（{role}）未被指定办理本案。",
    ),
    "actor_not_asked": Words(
        "Event {seq} was done for an organisation that was not asked there.",
        "第 {seq} 号事件由未受转介的服务机构所为。",
    ),
    "actor_barred": Words(
        "Whoever did event {seq} had been shut out of the referral.",
        "第 {seq} 号事件的行为人已被排除在该转介之外。",
    ),
    "role_never": Words(
        "Whoever did event {seq} was never given the role {role} for it.",
        "第 {seq} 号事件的行为人从未被授予角色 {role}。",
    ),
    "role_later": Words(
        "Whoever did event {seq} was given the role {role} only afterwards.",
        "第 {seq} 号事件的行为人事后才被授予角色 {role}。",
    ),
    "role_ended": Words(
        "Whoever did event {seq} had the role {role} no longer.",
        "第 {seq} 号事件的行为人当时已不再担任角色 {role}。",
    ),
    "role_not_deputy": Words(
        "Whoever did event {seq} was not the deputy, as {role}, of the person it was done for.",
        "第 {seq} 号事件的行为人并非被代理人在角色 {role} 上的代理人。",
    ),
    "role_not_for_it": Words(
        "Event {seq} is for {wanted}, and was done as {role}.",
        "第 {seq} 号事件应由 {wanted} 办理，却由 {role} 所为。",
    ),
    "role_unsealed": Words(
        "Entry {number} of a register is not what was sealed.",
        "登记第 {number} 条与封存时不同。",
    ),
    "role_by_oneself": Words(
        "Entry {number} of a register gives somebody the role {role} by themselves.",
        "登记第 {number} 条：有人给自己授予角色 {role}。",
    ),
    "role_without_second": Words(
        "Entry {number} of a register gives the role {role} without a second person.",
        "登记第 {number} 条：未经第二人同意即授予角色 {role}。",
    ),
    "role_asked_by_none": Words(
        "Entry {number} of a register gives the role {role} upon a request that is not there.",
        "登记第 {number} 条：授予角色 {role} 所依据的申请不存在。",
    ),
    "role_other_than_asked": Words(
        "Entry {number} of a register gives another role than was asked for: {role}.",
        "登记第 {number} 条：所授角色与申请不同：{role}。",
    ),
    "role_agreed_by_one": Words(
        "Entry {number} of a register: who asked for the role {role}, or gets it, also agreed to it.",
        "登记第 {number} 条：角色 {role} 的申请人或本人又作了同意。",
    ),
    "role_passed_on_by_none": Words(
        "Entry {number} of a register passes the role {role} on without an absence.",
        "登记第 {number} 条：没有请假而转授角色 {role}。",
    ),
    "role_passed_on_otherwise": Words(
        "Entry {number} of a register passes on another role than whoever is away held: {role}.",
        "登记第 {number} 条：转授的角色并非请假人所任：{role}。",
    ),
    "role_passed_on_longer": Words(
        "Entry {number} of a register passes the role {role} on for longer than the absence.",
        "登记第 {number} 条：角色 {role} 的转授期长于请假期。",
    ),
    "roles_unreadable": Words(
        "The roles in the file cannot be read: {why}. Ask for the file anew.",
        "无法读取文件中的角色：{why}。请重新索取文件。",
    ),
    "roles_none": Words(
        "{file} has none of the events by which those who acted got their roles: somebody took them out. Ask for the file anew.",
        "{file} 中没有任何授予角色的事件，而有人以角色办理过：这些事件已被取出。请重新索取文件。",
    ),
    "link_for_nothing": Words(
        "Event {seq} was done by a link, by which “{kind}” is not done.",
        "第 {seq} 号事件经由链接所为，而“{kind}”不能经由链接。",
    ),
    "link_none": Words(
        "Event {seq} was done by a link that was not given, or was used already.",
        "第 {seq} 号事件所用链接未曾给出或已用过。",
    ),
    "link_other": Words(
        "Event {seq} is about a task for which its link is not.",
        "第 {seq} 号事件的链接并非用于该任务。",
    ),
    "link_over": Words(
        "Event {seq} was done by a link whose time was over.",
        "第 {seq} 号事件所用链接已过期。",
    ),
    # Tasks.
    "task_unknown": Words(
        "Event {seq} is about a task that the case does not have.",
        "第 {seq} 号事件所涉任务在本案中不存在。",
    ),
    "task_no_rule": Words(
        "Event {seq} is about a task that no rule of its edition knows.",
        "第 {seq} 号事件所涉任务在其版本中没有规则。",
    ),
    "task_closed": Words(
        "Event {seq} changes a task that was over: {name}.",
        "第 {seq} 号事件更改已结束的任务：{name}。",
    ),
    "task_state": Words(
        "Event {seq}: “{kind}” is not done with “{name}” while it is {state}.",
        "第 {seq} 号事件：“{name}”处于 {state} 时不能“{kind}”。",
    ),
    "task_queue": Words(
        "Event {seq}: the task “{name}” lies in the queue {queue}, which {role} does not work.",
        "第 {seq} 号事件：任务“{name}”在队列 {queue} 中，{role} 不办理。",
    ),
    "task_holder": Words(
        "Event {seq}: the task “{name}” was another person's.",
        "第 {seq} 号事件：任务“{name}”由他人持有。",
    ),
    "task_not_so": Words(
        "Event {seq}: “{kind}” is not done with a task such as “{name}”.",
        "第 {seq} 号事件：“{name}”这类任务不能“{kind}”。",
    ),
    "task_lent": Words(
        "Event {seq} gives away a task that was only lent: {name}.",
        "第 {seq} 号事件转出了仅受托办理的任务：{name}。",
    ),
    "task_more": Words(
        "Event {seq} does more than is done with a task: {name}.",
        "第 {seq} 号事件所为超出对任务的操作：{name}。",
    ),
    "task_other": Words(
        "Event {seq} changes another task than it names: {name}.",
        "第 {seq} 号事件更改的不是其所称的任务：{name}。",
    ),
    "task_led": Words(
        "Event {seq} leads the task “{name}” to {told}, and not to {wanted}.",
        "第 {seq} 号事件使任务“{name}”变为 {told}，而非 {wanted}。",
    ),
    "task_for_another": Words(
        "Event {seq} takes the task “{name}” for somebody else.",
        "第 {seq} 号事件替他人领取任务“{name}”。",
    ),
    "task_still_held": Words(
        "Event {seq} leaves the task “{name}” with somebody.",
        "第 {seq} 号事件后任务“{name}”仍由人持有。",
    ),
    "task_two_holders": Words(
        "Event {seq} gives the task “{name}” to one person and names another.",
        "第 {seq} 号事件把任务“{name}”交给一人却写另一人。",
    ),
    "task_back": Words(
        "Event {seq} does not give the task “{name}” back to whom it belongs.",
        "第 {seq} 号事件未把任务“{name}”还给应还之人。",
    ),
    "task_answers": Words(
        "Event {seq} is not told to the provider as the rule of “{name}” says.",
        "第 {seq} 号事件未按“{name}”的规则告知服务机构。",
    ),
    "task_not_offered": Words(
        "Event {seq}: the task “{name}” is not asked for at {states}.",
        "第 {seq} 号事件：处于 {states} 时不能要求任务“{name}”。",
    ),
    "task_not_opened": Words(
        "Event {seq} does not open a task that follows from it: {name}.",
        "第 {seq} 号事件未开启应随之产生的任务：{name}。",
    ),
    "task_wrong_queue": Words(
        "Event {seq} opens the task “{name}” in a queue that is not its own: {queue}.",
        "第 {seq} 号事件在错误的队列 {queue} 中开启任务“{name}”。",
    ),
    "task_begins": Words(
        "Event {seq} opens the task “{name}” as {state}.",
        "第 {seq} 号事件开启任务“{name}”时其状态为 {state}。",
    ),
    "task_left_open": Words(
        "Event {seq} ends a track and leaves a task of it open: {name}.",
        "第 {seq} 号事件结束流程却留下未结任务：{name}。",
    ),
    "task_given": Words(
        "Event {seq} gives the task “{name}” to somebody, which is not done so.",
        "第 {seq} 号事件把任务“{name}”交给他人，而不能如此交办。",
    ),
    "task_of_none": Words(
        "Event {seq} opens a task that nothing opens there: {name}.",
        "第 {seq} 号事件开启了无所由来的任务：{name}。",
    ),
    "task_due": Words(
        "Event {seq}: the task “{name}” is due at another moment than its clock says.",
        "第 {seq} 号事件：任务“{name}”的到期时间与其时钟不同。",
    ),
    "finished_by_another": Words(
        "Event {seq} says that somebody else finished the task “{name}”.",
        "第 {seq} 号事件称他人完成了任务“{name}”。",
    ),
    "steps_other": Words(
        "Event {seq} opens the steps {told}; those that it enters are: {wanted}.",
        "第 {seq} 号事件开启步骤 {told}；其进入的是：{wanted}。",
    ),
    "step_left_open": Words(
        "Event {seq} leaves the step “{name}” and does not close its task.",
        "第 {seq} 号事件离开步骤“{name}”却未结束其任务。",
    ),
    "step_held": Words(
        "Event {seq}: somebody else held the task of the step “{name}”.",
        "第 {seq} 号事件：步骤“{name}”的任务由他人持有。",
    ),
    "item_unticked": Words(
        "Event {seq}: what the checklist requires was not ticked: {name}.",
        "第 {seq} 号事件：检查表必需项未勾选：{name}。",
    ),
    "item_other": Words(
        "Event {seq} touches the checklist of “{name}” as nobody can.",
        "第 {seq} 号事件对“{name}”的检查表作了不可能的更改。",
    ),
    "review_by_oneself": Words(
        "Event {seq} asks nobody else to review “{name}”.",
        "第 {seq} 号事件未请他人复核“{name}”。",
    ),
    "review_not_asked": Words(
        "Event {seq} answers a review of “{name}” that was not asked of its actor.",
        "第 {seq} 号事件的行为人未被请求复核“{name}”。",
    ),
    "review_open": Words(
        "Event {seq} finishes “{name}” while it was being reviewed.",
        "第 {seq} 号事件在复核期间完成了“{name}”。",
    ),
    "review_other": Words(
        "Event {seq} finishes “{name}” with other answers than were approved.",
        "第 {seq} 号事件完成“{name}”所用答复与获准的不同。",
    ),
    "allocation_by_none": Words(
        "Event {seq} gives the task “{name}” to somebody by no rule of a queue.",
        "第 {seq} 号事件未依队列规则分派任务“{name}”。",
    ),
    "routing_missing": Words(
        "Event {seq} gives the task “{name}” to somebody by version {version} of a routing table that is not there.",
        "第 {seq} 号事件依分派表第 {version} 版分派任务“{name}”，而文件中没有该版本。",
    ),
    "routing_unreadable": Words(
        "Version {version} of the routing table cannot be read, by which event {seq} gives the task “{name}” to somebody.",
        "第 {seq} 号事件分派任务“{name}”所依的分派表第 {version} 版无法读取。",
    ),
    "routing_other": Words(
        "Event {seq} says of the task “{name}” something else than version {version} of the routing table does.",
        "第 {seq} 号事件对任务“{name}”所述与分派表第 {version} 版不符。",
    ),
    "routing_passed_over": Words(
        "Event {seq} passes over whom the routing table names for the task “{name}”.",
        "第 {seq} 号事件越过了分派表为任务“{name}”指定的人。",
    ),
    "relief_of_none": Words(
        "Event {seq} takes a task from somebody who did not hold it.",
        "第 {seq} 号事件从并未持有者处收回任务。",
    ),
    "not_freed": Words(
        "Event {seq} does not free exactly what those held who leave the case.",
        "第 {seq} 号事件未恰好释放离开者所持的任务。",
    ),
    "handed_to_none": Words(
        "Event {seq} gives the case to somebody who did not hold the role {role}.",
        "第 {seq} 号事件把案件交给未任角色 {role} 的人。",
    ),
    # Clocks.
    "calendar_missing": Words(
        "The calendar {name} is missing, by which event {seq} is the first to count.",
        "缺少日历 {name}，最先依其计算的是第 {seq} 号事件。",
    ),
    "calendar_not_then": Words(
        "Event {seq} counts by a calendar that the programme did not have by then.",
        "第 {seq} 号事件所用日历当时项目尚未采用。",
    ),
    "calendar_swapped": Words(
        "{file} holds another calendar than the one whose digest it bears.",
        "{file} 的日历与其摘要不符。",
    ),
    "calendar_unreadable": Words(
        "{file} cannot be read as a calendar: {why}. Ask for the file anew.",
        "{file} 无法作为日历读取：{why}。请重新索取文件。",
    ),
    "clock_unknown": Words(
        "Event {seq} changes a clock that the case does not have.",
        "第 {seq} 号事件更改了不存在的时钟。",
    ),
    "clock_start": Words(
        "Event {seq} counts a clock from another moment than its own.",
        "第 {seq} 号事件的时钟并非从事件时刻起算。",
    ),
    "clock_moment": Words(
        "Event {seq}: “{what}” is said to come at {told}; counted, it comes at {counted}.",
        "第 {seq} 号事件：“{what}”称为 {told}，计算得 {counted}。",
    ),
    "clock_stopped": Words(
        "Event {seq} stops a clock that nothing stopped: {name}.",
        "第 {seq} 号事件无故停止了时钟：{name}。",
    ),
    "clock_left": Words(
        "Event {seq} keeps another rest of a clock than is left of it.",
        "第 {seq} 号事件保留的剩余时间与实际不符。",
    ),
    "clock_rules": Words(
        "Event {seq} counts a clock by other rules than it had, or than its edition has.",
        "第 {seq} 号事件的时钟规则与原有或版本规定的不同。",
    ),
    "clock_skips": Words(
        "Event {seq} does not lead a clock on to its next step.",
        "第 {seq} 号事件未使时钟进入下一步。",
    ),
    "clock_fires_nothing": Words(
        "Event {seq} starts a clock for “{name}”, which no clock fires.",
        "第 {seq} 号事件为“{name}”启动时钟，而它并不由时钟触发。",
    ),
    "limit_other": Words(
        "Event {seq}: the limit of “{name}” is not the one of its edition.",
        "第 {seq} 号事件：“{name}”的期限不是版本规定的期限。",
    ),
    "limit_not_own": Words(
        "Event {seq}: the limit of “{name}” is not the one that the programme had set.",
        "第 {seq} 号事件：“{name}”的期限不是项目所设的期限。",
    ),
    "timer_none": Words(
        "Event {seq}: no clock was running for “{what}”.",
        "第 {seq} 号事件：没有为“{what}”运行的时钟。",
    ),
    "timer_other": Words(
        "Event {seq}: the next step of the clock was not “{what}”.",
        "第 {seq} 号事件：时钟的下一步不是“{what}”。",
    ),
    "timer_early": Words(
        "Event {seq}: “{what}” was due at {due}, which was later.",
        "第 {seq} 号事件：“{what}”到 {due} 才到期。",
    ),
    "timer_person": Words(
        "Event {seq} is a clock's, and was done by a person.",
        "第 {seq} 号事件属于时钟，却由个人所为。",
    ),
    "recount_more": Words(
        "Event {seq} does more than count clocks again.",
        "第 {seq} 号事件所为超出重新计时。",
    ),
}
