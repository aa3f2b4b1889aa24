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
        "The checkpoint of {origin} with {size} leaves, on which event {seq} rests, is none of the tree that was signed.",
        "第 {seq} 号事件所依据的 {origin} 检查点（{size} 个叶）不属于已签名的树。",
    ),
    "attestation_early": Words(
        "Event {seq} was in the tree before the checkpoint with {size} leaves on which it rests.",
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
        "It rests on the checkpoint of {origin} with {size} leaves and the root {root}.",
        "它依据 {origin} 的检查点：{size} 个叶，根哈希 {root}。",
        NOTE,
    ),
    "attestation_says": Words("Of {name} it says: {value}", "关于 {name}，其内容为：{value}", NOTE),
    "attestation_supersedes": Words(
        "It stands in the place of attestation {number}.", "它取代第 {number} 号审计声明。", NOTE
    ),
    "attestation_words": Words("The auditor says: {value}", "审计员写道：{value}", NOTE),
}
