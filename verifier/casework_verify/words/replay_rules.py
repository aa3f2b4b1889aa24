"""What is said of transitions, forms, papers, and of the state that an index tells."""

from __future__ import annotations

from casework_verify.words.table import NOTE, Words

RULES: dict[str, Words] = {
    # Editions and transitions.
    "begins_otherwise": Words(
        "The history begins with “{kind}”, and not with what opened the case.",
        "办理记录始于“{kind}”，而非立案。",
    ),
    "kind_unknown": Words(
        "Event {seq} is of a kind that there is not: {kind}.",
        "第 {seq} 号事件的种类不存在：{kind}。",
    ),
    "edition_missing": Words(
        "The edition {name} is missing, which event {seq} is the first to follow.",
        "缺少版本 {name}，最先依其办理的是第 {seq} 号事件。",
    ),
    "evidence_unused": Words(
        "{file} is named by no event: no file of a case has more than its history names.",
        "没有事件提到 {file}：案件文件不会有办理记录未提及的部分。",
    ),
    "edition_other": Words(
        "Event {seq} names another edition than its track is pinned to.",
        "第 {seq} 号事件所称版本与其流程所定版本不同。",
    ),
    "move_elsewhere": Words(
        "Event {seq} moves by two persons what they do not move: a sealed log, or another track than the case's own.",
        "第 {seq} 号事件由两人调整了不可如此调整的对象：密封记录，或案件主流程以外的流程。",
    ),
    "move_again": Words(
        "Event {seq} asks for a move while another one waits.",
        "第 {seq} 号事件在另一项调整等待决定时又提出调整。",
    ),
    "move_none": Words(
        "Event {seq} decides on a move that nobody had asked for.",
        "第 {seq} 号事件决定了无人提出的调整。",
    ),
    "move_same": Words(
        "Event {seq} was done by the person who had asked for the move, or in that person's place.",
        "第 {seq} 号事件由提出调整者本人或其代理人决定。",
    ),
    "move_to": Words(
        "Event {seq} moves the case to {told}, where no case is moved by two persons.",
        "第 {seq} 号事件将案件调整到 {told}，而案件不得由两人调整到该处。",
    ),
    "move_way": Words(
        "Event {seq} names ways that do not lead to {states}.",
        "第 {seq} 号事件所列的步骤不通往 {states}。",
    ),
    "migration_plan": Words(
        "Event {seq} names a plan of another digest than its own.",
        "第 {seq} 号事件所称方案的摘要与其内容不符。",
    ),
    "migration_other": Words(
        "Event {seq} moves “{what}” to another edition otherwise than its plan says.",
        "第 {seq} 号事件未按其方案将“{what}”迁移到另一版本。",
    ),
    "migration_left": Words(
        "Event {seq} does not move exactly what ran by the earlier edition: {what}.",
        "第 {seq} 号事件迁移的内容与原版本下进行中的内容不一致：{what}。",
    ),
    "migration_state": Words(
        "Event {seq} leaves a track at {told}, and its plan at {wanted}.",
        "第 {seq} 号事件后流程处于 {told}，按方案应处于 {wanted}。",
    ),
    "migration_queue": Words(
        "Event {seq} moves “{name}” to an edition in which others do it.",
        "第 {seq} 号事件将“{name}”迁移到由他人办理的版本。",
    ),
    "migration_guard": Words(
        "Event {seq} moves past “{guard}”, which the other edition asks for before “{transition}”.",
        "第 {seq} 号事件越过了另一版本在“{transition}”之前要求的“{guard}”。",
    ),
    "migration_back_none": Words(
        "Event {seq} takes back a move that there was not.",
        "第 {seq} 号事件撤回了不存在的迁移。",
    ),
    "migration_back_other": Words(
        "Event {seq} takes back something else than was moved.",
        "第 {seq} 号事件撤回的内容与所迁移的不同。",
    ),
    "migration_back_late": Words(
        "Event {seq} goes back after event {other}, which came of the later edition.",
        "第 {seq} 号事件在第 {other} 号事件之后退回，而后者依新版本发生。",
    ),
    "edition_swapped": Words(
        "{file} holds other rules than those whose digest it bears.",
        "{file} 的规则与其摘要不符。",
    ),
    "edition_unreadable": Words(
        "{file} cannot be read as rules: {why}. Ask for the file anew.",
        "{file} 无法作为规则读取：{why}。请重新索取文件。",
    ),
    "track_none": Words(
        "Event {seq} is about a track that the case does not have.",
        "第 {seq} 号事件所涉流程在本案中不存在。",
    ),
    "track_other": Words(
        "Event {seq} opens {workflow} by an edition of something else.",
        "第 {seq} 号事件以其他工作流的版本开启 {workflow}。",
    ),
    "track_begins": Words(
        "Event {seq} opens {workflow} elsewhere than at its beginning: {states}.",
        "第 {seq} 号事件未从起点开启 {workflow}：{states}。",
    ),
    "from_other": Words(
        "Event {seq} starts from {told}, and the track stood at {stands}.",
        "第 {seq} 号事件从 {told} 开始，而流程处于 {stands}。",
    ),
    "moved_without": Words(
        "Event {seq} moves its track to {told}, which only a transition may.",
        "第 {seq} 号事件把流程移至 {told}，而只有流转可以如此。",
    ),
    "transition_unknown": Words(
        "Event {seq}: {workflow} has no transition “{transition}”.",
        "第 {seq} 号事件：{workflow} 没有流转“{transition}”。",
    ),
    "transition_not_here": Words(
        "Event {seq}: “{transition}” of {workflow} does not lead out of {states}.",
        "第 {seq} 号事件：{workflow} 的“{transition}”不能从 {states} 出发。",
    ),
    "transition_to": Words(
        "Event {seq}: “{transition}” leads to {wanted}, and not to {told}.",
        "第 {seq} 号事件：“{transition}”通向 {wanted}，而非 {told}。",
    ),
    "transition_ends": Words(
        "Event {seq}: what “{transition}” says of “{name}” is not what the edition says.",
        "第 {seq} 号事件：“{transition}”关于“{name}”所述与版本不符。",
    ),
    "effect_of_none": Words(
        "Event {seq} has effects that nothing brings about: {name}.",
        "第 {seq} 号事件的效果无所由来：{name}。",
    ),
    "papers_other": Words(
        "Event {seq}: “{transition}” rests on other papers than it asks for.",
        "第 {seq} 号事件：“{transition}”所依文件与要求不符。",
    ),
    "paper_missing": Words(
        "Event {seq} rests on a paper that was not on file: {kind}.",
        "第 {seq} 号事件所依文件当时未归档：{kind}。",
    ),
    "paper_expired": Words(
        "Event {seq} rests on a paper that held until {day}: {kind}.",
        "第 {seq} 号事件所依文件有效期至 {day}：{kind}。",
    ),
    "four_eyes": Words(
        "Event {seq} needed another person than who did: {names}.",
        "第 {seq} 号事件须由另一人办理，不得是办理 {names} 的人。",
    ),
    "second_missing": Words(
        "Event {seq}: “{transition}” needs a second person's word.",
        "第 {seq} 号事件：“{transition}”须经第二人同意。",
    ),
    "second_same": Words(
        "Event {seq}: one person asked for “{transition}” and decided on it.",
        "第 {seq} 号事件：同一人申请并决定了“{transition}”。",
    ),
    "proposal_none": Words(
        "Event {seq}: nobody had asked for “{transition}”.",
        "第 {seq} 号事件：无人申请过“{transition}”。",
    ),
    "proposal_other": Words(
        "Event {seq} confirms something else than was asked for: {transition}.",
        "第 {seq} 号事件确认的内容与申请不同：{transition}。",
    ),
    "proposal_not_here": Words(
        "Event {seq}: no second person is asked about “{transition}” at {states}.",
        "第 {seq} 号事件：处于 {states} 时“{transition}”无需第二人。",
    ),
    "proposal_again": Words(
        "Event {seq}: “{transition}” had been asked for already.",
        "第 {seq} 号事件：“{transition}”已有人申请。",
    ),
    "cause_unknown": Words(
        "Event {seq} names a cause that did not come before it.",
        "第 {seq} 号事件所称起因并非在先。",
    ),
    "cause_none": Words(
        "Event {seq}: what it names as its cause does not bring “{transition}” about.",
        "第 {seq} 号事件：其所称起因不会引起“{transition}”。",
    ),
    "place_goes_on": Words(
        "Event {seq}: “{place}” had not ended.",
        "第 {seq} 号事件：“{place}”尚未结束。",
    ),
    "join_none": Words(
        "Event {seq}: nothing waited for these results.",
        "第 {seq} 号事件：没有等待这些结果的汇合。",
    ),
    "join_other": Words(
        "Event {seq} tells of a join otherwise than it was agreed.",
        "第 {seq} 号事件所述汇合与约定不同。",
    ),
    "correction_none": Words(
        "Event {seq} corrects an answer that was not given there.",
        "第 {seq} 号事件更正的答复在该处并不存在。",
    ),
    "correction_before": Words(
        "Event {seq} says that something else stood there before.",
        "第 {seq} 号事件所称的原答复与实际不符。",
    ),
    "correction_more": Words(
        "Event {seq} changes more than the answer that it corrects.",
        "第 {seq} 号事件更改的不止所更正的答复。",
    ),
    "case_closed": Words(
        "Event {seq}: “{kind}” happened after the case was closed.",
        "第 {seq} 号事件：结案后又发生“{kind}”。",
    ),
    "case_frozen": Words(
        "Event {seq} was done by a provider while the case stood still.",
        "第 {seq} 号事件由服务机构在案件暂停期间所为。",
    ),
    # Forms.
    "form_missing": Words(
        "Event {seq} leaves unanswered what had to be answered: {name}.",
        "第 {seq} 号事件未填必填项：{name}。",
    ),
    "form_unfit": Words(
        "Event {seq}: the answer to “{name}” is none that the form takes.",
        "第 {seq} 号事件：“{name}”的答复不合表单。",
    ),
    "form_not_asked": Words(
        "Event {seq} answers what was not asked: {name}.",
        "第 {seq} 号事件填写了未问及的项：{name}。",
    ),
    "form_unknown_field": Words(
        "Event {seq} answers a field that the form does not have: {name}.",
        "第 {seq} 号事件填写了表单中没有的项：{name}。",
    ),
    "form_misplaced": Words(
        "Event {seq} has the words of “{name}” among its facts.",
        "第 {seq} 号事件把“{name}”的文字列为事实。",
    ),
    "form_none": Words(
        "Event {seq} fills in a form where there is none.",
        "第 {seq} 号事件填写了不存在的表单。",
    ),
    # Papers, consents, messages.
    "grant_of_none": Words(
        "Event {seq} gives or ends access to a document that was not there, or was not shared.",
        "第 {seq} 号事件授予或终止了不存在的文件访问。",
    ),
    "grant_without_consent": Words(
        "Event {seq} shares a document without a consent that covers it: {party}.",
        "第 {seq} 号事件未经相应同意即共享文件：{party}。",
    ),
    "consent_none": Words(
        "Event {seq} ends a consent that was not there.",
        "第 {seq} 号事件终止了不存在的同意。",
    ),
    "paper_not_here": Words(
        "Event {seq} hands in a document where none could be handed in.",
        "第 {seq} 号事件在不能提交之处提交文件。",
    ),
    "paper_again": Words(
        "Event {seq} enters a document that was there.",
        "第 {seq} 号事件登记了已有的文件。",
    ),
    "paper_version": Words(
        "Event {seq} files version {version} out of turn.",
        "第 {seq} 号事件归档的第 {version} 版次序不对。",
    ),
    "paper_unknown": Words(
        "Event {seq} changes a document that was not there, or was sent.",
        "第 {seq} 号事件更改了不存在或已寄出的文件。",
    ),
    "paper_theirs": Words(
        "Event {seq} changes a document of another side.",
        "第 {seq} 号事件更改了另一方的文件。",
    ),
    "message_place": Words(
        "Event {seq} writes where nothing is written.",
        "第 {seq} 号事件写在不能书写之处。",
    ),
    "message_again": Words(
        "Event {seq} writes a message that was there.",
        "第 {seq} 号事件写了已有的消息。",
    ),
    "message_none": Words(
        "Event {seq} corrects or answers a message that was not there.",
        "第 {seq} 号事件更正或答复了不存在的消息。",
    ),
    "message_theirs": Words(
        "Event {seq} corrects a message that is another person's, or was taken back.",
        "第 {seq} 号事件更正了他人的或已撤回的消息。",
    ),
    "interest_of_another": Words(
        "Event {seq} declares an interest of somebody else.",
        "第 {seq} 号事件替他人申报利益关系。",
    ),
    "case_link_other": Words(
        "Event {seq} makes a link to another case that this case could not have, or tells it in two ways.",
        "第 {seq} 号事件所建立的案件关联不应存在，或前后所述不一。",
    ),
    "case_link_none": Words(
        "Event {seq} ends a link to another case that this case did not have.",
        "第 {seq} 号事件解除了本案件没有的案件关联。",
    ),
    "case_link_why": Words(
        "Event {seq} ends a link to another case and does not say why.",
        "第 {seq} 号事件解除案件关联而未说明理由。",
    ),
    "rights_other": Words(
        "Event {seq} leaves other rights than follow from it.",
        "第 {seq} 号事件留下的权利与其所述不符。",
    ),
    "received_none": Words(
        "Event {seq} speaks of something that the other side had not done: {transition}.",
        "第 {seq} 号事件所述事项另一方并未办理：{transition}。",
    ),
    "erased_by_person": Words(
        "Event {seq} takes words out, and was done by a person.",
        "第 {seq} 号事件抹除文字，却由个人所为。",
    ),
    "erased_later": Words(
        "Event {seq} takes words out of a later event.",
        "第 {seq} 号事件抹除了之后事件的文字。",
    ),
    "removed_before": Words(
        "Event {seq} (“{kind}”) follows the removal of the contents of the case, after which nothing happens in it.",
        "第 {seq} 号事件（“{kind}”）发生在案件内容清除之后；清除之后案件不再发生任何事件。",
    ),
    "removed_unended": Words(
        "Event {seq} removes the contents of a case, and does not end exactly what still waited in it.",
        "第 {seq} 号事件清除了案件内容，但所终止的事项与案件中尚未办结的事项不一致。",
    ),
    "removed_open": Words(
        "Event {seq} removes the contents of a case that was open, or whose contents were gone.",
        "第 {seq} 号事件清除了未结案或内容已被清除的案件的内容。",
    ),
    # The whole.
    "told_case": Words(
        "The index says of “{name}”: {told}. The history adds up to: {wanted}.",
        "索引称“{name}”为 {told}，而办理记录得出 {wanted}。",
    ),
    "told_row": Words(
        "The index says of “{name}” in {table} {row}: {told}. The history adds up to: {wanted}.",
        "索引称 {table} {row} 的“{name}”为 {told}，而办理记录得出 {wanted}。",
    ),
    "told_row_missing": Words(
        "The index leaves out what the history adds up to: {table} {row}.",
        "索引缺少办理记录得出的 {table} {row}。",
    ),
    "told_row_more": Words(
        "The index has what is in no event: {table} {row}.",
        "索引中的 {table} {row} 不见于任何事件。",
    ),
    "told_order": Words(
        "The index has rows of {table} in another order than that in which the history opens them: {row}.",
        "索引中 {table} 各行的次序与办理记录的先后不同：{row}。",
    ),
    "told_unjudged": Words(
        "Told in the file, and held against nothing: {names}.", "文件中所述而未与任何内容核对的有：{names}。", NOTE
    ),
    "told_unreadable": Words(
        "The state in the index cannot be read: {why}. Ask for the file anew.",
        "无法读取索引中的状态：{why}。请重新索取文件。",
    ),
    "replay_stopped": Words(
        "Event {seq} cannot be replayed, and nothing after it was: {why}. Ask for the file anew.",
        "无法重放第 {seq} 号事件，其后均未重放：{why}。请重新索取文件。",
    ),
    "replay_hindered": Words(
        "Whether each event was allowed cannot be told without what is named here: ask for the file anew.",
        "缺少上述内容，无法判断各事件是否获准：请重新索取文件。",
        NOTE,
    ),
    "replay_without": Words(
        "The file has no rules and roles: whether each event was allowed was not checked. Take it out anew.",
        "文件没有规则和角色：未检查各事件是否获准。请重新取出。",
        NOTE,
    ),
    "replay_as_told": Words(
        "{kinds} {kinds:rule is a program and was|rules are programs and were} taken as told, {count} {count:time|times}; casework"
        " verify runs them.",
        "{kinds} 条规则是程序，按所述采信 {count} 次；casework verify 会运行它们。",
        NOTE,
    ),
    "replay_as_told_names": Words(
        "Taken as told, each so many times: {names}.",
        "按所述采信的规则及次数：{names}。",
        NOTE,
    ),
}
