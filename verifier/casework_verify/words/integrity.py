"""What is said of hashes, chains, proofs and signatures."""

from __future__ import annotations

from casework_verify.words.table import NOTE, UNREAD, Words

INTEGRITY: dict[str, Words] = {
    # Events of a log.
    "event_form": Words("Event {seq} has a form that was never written.", "第 {seq} 号事件的形式从未有过。"),
    "event_header": Words(
        "The header of event {seq} is not the one that was recorded.", "第 {seq} 号事件的抬头与记录时不同。"
    ),
    "event_effects": Words(
        "The effects of event {seq} are not those that were recorded.", "第 {seq} 号事件的效果与记录时不同。"
    ),
    "event_body": Words(
        "The words of event {seq} are not those that were recorded.", "第 {seq} 号事件的内容与记录时不同。"
    ),
    "event_column": Words(
        "Event {seq} says one thing in its header and another beside it: {name}.",
        "第 {seq} 号事件的抬头与旁注不一致：{name}。",
    ),
    "event_link": Words("Event {seq} does not follow the one before it.", "第 {seq} 号事件与前一事件不相接。"),
    "event_missing": Words("Event {seq} is missing.", "缺少第 {seq} 号事件。"),
    "event_again": Words("There is more than one event {seq}.", "第 {seq} 号事件不止一个。"),
    "event_foreign": Words("Event {seq} belongs to another log.", "第 {seq} 号事件属于另一日志。"),
    "event_time": Words("Event {seq} is not later than the one before it.", "第 {seq} 号事件的时间不晚于前一事件。"),
    "log_cut": Words(
        "The history ends with event {seq}, and should end with event {last}.",
        "办理记录止于第 {seq} 号事件，应止于第 {last} 号事件。",
    ),
    "log_longer": Words(
        "The history goes on to event {seq}, and should end with event {last}.",
        "办理记录延续到第 {seq} 号事件，应止于第 {last} 号事件。",
    ),
    "log_head": Words(
        "The history does not end with the event that the index names.", "办理记录的末尾不是索引所指的事件。"
    ),
    "log_empty": Words("There is no event at all.", "没有任何事件。"),
    "erased_untold": Words(
        "A value of event {seq} was taken out without an erasure: {name}.",
        "第 {seq} 号事件的一个值未经抹除程序即被取出：{name}。",
    ),
    "erased_not": Words(
        "A value of event {seq} is there, and a later event says that it was erased: {name}.",
        "第 {seq} 号事件的一个值仍在，而后来的事件称其已被抹除：{name}。",
    ),
    # Proofs and signatures.
    "leaf_proof": Words(
        "Event {seq} is not in the tree that was signed (leaf {leaf}).",
        "第 {seq} 号事件不在已签名的树中（第 {leaf} 号叶）。",
    ),
    "leaf_order": Words(
        "Event {seq} has its leaf before that of an earlier event (leaf {leaf}).",
        "第 {seq} 号事件的叶先于较早事件的叶（第 {leaf} 号叶）。",
    ),
    "leaf_missing": Words(
        "Event {seq} has no proof that it is in the tree that was signed.", "第 {seq} 号事件没有在已签名的树中的证明。"
    ),
    "leaf_more": Words(
        "There is a proof of event {seq}, which is not in the file.", "有第 {seq} 号事件的证明，而文件中没有该事件。"
    ),
    "waiting_other": Words(
        "The events that are said to wait for a proof are not those that have none.",
        "所称等待证明的事件并非没有证明的事件。",
    ),
    "leaf_waiting": Words(
        "Event {seq} and those after it were not signed yet when the file was taken out.",
        "取出文件时，第 {seq} 号及其后的事件尚未签名。",
        NOTE,
    ),
    "role_unplaced": Words(
        "An entry by which roles are judged names no place in a register.",
        "用于判断角色的一条记录没有写明在登记册中的位置。",
    ),
    "role_unproven": Words(
        "Whether entry {seq} of a register, by which roles are judged, was signed cannot be told: it has no proof.",
        "无法判断用于判断角色的登记册第 {seq} 条是否已签名：没有证明。",
        UNREAD,
    ),
    "role_more": Words(
        "There is a proof of entry {seq} of a register, which is not in the file.",
        "有登记册第 {seq} 条的证明，而文件中没有该条。",
    ),
    "role_leaf": Words(
        "Entry {seq} of a register, by which roles are judged, is not in the tree that was signed (leaf {leaf}).",
        "用于判断角色的登记册第 {seq} 条不在已签名的树中（第 {leaf} 号叶）。",
    ),
    "leaf_unsigned": Words(
        "From event {seq} on nothing is signed yet (the last is event {last}), so whether it was recorded cannot be told: take the file out"
        " anew in a minute.",
        "第 {seq} 号至第 {last} 号事件尚未签名，无法判断是否确有记录：请一分钟后重新取出文件。",
        UNREAD,
    ),
    "note_form": Words(
        "The signed checkpoint cannot be read: {why}. Fetch it anew.",
        "无法读取已签名的检查点：{why}。请重新取得。",
    ),
    "note_signature": Words("The signature of the checkpoint does not hold.", "检查点的签名不成立。"),
    "note_key": Words(
        "The checkpoint was signed by none of the keys that are known, and names {found}. If another key took over, {address} at the"
        " address of the log is signed by both: ask for the line of the new one by another way, and add it.",
        "检查点不是由任何已知密钥签名的，其所称密钥为 {found}。如已更换密钥，日志网址下的 {address} 由新旧两把密钥共同签名："
        "请另行索取新密钥并加入。",
    ),
    "key_followed": Words(
        "Two keys of the log signed it: {before}, and {after}, which took over from it.",
        "日志的两把密钥均已签名：{before}，以及接替它的 {after}。",
        NOTE,
    ),
    "key_replaced": Words(
        "The key {before} alone signed this checkpoint of {found} {found:leaf|leaves}, but {after} had taken over from it at {known}: "
        "whoever has the old key can have made it.",
        "此检查点（{found} 片叶）仅由密钥 {before} 签名，而在 {known} 片叶时它已由 {after} 接替：持有旧密钥者均可伪造。",
    ),
    "note_origin": Words(
        "The checkpoint is one of the log {found}, and that of {known} is remembered.",
        "检查点属于日志 {found}，而所记的是 {known}。",
    ),
    "tree_rewritten": Words(
        "The tree of {found} {found:leaf|leaves} does not go on from that of {known} {known:leaf|leaves}, which is remembered: "
        "the history was rewritten.",
        "有 {found} 片叶的树不是从所记的 {known} 片叶的树延续而来：办理记录已被改写。",
    ),
    "tree_split": Words(
        "Another root was signed of {found} {found:leaf|leaves} than the one that is remembered.",
        "对 {found} 片叶签署的根与所记的不同。",
    ),
    "proof_none": Words(
        "There is no proof within: that the history was signed cannot be told.",
        "文件中没有证明：无法判断办理记录是否已签名。",
        NOTE,
    ),
    "key_none": Words(
        "No key was given: who signed the checkpoint was not checked.", "未提供密钥：未检查检查点由谁签名。", NOTE
    ),
    "key_unknown": Words(
        "Beside it stands a signature by a key {found}, which is not known here: it was not checked.",
        "旁边另有密钥 {found} 的签名，此处不认识该密钥：该签名未经检查。",
        NOTE,
    ),
    "state_unlinked": Words(
        "Whether the tree of {found} {found:leaf|leaves} goes on from that of {known} {known:leaf|leaves}, which is remembered, "
        "cannot be told without these tiles of the log: {tiles}.",
        "缺少日志的这些瓦片，无法判断有 {found} 片叶的树是否从所记的 {known} 片叶的树延续而来：{tiles}。",
        UNREAD,
    ),
    "proof_earlier": Words(
        "The proof in the file, that the tree of {found} {found:leaf|leaves} goes on from that of {known} {known:leaf|leaves}, does not"
        " show it: "
        "take the file out anew, or fetch tiles of the log.",
        "文件中关于有 {found} 片叶的树从所记的 {known} 片叶的树延续而来的证明不成立：请重新取出文件，或取得日志的瓦片。",
        UNREAD,
    ),
    "tiles_unfit": Words(
        "The tiles are not those of the log that was signed: whether the tree of {found} {found:leaf|leaves} goes on from that of {known} "
        "leaves cannot be told by them.",
        "这些瓦片不是已签名日志的瓦片：无法据此判断有 {found} 片叶的树是否从所记的 {known} 片叶的树延续而来。",
        UNREAD,
    ),
    "proof_needed": Words(
        "There is no proof within, so whether one of the known keys signed it cannot be told: take the file out anew, "
        "when a minute has passed.",
        "文件中没有证明，无法判断是否由已知密钥签名：请一分钟后重新取出。",
        UNREAD,
    ),
    "event_other": Words(
        "Event {seq} is another than the one that was shown before: the history was rewritten from there.",
        "第 {seq} 号事件与先前所见不同：办理记录自此被改写。",
    ),
    "tiles_other": Words(
        "The tiles do not give the root that was signed of {size} {size:leaf|leaves}.",
        "瓦片得出的根与对 {size} 片叶签署的根不同。",
    ),
    "tiles_missing": Words("Tiles are missing: {tiles}.", "缺少瓦片：{tiles}。", UNREAD),
    "log_shorter": Words(
        "Event {seq} is missing, and those after it up to event {last}: they were shown before, and signed by then.",
        "缺少第 {seq} 号至第 {last} 号事件：先前曾经出示，且当时已签名。",
    ),
}
