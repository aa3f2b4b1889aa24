"""What is said of files, of what stands in them and of what was asked."""

from __future__ import annotations

from casework_verify.words.table import NOTE, UNREAD, Words

FILES: dict[str, Words] = {
    "file_missing": Words(
        "The file cannot be opened: {why}. Check where it lies, and that you may read it.",
        "无法打开文件：{why}。请检查其位置，以及您是否有权读取。",
        UNREAD,
    ),
    "file_kind": Words(
        "This is no file of Casework that can be checked: give a case, a certificate, an attestation, an export with its proof, or a log.",
        "这不是可以检查的 Casework 文件：请提供案件文件、证明、审计声明、带证明的导出文件或日志。",
        UNREAD,
    ),
    "file_damaged": Words(
        "The file is damaged: {why}. Copy it again, or take it out anew.",
        "文件已损坏：{why}。请重新复制或重新取出。",
        UNREAD,
    ),
    "file_large": Words(
        "{file} is larger than a file of Casework is: check that you were given the right one.",
        "{file} 超过 Casework 文件应有的大小：请核实所得是否为正确的文件。",
        UNREAD,
    ),
    "file_json": Words(
        "{file} is not written as Casework writes: {why}. Take it out anew.",
        "{file} 的写法与 Casework 不同：{why}。请重新取出。",
        UNREAD,
    ),
    "file_form": Words(
        "The file is of form {form}, which this version does not know: take the verifier that came with the Casework that wrote it.",
        "文件为第 {form} 版形式，本版本无法识别：请改用随写出该文件的 Casework 发布的核验程序。",
        UNREAD,
    ),
    "file_without_head": Words(
        "The file is of an early form, which does not say where the history ends: take it out anew.",
        "文件为早期形式，未说明办理记录止于何处：请重新取出。",
        UNREAD,
    ),
    "part_missing": Words("{file} is missing.", "缺少 {file}。"),
    "part_unlisted": Words("{file} is not in the list of checksums.", "{file} 不在校验和清单中。"),
    "part_changed": Words("{file} is not what it was: its checksum differs.", "{file} 已被更改：校验和不同。"),
    "read_me_other": Words(
        "{file} says something else than Casework writes there: somebody changed it.",
        "{file} 的内容与 Casework 所写不同：有人改动过它。",
    ),
    "sums_twice": Words("{file} lists {name} twice.", "{file} 中 {name} 列了两次。"),
    "list_order": Words(
        "{file} lists something twice, or in another order than Casework writes it: {name}.",
        "{file} 的“{name}”中有重复项，或次序与 Casework 所写不同。",
    ),
    "part_twice": Words("{file} is there twice.", "{file} 出现了两次。"),
    "part_name": Words(
        "A part has a name that no file of Casework has: {file}.", "有一部分的名称不是 Casework 文件会有的：{file}。"
    ),
    "part_unknown": Words("{file} is a part that no file of a case has.", "案件文件中不会有 {file} 这一部分。"),
    "name_unknown": Words(
        "{file} says something under a name that no file of this form has: {name}. Somebody put it in, or a later Casework wrote it:"
        " then take the verifier that came with that.",
        "{file} 中有此形式的文件不会有的名称：{name}。它由他人加入，或由较新的 Casework 写出；若属后者，请改用随其发布的核验程序。",
    ),
    "log_beside": Words(
        "Beside the checkpoint and its tiles {count:lies|lie} {count} other {count:file|files}, which nobody looked at.",
        "检查点及其树块之外另有 {count} 个文件，未作检查。",
        NOTE,
    ),
    "file_hidden": Words(
        "The archive holds more than the parts that it lists, so that another program may unpack something else. Take it out"
        " anew.",
        "压缩包中除所列各部分外还有其他内容，别的程序解出的内容可能不同。请重新取出。",
        UNREAD,
    ),
    "folder_kind": Words(
        "The folder holds no checkpoint: give one that holds the checkpoint and its tiles, or the file of a case.",
        "文件夹中没有检查点：请提供含有检查点及其瓦片的文件夹，或案件文件。",
        UNREAD,
    ),
    "tiles_folder": Words(
        "The tiles cannot be read: {why}. Give the folder in which they lie.",
        "无法读取瓦片：{why}。请提供瓦片所在的文件夹。",
        UNREAD,
    ),
    "document_absent": Words(
        "{file}, which the index lists as filed, is not in the file.", "索引列为已归档的 {file} 不在文件中。"
    ),
    "document_other": Words("{file} is not what the history says was filed.", "{file} 不是办理记录所记载的归档文件。"),
    "document_unknown": Words(
        "{file} is a document that the history does not know.", "{file} 是办理记录中没有的文件。"
    ),
    "document_missing": Words(
        "The index leaves out version {version} of the document {document}, which the history says was filed.",
        "索引缺少文件 {document} 的第 {version} 版，而办理记录记载该版已归档。",
    ),
    "document_without": Words(
        "Of {count} {count:version|versions} of documents only what was recorded is in the file, and not the bytes.",
        "有 {count} 个文件版本仅有记录，文件中没有其内容。",
        NOTE,
    ),
    "key_unusable": Words(
        "The key cannot be used: {why}. Ask whoever keeps the log for it, a key on each line.",
        "无法使用密钥：{why}。请向日志保管方索取，每行一个密钥。",
        UNREAD,
    ),
    "state_unusable": Words(
        "What is remembered cannot be read or kept: {why}. Put a copy of the file back, or name a new one.",
        "无法读取或保存所记的状态：{why}。请恢复该文件的副本，或另指定新文件。",
        UNREAD,
    ),
    "erased": Words(
        "Of {count} {count:value|values} only the hash is left; {count:it was|they were} erased.",
        "{count} 个值已被抹除，仅留哈希值。",
        NOTE,
    ),
    "removed": Words(
        "The contents of the case, {count} {count:value|values}, were removed under retention on {day} by decision {decision} (event"
        " {seq}).",
        "案件内容（{count} 个值）已于 {day} 依第 {decision} 号决定按保存期限清除（第 {seq} 号事件）。",
        NOTE,
    ),
    "archived": Words(
        "The contents of the case, {count} {count:value|values}, were put into the archive on {day} by decision {decision} (event"
        " {seq}): the sealed file"
        " has the SHA-256 {sealed}.",
        "案件内容（{count} 个值）已于 {day} 依第 {decision} 号决定存入档案库（第 {seq} 号事件）：密封文件的 SHA-256 为 {sealed}。",
        NOTE,
    ),
    "archive_undecided": Words(
        "Event {seq} puts contents into the archive, or removes them, as decision {decision} does not say.",
        "第 {seq} 号事件将内容存入档案库或予以清除，与第 {decision} 号决定不符。",
    ),
    "removal_undecided": Words(
        "Event {seq} removes contents by a decision that is not in the file: {decision}.",
        "第 {seq} 号事件所依据的清除决定不在文件中：{decision}。",
    ),
    "removal_alone": Words(
        "Event {seq} removes contents by decision {decision}, which one person made alone, or which is not what was proposed.",
        "第 {seq} 号事件所依据的第 {decision} 号决定由一人单独作出，或与所提议的不符。",
    ),
    "removal_other": Words(
        "Event {seq} removes contents by decision {decision}, which does not name this case.",
        "第 {seq} 号事件所依据的第 {decision} 号决定未列入本案件。",
    ),
    "removal_untold": Words(
        "Event {seq} removes contents, and the log of the programme does not say that decision {decision} came to this case.",
        "第 {seq} 号事件清除了内容，而项目日志未记载第 {decision} 号决定已对本案件执行。",
    ),
    "batch_undecided": Words(
        "Event {seq} moves the case by a decision that is not in the file: {decision}.",
        "第 {seq} 号事件所依据的迁移决定不在文件中：{decision}。",
    ),
    "batch_alone": Words(
        "Event {seq} moves the case by decision {decision}, which one person made alone, or which is not what was proposed.",
        "第 {seq} 号事件所依据的第 {decision} 号决定由一人单独作出，或与所提议的不符。",
    ),
    "batch_other": Words(
        "Event {seq} moves the case by decision {decision}, which does not name it, or is of another plan.",
        "第 {seq} 号事件所依据的第 {decision} 号决定未列入本案件，或属于另一方案。",
    ),
    "batch_untold": Words(
        "Event {seq} moves the case, and the log of the programme does not say that decision {decision} came to it.",
        "第 {seq} 号事件迁移了案件，而项目日志未记载第 {decision} 号决定已对其执行。",
    ),
    "linked_untold": Words(
        "Event {seq} tells of a link to the case {number}, whose file beside it does not say the same.",
        "第 {seq} 号事件所述与案件 {number} 的关联，与一并检查的该案件文件不符。",
    ),
    "linked_ring": Words(
        "Of the cases that were checked together, one stands above itself in the line of its parents: {number}.",
        "一并检查的案件中，有一案件在其上级案件链中位于自身之上：{number}。",
    ),
    "state_keyless": Words(
        "What is remembered needs a key that it was signed with: give one with --key.",
        "所记的状态需要签名密钥：请用 --key 提供。",
        UNREAD,
    ),
}
