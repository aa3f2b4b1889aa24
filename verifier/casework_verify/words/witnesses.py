"""What is said of witnesses, and by the command with which one works."""

from __future__ import annotations

from casework_verify.words.table import NOTE, UNREAD, Words

WITNESSES: dict[str, Words] = {
    "witnessed": Words(
        "{count} of {known} witnesses that are known here {count:has|have} signed the tree of {size}"
        " {size:leaf|leaves}, or one that goes on from "
        "it: {names}.",
        "此处所知的 {known} 个见证方中，有 {count} 个签署了有 {size} 片叶的树或由其延续而来的树：{names}。",
        NOTE,
    ),
    "witnessed_not": Words(
        "{known:The one witness that is|None of {known} witnesses that are} known here {known:has not|has} signed the tree of {size}"
        " {size:leaf|leaves}, as far as is seen here.",
        "就此处所见，所知的 {known} 个见证方均未签署有 {size} 片叶的树。",
        NOTE,
    ),
    "seen_before": Words(
        "{count} of {known} witnesses that are known here {count:has|have} seen, by {at}, a tree of {found}"
        " {found:leaf|leaves} that this one of {size} goes on "
        "from: {names}. {last:Event 1 was|Events 1 to {last} were} in it.",
        "此处所知的 {known} 个见证方中，有 {count} 个截至 {at} 已见过有 {found} 片叶的树，本文件有 {size} 片叶的树由其延续而来：{names}。"
        "第 1 至 {last} 项事件当时已在其中。",
        NOTE,
    ),
    "seen_before_all": Words(
        "{count} of {known} witnesses that are known here {count:has|have} seen, by {at}, a tree of {found}"
        " {found:leaf|leaves} that this one of {size} goes on "
        "from: {names}. No event of this history was in it yet.",
        "此处所知的 {known} 个见证方中，有 {count} 个截至 {at} 已见过有 {found} 片叶的树，本文件有 {size} 片叶的树由其延续而来：{names}。"
        "当时其中尚无本案的事件。",
        NOTE,
    ),
    "seen_unknown": Words(
        "The file has {count} {count:signature of a witness|signatures of witnesses} on a tree of {found} {found:leaf|leaves} that this"
        " one of {size} goes on from. The "
        "{count:key is|keys are} not known here, so {count:it was|they were} not checked.",
        "文件带有 {count} 个见证方对有 {found} 片叶的树的签名，本文件有 {size} 片叶的树由其延续而来。此处不知其密钥，故未作检查。",
        NOTE,
    ),
    "seen_other": Words(
        "What witnesses are said to have seen is of the log {found}, and not of {known}.",
        "所称见证方见过的内容属于日志 {found}，而非 {known}。",
    ),
    "seen_proof": Words(
        "The proof is false by which the tree of {size} {size:leaf|leaves} goes on from the one of {found} that witnesses are said to"
        " have seen.",
        "所称见证方见过有 {found} 片叶的树；用以证明有 {size} 片叶的树由其延续而来的证明不成立。",
    ),
    "witness_signature": Words("The signature of the witness {name} does not hold.", "见证方 {name} 的签名不成立。"),
    "witnesses_few": Words(
        "{count} {count:witness has|witnesses have} signed what is checked, and {wanted} {wanted:is|are} asked for: fetch the"
        " checkpoint with their "
        "signatures anew, and check it with the same state first.",
        "所查内容有 {count} 个见证方签署，而要求 {wanted} 个：请重新取得带有其签名的检查点，并先用同一状态文件检查。",
        UNREAD,
    ),
    "witnesses_unknown": Words(
        "{wanted} {wanted:witness is|witnesses are} asked for, and the key of none is known here: give their keys with --key.",
        "要求 {wanted} 个见证方，而此处不知任何见证方的密钥：请用 --key 提供其密钥。",
        UNREAD,
    ),
    "log_behind": Words(
        "The log has {found} {found:leaf|leaves}, and {known} {known:was|were} signed that {known:is|are} remembered: it was put back"
        " to an earlier day.",
        "日志有 {found} 片叶，而所记的已签名 {known} 片：日志已被退回到较早的状态。",
    ),
    "checkpoint_old": Words(
        "The tree of {known} {known:leaf|leaves} was seen already: one of {found} is not signed any more.",
        "已见过有 {known} 片叶的树：不再签署有 {found} 片叶的树。",
        UNREAD,
    ),
    "witness_key": Words(
        "The key of the witness cannot be used: {why}. Check the name and the file that were given.",
        "无法使用见证方的密钥：{why}。请检查所给的名称和文件。",
        UNREAD,
    ),
    "address_unread": Words(
        "{address} cannot be read: {why}. Check the address and the connection, and try again.",
        "无法读取 {address}：{why}。请检查网址和网络后重试。",
        UNREAD,
    ),
    "address_refused": Words(
        "What was signed was sent to {address}, and not taken: {why}. Check the token, and that the key is"
        " registered there.",
        "已签内容发往 {address}，但未被接收：{why}。请检查令牌，以及该处是否登记了此密钥。",
        UNREAD,
    ),
}
