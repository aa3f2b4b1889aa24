"""Why something could not be read, in Chinese: what we say ourselves word for word, of what the system or Python says its kind."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
    "No such file or directory": "没有该文件",
    "Permission denied": "没有权限",
    "Is a directory": "这是文件夹",
    "Not a directory": "路径中有一处不是文件夹",
    "File name too long": "文件名过长",
    "Too many levels of symbolic links": "链接层数过多",
    "No space left on device": "磁盘已满",
    "Read-only file system": "磁盘只读",
    "RecursionError": "嵌套过深",
    "MemoryError": "内存不足",
}
#: The same with a name or a number within, which stands in both.
_WITHIN = (
    (re.compile(r"(.+) is missing"), "缺少 {0}"),
    (re.compile(r"(.+) holds no token"), "{0} 中没有令牌"),
    (re.compile(r"(.+) is no number of ours"), "其中有不允许的数：{0}"),
    (re.compile(r".*: line ([0-9]+) column ([0-9]+) \(char [0-9]+\)"), "第 {0} 行第 {1} 列有误"),
    (re.compile(r"'utf-8' codec can't decode .* in position ([0-9]+).*"), "第 {0} 字节的编码有误"),
    (re.compile(r"Exceeds the limit .*"), "有一个数过长"),
    (re.compile(r"KeyError '(.+)'"), "缺少“{0}”"),
    (re.compile(r"ValueError (a limit is too far away|the calendar has too .*)"), "{0}"),
    (re.compile(r"([0-9]{3})(?: .*)?"), "服务器答复 {0}"),
)
#: By code, where nobody knows the words.
_ELSE: Mapping[str, str] = {
    "file_missing": "系统未能读取",
    "file_damaged": "其各部分无法解包",
    "address_unread": "未能连接，或对方没有按规定答复",
    "address_refused": "未能连接，或对方没有按规定答复",
}


def reason(code: str, why: str) -> str:
    """Why, in Chinese."""
    if (known := REASONS.get(why)) is not None:
        return known
    for pattern, chinese in _WITHIN:
        if (found := pattern.fullmatch(why)) is not None:
            return chinese.format(*(REASONS.get(one, one) for one in found.groups()))
    return _ELSE.get(code, "其形式不同")


__all__ = ["REASONS", "reason"]
