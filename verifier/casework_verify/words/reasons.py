"""Why something could not be read, in words of ours: of what the system or Python says, what it comes to and never how they say it."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Mapping
from zoneinfo import ZoneInfoNotFoundError

#: What is said in English, as it is raised.
REASONS: Mapping[str, str] = {
    "it has another form": "其形式不同",
    "it is of another form": "其形式不同",
    "it is no text": "不是文本",
    "nested too deeply": "嵌套过深",
    "a key stands there twice": "同一个键出现了两次",
    "a part is locked or packed in an unknown way": "有一部分已加密，或压缩方式未知",
    "its list of parts is too long": "其各部分的清单过长",
    "there is none": "其中没有密钥",
    "none of them is a key of the log": "其中没有日志的密钥",
    "a hash has 32 bytes": "哈希值应为 32 字节",
    "a key is written as name+id+key": "密钥应写作“名称+标识+密钥”",
    "the key is not one of Ed25519": "密钥所用的算法不是所要求的签名算法",
    "the key is not one of a witness": "该密钥不是见证方的密钥",
    "the id of the key is not its own": "密钥的标识与密钥不符",
    "this is no key that signs": "这不是用于签名的密钥",
    "a name has no space and no plus sign": "名称中不得有空格和加号",
    "the note is too long": "签名文本过长",
    "a note is a text, an empty line and signatures": "签名文本应为正文、空行和签名",
    "a checkpoint is an origin, a size and a root": "检查点应为来源、大小和根",
    "a root has 32 bytes": "根应为 32 字节",
    "the note has too many signatures": "签名过多",
    "a signature is a dash, a name and what was signed": "签名应为破折号、名称和签名内容",
    "a signature is too short": "签名过短",
    "what should be base64 is not": "应为某种编码的内容并非该编码",
    "it is no address of an installation": "不是系统的网址",
    "a token is sent by https alone": "令牌只能通过加密连接发送",
    "too many tiles are needed": "所需的树块过多",
    "a limit is too far away": "期限过远",
    "the calendar has too few working days": "日历中的工作日过少",
    "the calendar has too little working time": "日历中的工作时间过少",
    "a text holds a NUL or half a pair, or is not in Unicode form NFC": "有文本未按规定的形式书写",
    "a number is beyond 2^53-1": "有一个数过大",
    "a key is no text": "有一个键不是文本",
    "a value is neither a text, a whole number, a list nor an object": "有一个值的种类不被允许",
    "nested deeper than 32 levels": "嵌套过深",
    "a number is too long": "有一个数过长",
    "its time zone is not known on this machine": "本机不认识其时区",
    "it is larger than such a file is": "其大小超过此类文件",
    "it is no folder": "这不是文件夹",
    "it is no state that casework-verify kept": "这不是 casework-verify 所保存的状态文件",
    "its checkpoints are there twice, or out of order": "其检查点重复或次序不对",
    "its parts cannot be unpacked": "其各部分无法解包",
    "it needs more memory than there is": "内存不足",
    "there is no such file": "没有该文件",
    "there is no such folder": "没有该文件夹",
    "it is there already": "该文件已存在",
    "it may not be read or written here": "没有读写权限",
    "it is a folder": "这是文件夹",
    "a part of its path is no folder": "路径中有一处不是文件夹",
    "its name is too long": "文件名过长",
    "links lead on and on": "链接层数过多",
    "the disk is full": "磁盘已满",
    "the disk can only be read": "磁盘只读",
    "the system did not give it": "系统未能读取",
    "no machine is known by that name": "找不到该名称的机器",
    "nobody answers there": "对方没有应答",
    "it took too long": "等候过久",
    "its certificate is not trusted here": "其安全证书不受信任",
    "no answer came as one should": "未能连接，或对方没有按规定答复",
}
#: What the system says, by its number.
_SYSTEM = {
    errno.ENOENT: "there is no such file",
    errno.EEXIST: "it is there already",
    errno.EACCES: "it may not be read or written here",
    errno.EPERM: "it may not be read or written here",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is no folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "links lead on and on",
    errno.ENOSPC: "the disk is full",
    errno.EROFS: "the disk can only be read",
    errno.ECONNREFUSED: "nobody answers there",
}
_ANOTHER_FORM = "it has another form"
#: The same with a name or a number within, which stands in both.
_WITHIN = (
    (re.compile(r"(.+) is missing"), "缺少 {0}"),
    (re.compile(r"(.+) holds no token"), "{0} 中没有令牌"),
    (re.compile(r"(.+) is no number of ours"), "其中有不允许的数：{0}"),
    (re.compile(r"line ([0-9]+), column ([0-9]+) is not written so"), "第 {0} 行第 {1} 列有误"),
    (re.compile(r"byte ([0-9]+) belongs to no text"), "第 {0} 字节的编码有误"),
    (re.compile(r"the server answered ([0-9]{3})"), "服务器答复 {0}"),
    # What it says besides is in the server's own words.
    (re.compile(r"the server answered ([0-9]{3}) (.+)", re.DOTALL), "服务器答复 {0}：{1}"),
)


def why_of(fault: BaseException) -> str:
    """Why, in English: our own reasons as they are, and what Python or the system found wrong in words of ours."""
    said = str(fault)
    if said in REASONS or any(pattern.fullmatch(said) for pattern, _ in _WITHIN):
        return said
    match fault:
        case json.JSONDecodeError():
            return f"line {fault.lineno}, column {fault.colno} is not written so"
        case UnicodeDecodeError():
            return f"byte {fault.start + 1} belongs to no text"
        case ZoneInfoNotFoundError():
            return "its time zone is not known on this machine"
        case KeyError():
            return f"“{fault.args[0] if fault.args else ''}” is missing"
        case TimeoutError():
            return "it took too long"
        case OSError():
            return _SYSTEM.get(fault.errno or 0, "the system did not give it")
        case RecursionError():
            return "nested too deeply"
        case MemoryError():
            return "it needs more memory than there is"
        case ValueError() if said.startswith("Exceeds the limit"):
            return "a number is too long"
    return _ANOTHER_FORM


def reason(why: str) -> str:
    """Why, in Chinese."""
    if (known := REASONS.get(why)) is not None:
        return known
    for pattern, chinese in _WITHIN:
        if (found := pattern.fullmatch(why)) is not None:
            return chinese.format(*found.groups())
    return REASONS[_ANOTHER_FORM]


__all__ = ["REASONS", "reason", "why_of"]
