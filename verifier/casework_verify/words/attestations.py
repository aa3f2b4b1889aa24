"""What is said of attestations."""

from __future__ import annotations

from casework_verify.words.table import NOTE, UNREAD, Words

ATTESTATIONS: dict[str, Words] = {
    "attestation_form": Words(
        "The attestation is not written in the one form that it has.", "审计声明不是以唯一规定的形式书写的。"
    ),
    "attestation_kind": Words(
        "Event {seq} is no attestation: it says something else.", "第 {seq} 号事件不是审计声明，而是其他内容。"
    ),
    "attestation_role": Words(
        "Event {seq} was not signed by an auditor in the own name.", "第 {seq} 号事件并非由审计员以本人名义签署。"
    ),
    "attestation_signer": Words(
        "The statement of event {seq} names another signer than the event.",
        "第 {seq} 号事件的声明所称签署人与事件不符。",
    ),
    "attestation_checkpoint": Words(
        "The statement of event {seq} names another checkpoint than the event.",
        "第 {seq} 号事件的声明所称检查点与事件不符。",
    ),
    "attestation_other": Words(
        "The statement of event {seq} is of another programme or number than the event.",
        "第 {seq} 号事件的声明所称项目或编号与事件不符。",
    ),
    "attestation_tree": Words(
        "The checkpoint of {origin} with {size} {size:leaf|leaves}, on which event {seq} rests, is none of the tree that was signed.",
        "第 {seq} 号事件所依据的 {origin} 检查点（{size} 个叶）不属于已签名的树。",
    ),
    "attestation_early": Words(
        "Event {seq} was in the tree before the checkpoint with {size} {size:leaf|leaves} on which it rests.",
        "第 {seq} 号事件早于其所依据的检查点（{size} 个叶）已在树中。",
    ),
    "attestation_erased": Words(
        "The statement of event {seq} was erased, and nothing is left of it to check.",
        "第 {seq} 号事件的声明已被抹除，无可核验。",
        UNREAD,
    ),
    "attestation_shows": Words(
        "It is attestation {number} of the programme {log}, signed {at} by the auditor {actor} as event {seq} with the hash {hash}.",
        "它是项目 {log} 的第 {number} 号审计声明，由审计员 {actor} 于 {at} 签署，为第 {seq} 号事件，哈希值 {hash}。",
        NOTE,
    ),
    "attestation_rests": Words(
        "It rests on the checkpoint of {origin} with {size} {size:leaf|leaves} and the root {root}.",
        "它依据 {origin} 的检查点：{size} 个叶，根哈希 {root}。",
        NOTE,
    ),
    "attestation_period": Words(
        "It is about the days from {since} to {until}.", "其所涉期间为 {since} 至 {until}。", NOTE
    ),
    "attestation_all": Words(
        "It is about {count:the one case|all {count} cases} that had been opened by {at}.",
        "其所涉为截至 {at} 已开立的全部 {count} 个案件。",
        NOTE,
    ),
    "attestation_cases": Words(
        "It is about {count} {count:case, which it names|cases, which it names}.",
        "其所涉为所列的 {count} 个案件。",
        NOTE,
    ),
    "attestation_case_numbers": Words("Cases: {numbers}.", "案件：{numbers}。", NOTE),
    "attestation_sample": Words(
        "They are sample {number}, drawn from {population} {population:case|cases} that had been opened by {as_of}, with the seed"
        " “{seed}”: {in_order} {in_order:is|are} in order, {finding} {finding:has|have} a finding.",
        "这些案件为第 {number} 号样本，自截至 {as_of} 已开立的 {population} 个案件中以种子“{seed}”抽取："
        "{in_order} 个无问题，{finding} 个有审计发现。",
        NOTE,
    ),
    "attestation_findings": Words(
        "Findings about them by then: {open} not answered, {answered} answered, {closed} closed.",
        "当时对其的审计发现：{open} 项未答复，{answered} 项已答复，{closed} 项已关闭。",
        NOTE,
    ),
    "attestation_finding": Words(
        "Not closed: the finding about entry {entry} of {number}, which is {answer}.",
        "未关闭：对 {number} 第 {entry} 条记录的审计发现（{answer}）。",
        NOTE,
    ),
    "attestation_verified": Words(
        "Their histories, as verified by {at}: {whole} whole, {changed} with new entries since, {unread} not verified yet, {wrong} with"
        " something wrong.",
        "其办理记录截至 {at} 的核验情况：{whole} 个完整，{changed} 个此后有新记录，{unread} 个尚未核验，{wrong} 个有误。",
        NOTE,
    ),
    "attestation_wrong": Words("Histories with something wrong: {numbers}.", "办理记录有误的案件：{numbers}。", NOTE),
    "attestation_night": Words(
        "The last night of verification ended {at}, with nothing wrong outside the histories of cases.",
        "最近一次夜间核验结束于 {at}，案件办理记录以外未发现问题。",
        NOTE,
    ),
    "attestation_night_wrong": Words(
        "The last night of verification ended {at}, with something wrong outside the histories of cases.",
        "最近一次夜间核验结束于 {at}，案件办理记录以外发现问题。",
        NOTE,
    ),
    "attestation_night_none": Words("No night of verification had ended by then.", "当时尚未完成过夜间核验。", NOTE),
    "attestation_alarms": Words(
        "{count} {count:witness|witnesses} had signed another tree by then.",
        "当时有 {count} 个见证方签署了另一棵树。",
        NOTE,
    ),
    "attestation_says": Words("Of {name} it says: {value}", "关于 {name}，其内容为：{value}", NOTE),
    "attestation_supersedes": Words(
        "It stands in the place of attestation {number}.", "它取代第 {number} 号审计声明。", NOTE
    ),
    "attestation_words": Words("The auditor says: {value}", "审计员写道：{value}", NOTE),
}
