"""What is said of exports with their proof."""

from __future__ import annotations

from casework_verify.words.table import NOTE, Words

EXPORTS: dict[str, Words] = {
    "export_form": Words(
        "The export is not written in the one form that it has.", "导出文件不是以唯一规定的形式书写的。"
    ),
    "export_name": Words(
        "The export says something under a name that none of this form has: {name}. Somebody put it in, or a later Casework wrote it:"
        " then take the verifier that came with that.",
        "导出文件中有此形式的文件不会有的名称：{name}。它由他人加入，或由较新的 Casework 写出；若属后者，请改用随其发布的核验程序。",
    ),
    "export_in": Words("In the finding {name} something is wrong:", "审计发现 {name} 有误：", NOTE),
    "export_row": Words(
        "What the row tells as “{name}” does not follow from the events of the finding.",
        "该行“{name}”一栏所述与此审计发现的事件不符。",
    ),
    "export_step": Words(
        "Event {seq} is no step that a finding can take there: {step}.",
        "第 {seq} 号事件并非审计发现此时可有的步骤：{step}。",
    ),
    "export_role": Words(
        "Event {seq} is by somebody who cannot do this to a finding: {step}.",
        "第 {seq} 号事件的办理人无权对审计发现这样做：{step}。",
    ),
    "export_person": Words(
        "Event {seq} is by the person who did the step before: {step}.", "第 {seq} 号事件与上一步由同一人所为：{step}。"
    ),
    "export_later": Words(
        "Event {seq} is later than {at}, when the export says that it was taken out.",
        "第 {seq} 号事件晚于导出文件所称的取出时间 {at}。",
    ),
    "export_leaves": Words(
        "Proofs are there twice, out of order, or of events that are not there.",
        "证明重复、次序不对，或所证事件不在文件中。",
    ),
    "export_outside": Words(
        "The finding {name} is none of those that the export says that it holds.",
        "审计发现 {name} 不属于导出文件所称的范围。",
    ),
    "export_twice": Words("A finding is there twice.", "有审计发现重复出现。"),
    "export_order": Words(
        "The findings are not in their order, the newest first.", "审计发现的次序不对（应以最新者在前）。"
    ),
    "export_count": Words(
        "There are {count} findings, which cannot be where {most} are taken out at once.",
        "文件中有 {count} 项审计发现，与一次最多取出 {most} 项不符。",
    ),
    "export_shows": Words(
        "It holds {count} {count:finding|findings} as of {at}, and {events:the one event|all {events} events} from which that follows.",
        "其中有截至 {at} 的 {count} 项审计发现，及其所依据的全部 {events} 个事件。",
        NOTE,
    ),
    "export_programmes": Words("Of the programmes: {names}.", "所属项目：{names}。", NOTE),
    "export_state": Words("Only those that are {answer}.", "仅限状态为“{answer}”者。", NOTE),
    "export_owner": Words("Only those that {name} is to answer.", "仅限由 {name} 答复者。", NOTE),
    "export_late": Words("Only those that are late.", "仅限已逾期者。", NOTE),
    "export_more": Words(
        "There were more of them: only the newest {most} were taken out.", "另有更早者：仅取出最新的 {most} 项。", NOTE
    ),
    "export_left_out": Words(
        "From the first event to the last one of each finding nothing is missing. Whether a whole finding was left out, or one ends later"
        " than here, the file alone cannot show: keep a state (--state), or ask for the export anew.",
        "每项审计发现自第一个事件至最后一个事件均无缺漏。是否另有整项审计发现未列入，或其后又有事件，仅凭此文件无法判断：请保存状态（--state），或重新取出导出文件。",
        NOTE,
    ),
}
