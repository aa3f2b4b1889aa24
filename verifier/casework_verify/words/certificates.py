"""What is said of certificates."""

from __future__ import annotations

from casework_verify.words.table import NOTE, Words

CERTIFICATES: dict[str, Words] = {
    "certificate_form": Words(
        "The certificate is not written in the one form that it has.", "证明不是以唯一规定的形式书写的。"
    ),
    "certificate_claim": Words("The certificate claims something else than it shows.", "证明所称与所示内容不符。"),
    "certificate_checkpoints": Words(
        "The events of the certificate are proved by different checkpoints.", "证明中的事件由不同的检查点证明。"
    ),
    "certificate_state": Words(
        "Event {seq} did not lead to the state that is claimed.", "第 {seq} 号事件未达到所称的状态。"
    ),
    "certificate_persons": Words(
        "Event {seq} was not carried out by another person than the one who proposed it.",
        "第 {seq} 号事件并非由提议者以外的人执行。",
    ),
    "certificate_event": Words(
        "It shows event {seq} of the log {log}, recorded {at}: {happened}. Role: {role}.",
        "它显示日志 {log} 的第 {seq} 号事件，记录于 {at}：{happened}。角色：{role}。",
        NOTE,
    ),
    "certificate_step": Words(
        "With event {seq} this step was taken or proposed: {taken}.", "第 {seq} 号事件执行或提议的步骤：{taken}。", NOTE
    ),
    "certificate_step_hidden": Words(
        "Which step event {seq} is does not stand there: it is among what followed, of which only the digest is shown.",
        "第 {seq} 号事件是哪个步骤未予列出：它属于后续事项，而后续事项只列出摘要。",
        NOTE,
    ),
    "certificate_states": Words(
        "Event {seq} led from {left} to {came}.", "第 {seq} 号事件由“{left}”到“{came}”。", NOTE
    ),
    "certificate_field": Words(
        "With event {seq} was written, as “{name}”: {value}", "第 {seq} 号事件中“{name}”写有：{value}", NOTE
    ),
    "certificate_hidden": Words(
        "Of {name} of event {seq} only the hash stands there: it was erased, or left out.",
        "第 {seq} 号事件的 {name} 只留哈希值：已抹除或未列出。",
        NOTE,
    ),
    "certificate_shows_state": Words("Event {seq} led to the state {came}.", "第 {seq} 号事件达到状态 {came}。", NOTE),
    "certificate_shows_persons": Words(
        "Event {seq} was proposed by one person and carried out by another.",
        "第 {seq} 号事件由一人提议，由另一人执行。",
        NOTE,
    ),
}
