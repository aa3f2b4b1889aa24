"""What a value is called: codes of roles, events and states, moments, and what is neither text nor number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

#: By the name of the value in a sentence, and its code: English and Chinese.
CODES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "role": {
        "officer": ("case officer", "经办人"),
        "supervisor": ("supervisor", "主管"),
        "compliance": ("compliance officer", "合规专员"),
        "dispute_officer": ("dispute officer", "争议处理专员"),
        "provider": ("provider", "服务机构成员"),
        "provider_lead": ("lead of a provider", "服务机构负责人"),
        "verifier": ("verifier", "核证员"),
        "auditor": ("auditor", "审计员"),
        "manager": ("manager", "管理者"),
        "observer": ("observer", "观察员"),
        "administrator": ("administrator", "管理员"),
        "party": ("a party", "当事方"),
        "system": ("nobody: it happened by itself", "无（自动发生）"),
        "-": ("none", "无"),
    },
    "kind": {
        "opened": ("the case was opened", "案件开立"),
        "fired": ("a step was taken", "执行步骤"),
        "proposed": ("a step was proposed", "提议步骤"),
        "refused": ("a proposal was refused", "拒绝提议"),
        "claimed": ("a task was taken", "领取任务"),
        "released": ("a task was given back", "退回任务"),
        "completed": ("a task was completed", "完成任务"),
        "exited": ("a task was left behind", "任务失效"),
        "added": ("a task was added", "新增任务"),
        "relieved": ("somebody was relieved of a task", "解除任务"),
        "started": ("a task was started", "开始任务"),
        "stopped": ("a task was stopped", "停止任务"),
        "suspended": ("a task was suspended", "暂停任务"),
        "resumed": ("a task was resumed", "恢复任务"),
        "skipped": ("a task was skipped", "跳过任务"),
        "failed": ("a task failed", "任务未成"),
        "modified": ("a task was changed", "更改任务"),
        "review_asked": ("a review was asked for", "请求复核"),
        "approved": ("a review approved", "复核通过"),
        "changes_asked": ("a review asked for changes", "复核要求修改"),
        "ticked": ("an item was ticked", "勾选事项"),
        "unticked": ("an item was unticked", "取消勾选"),
        "item_added": ("an item was added", "新增事项"),
        "assigned": ("a task was assigned", "分派任务"),
        "delegated": ("a task was delegated", "委托任务"),
        "forwarded": ("a task was forwarded", "转交任务"),
        "nominated": ("somebody was nominated", "指名人员"),
        "handed_back": ("a task was handed back", "交回任务"),
        "timer_fired": ("a limit was reached", "期限到达"),
        "activated": ("a task became due to be done", "任务激活"),
        "recounted": ("limits were counted anew", "重新计算期限"),
        "handed_over": ("the case was handed over", "移交案件"),
        "document_registered": ("a document was registered", "登记文件"),
        "document_filed": ("a document was filed", "文件归档"),
        "document_withdrawn": ("a document was withdrawn", "撤回文件"),
        "consent_ended": ("a consent ended", "同意终止"),
        "interest_declared": ("an interest was declared", "申报利害关系"),
        "rights_changed": ("rights were changed", "更改权利"),
        "cases_linked": ("the case was linked with another one", "与另一案件建立关联"),
        "cases_unlinked": ("a link with another case ended", "解除与另一案件的关联"),
        "migrated": ("the case moved to another edition", "换用另一版本"),
        "move_asked": ("a move was asked for", "请求调整"),
        "move_refused": ("a move was refused", "拒绝调整"),
        "moved": ("the case was moved", "调整案件"),
        "letter_sent": ("a letter was sent", "发出信函"),
        "letter_dispatched": ("a letter was dispatched", "寄出信函"),
        "grant_withdrawn": ("access to a document was withdrawn", "撤回文件查阅权"),
        "grant_expired": ("access to a document expired", "文件查阅权到期"),
        "grant_day_changed": ("access to a document got another last day", "更改文件查阅期限"),
        "papers_returned": ("papers were returned", "交还文件"),
        "noted": ("a note was written", "写下备注"),
        "said": ("a message was written", "写下消息"),
        "unsealing_asked": ("an unsealing was asked for", "请求解封"),
        "unsealed": ("it was unsealed", "解封"),
        "unsealing_refused": ("an unsealing was refused", "拒绝解封"),
        "resealed": ("it was sealed again", "重新密封"),
        "parties_told": ("the parties were told", "告知当事方"),
        "glass_broken": ("it was opened in an emergency", "紧急查阅"),
        "link_given": ("a one-time link was given", "发出一次性链接"),
        "link_revoked": ("a one-time link was revoked", "撤销一次性链接"),
        "joined": ("results came together", "结果汇合"),
        "received": ("receipt was confirmed", "确认收到"),
        "objected": ("an objection was made", "提出异议"),
        "corrected": ("an entry was corrected", "更正记录"),
        "erased": ("words were erased", "抹除内容"),
    },
    "step": {
        "raised": ("it was raised", "提出"),
        "assigned": ("it was given to somebody", "交办"),
        "fell_due": ("its day passed", "逾期"),
        "answered": ("it was answered", "答复"),
        "asked_again": ("it was asked again", "再次提问"),
        "closed": ("it was closed", "关闭"),
        "erased": ("words were erased", "抹除内容"),
    },
    "state": {
        "open": ("not answered", "未答复"),
        "answered": ("answered", "已答复"),
        "closed": ("closed", "已关闭"),
    },
}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")
_NOTHING, _YES, _NO = ("nothing", "无"), ("yes", "是"), ("no", "否")


def coded(name: str, value: Any, *, chinese: bool) -> Any:
    """What a code is called where it stands for something; else the code."""
    known = CODES.get(name, {}).get(value) if isinstance(value, str) else None
    return value if known is None else known[chinese]


def in_words(value: Any, *, chinese: bool) -> str:
    """A value of JSON as people write it: what is listed after each other, what is named with its name."""
    match value:
        case None:
            return _NOTHING[chinese]
        case bool():
            return (_YES if value else _NO)[chinese]
        case list() | tuple():
            return ("、" if chinese else ", ").join(in_words(one, chinese=chinese) for one in value) or _NOTHING[
                chinese
            ]
        case dict():
            said = [
                f"{name}{'：' if chinese else ': '}{in_words(one, chinese=chinese)}"
                for name, one in sorted(value.items())
            ]
            return ("；" if chinese else "; ").join(said) or _NOTHING[chinese]
        case _:
            return str(value)


def at_minute(value: str, zone: tzinfo = UTC) -> str:
    """A moment to the minute, with the zone; what is written in another way stays as it is."""
    if _INSTANT.fullmatch(value) is None:
        return value
    try:
        local = datetime.fromisoformat(value).astimezone(zone)
    except (ValueError, OverflowError):
        return value
    return f"{local:%Y-%m-%d %H:%M} {'UTC' if zone is UTC else str(zone)}"


__all__ = ["CODES", "at_minute", "coded", "in_words"]
