"""What is said of exports of readings."""

from __future__ import annotations

from casework_verify.words.table import NOTE, Words

READINGS: dict[str, Words] = {
    "reader_in": Words("In the readings of {name} something is wrong:", "{name} 的查阅记录有误："),
    "reading_changed": Words(
        "Reading {seq} does not give the hash that stands beside it: it was changed, or another one before it was taken out.",
        "第 {seq} 条查阅记录与所附哈希值不符：它被改动，或其前一条被取出。",
    ),
    "reading_leaf": Words(
        "Reading {seq} is not in the tree that was signed (leaf {leaf}).",
        "第 {seq} 条查阅记录不在已签名的树中（第 {leaf} 号叶）。",
    ),
    "reading_order": Words(
        "Reading {seq} has its leaf before that of an earlier reading, or is there twice.",
        "第 {seq} 条查阅记录的叶先于较早一条的叶，或该条重复出现。",
    ),
    "reading_cut": Words(
        "The readings end with number {seq}, which is not where the file says that they end ({last}).",
        "查阅记录止于第 {seq} 条，与文件所称的末尾（{last}）不符。",
    ),
    "reading_begins": Words(
        "The readings begin with number {seq}, and the file says that there are no earlier ones.",
        "查阅记录自第 {seq} 条开始，而文件称没有更早者。",
    ),
    "reading_later": Words(
        "Reading {seq} is later than {at}, when the export says that it was taken out.",
        "第 {seq} 条查阅记录晚于导出文件所称的取出时间 {at}。",
    ),
    "reading_outside": Words(
        "Reading {seq} is not of the case {name}, of which the export says that it is.",
        "第 {seq} 条查阅记录不属于导出文件所称的案件 {name}。",
    ),
    "reading_other": Words(
        "Reading {seq} is another than the one that was shown before: the chain was rewritten from there.",
        "第 {seq} 条查阅记录与先前所见不同：该链自此被改写。",
    ),
    "reading_gone": Words(
        "Reading {seq} is missing, and those after it up to number {last}: they were shown before, and signed by then.",
        "缺少第 {seq} 条至第 {last} 条查阅记录：先前曾经出示，且当时已签名。",
    ),
    "reader_unchained": Words(
        "Of {name} the whole chain was shown before, and here single readings, which need not be all: ask why.",
        "先前曾出示 {name} 的整条链，此处仅有单条查阅记录，无法表明完整：请询问原因。",
        NOTE,
    ),
    "readers_order": Words(
        "A person is there twice, or the persons are not in their order.", "有人员重复出现，或人员次序不对。"
    ),
    "readings_count": Words(
        "There are {count} readings, which cannot be where {most} are taken out at once.",
        "文件中有 {count} 条查阅记录，与一次最多取出 {most} 条不符。",
    ),
    "readings_show": Words(
        "It holds {count} {count:reading|readings} of {readers} {readers:person|persons}, as far as published when it was taken out {at}.",
        "其中有 {readers} 人的 {count} 条查阅记录，截至 {at} 取出时已公布者。",
        NOTE,
    ),
    "readings_number": Words("Only those of the case {name}.", "仅限案件 {name}。", NOTE),
    "readings_erased": Words(
        "Of {count} {count:reading|readings} only the hash of what was asked for is left: an erasure took it out, or whoever passed the"
        " file on.",
        "{count} 条查阅记录的查询内容仅留哈希值：已被抹除，或由转交文件者隐去。",
        NOTE,
    ),
    "readings_chains": Words(
        "Of {count} {count:person|persons} the whole chain is there: between the first reading and the last one here none is missing.",
        "{count} 人有整条链：文件中第一条与最后一条之间均无缺漏。",
        NOTE,
    ),
    "readings_alone": Words(
        "Of {count} {count:person|persons} single readings are there: whether others were left out, the file cannot show.",
        "{count} 人仅有单条查阅记录：是否另有未列入者，凭此文件无法判断。",
        NOTE,
    ),
    "readings_left_out": Words(
        "Whether a person was left out, or a chain goes on after its last reading here, the file alone cannot show: keep a state (--state),"
        " or ask for the export anew.",
        "是否有人员未列入，或链在文件所列最后一条之后是否延续，仅凭此文件无法判断：请保存状态（--state），或重新取出导出文件。",
        NOTE,
    ),
}
