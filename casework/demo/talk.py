"""What people of the demo write to each other, what an auditor asks, and what providers say of themselves: in the words of an office
that works in two languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.engine.case_objects.messages import INTERNAL, SHARED
from casework.engine.roles import Role

OFFICER = Role.OFFICER.value


@dataclass(frozen=True)
class Line:
    """Who says it: the officer, or whoever has just acted; in which thread; and the words."""

    who: str
    audience: str
    words: str


def _officer(words: str, audience: str = SHARED) -> Line:
    return Line(OFFICER, audience, words)


def _provider(words: str) -> Line:
    return Line("", SHARED, words)


Talk = tuple[Line, ...]
#: What is said after an action: one case has the first, the next case the second, and so on.
TALK: Mapping[str, tuple[Talk, ...]] = {
    "case.pass_triage": (
        (_officer("I know the plant from a visit last year. The need is real, and there is a budget.", INTERNAL),),
        (),
        (_officer("需求方去年申报过改造计划，预算已经批复，可以推进。", INTERNAL),),
    ),
    "service_plan": (
        (_officer("Both parties want the assessment first. The loan can wait until the report is in.", INTERNAL),),
        (_officer("双方都同意按此方案推进，费用由需求方先行支付。", INTERNAL),),
        (
            _officer(
                "The need owner asks for a decision before the heating season. I have told it what we can do.", INTERNAL
            ),
        ),
    ),
    "referral:assessment.accept": (
        (
            _provider("Thank you. We begin with the data review; please send the operating data as a spreadsheet."),
            _officer("The need owner will send it by Thursday."),
        ),
        (
            _provider("已收到委托。请需求方提供近十二个月的运行数据，最好为电子表格。"),
            _officer("需求方周四前提供，计量表的检定证书一并附上。"),
        ),
    ),
    "assessment.fix_plan": (
        (_provider("The plan is fixed. Our two engineers come to the site in the third week; please tell the gate."),),
        (
            _provider("验证方案已确定，第三周派两名工程师到现场，请协调入厂手续。"),
            _officer("已与现场负责人联系，入厂证在门卫处领取。"),
        ),
    ),
    "referral:assessment.deliver": (
        (_officer("Received, thank you. I will check it this week."),),
        (_officer("报告已收到，本周内核对完毕后回复。"),),
    ),
    "referral:pledge.accept": (
        (
            _provider("We have opened a file. The valuation takes about ten working days."),
            _officer("Good. The owner of the patent has the fee receipts ready."),
        ),
        (
            _provider("已建档。评估约需十个工作日，请准备专利登记簿副本和年费缴纳凭证。"),
            _officer("登记簿副本今日可取，年费凭证已在专利权人处备齐。"),
        ),
    ),
    "pledge.approved": ((_provider("The credit committee has agreed; the branch decides next."),),),
    "referral:finance.accept": (
        (_provider("We will call the need owner next week about the business plan."),),
        (_provider("下周与需求方联系，先看商业计划书和项目备案文件。"), _officer("联系人和电话见案件说明单。")),
    ),
    "finance.investor_found": (
        (
            _provider("The fund has looked at the plant and wants to go on."),
            _officer("Good news. Both parties will hear it today."),
        ),
    ),
    "agreement.agree": (
        (_officer("The last open point was the price of spare parts. Both lawyers have the same text now.", INTERNAL),),
        (_officer("双方律师已就违约责任达成一致，文本定稿。", INTERNAL),),
    ),
    "deployment.delivered": (
        (_officer("Delivered complete. One crate was wet; its content is not damaged.", INTERNAL),),
        (_officer("设备已全部到货，开箱检查无缺损。", INTERNAL),),
    ),
    "deployment.fail": (
        (_officer("Throughput is a third too low. The supplier exchanges the nozzles and tests again.", INTERNAL),),
    ),
    "case.hold": ((_officer("I will call the need owner at the start of next month.", INTERNAL),),),
    "case.site_failed": ((_officer("Both parties stay in touch: the sorting line at least can be used.", INTERNAL),),),
}
#: What an auditor asks of the first cases, what is answered, and whether that settles it.
FINDINGS: tuple[tuple[str, str, str], ...] = (
    ("The assessment was skipped because a party accepts the risk. Who signed that party's letter?", "", ""),
    (
        "同意书在会面两周之后才登记，原因是什么？",
        "对方的信函经邮寄送达，系统中登记的是收到日期，信上所写日期为会面当日。",
        "",
    ),
    (
        "The minutes of the first meeting name nobody of the need owner.",
        "Its engineer was there. The minutes were put right and sent to both parties again.",
        "Settled: the file has the new minutes.",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """What a provider says of itself: what it does and where, in both languages, in which of them, and how much at once."""

    fields: tuple[str, ...]
    places: tuple[str, ...]
    languages: tuple[str, ...]
    capacity: int


PROFILES: Mapping[str, Profile] = {
    "institute": Profile(
        ("industrial heat / 工业供热", "air pollution control / 大气污染治理", "waste heat recovery / 余热回收"),
        ("Beijing / 北京", "Hebei / 河北"), ("zh", "en"), 12,
    ),
    "test_centre": Profile(
        ("emission measurement / 排放检测", "dust removal / 除尘"), ("Beijing / 北京", "Tianjin / 天津"), ("zh",), 8,
    ),
    "laboratory": Profile(
        ("materials / 材料", "membranes / 膜", "batteries / 电池"), ("Beijing / 北京",), ("zh", "en"), 6,
    ),
    "mediators": Profile(
        ("technology disputes / 技术合同纠纷", "licence disputes / 许可纠纷"), ("China / 全国",), ("zh", "en"), 20,
    ),
    "bank": Profile(("patent pledge loans / 专利权质押贷款",), ("Beijing / 北京",), ("zh",), 15),
    "fund": Profile(
        ("green equity / 绿色股权投资", "green loans / 绿色贷款"), ("Beijing / 北京", "Shanghai / 上海"), ("zh", "en"), 10,
    ),
    "verifiers": Profile(
        ("energy savings / 节能量核证", "emission reductions / 减排量核证"),
        ("Beijing / 北京", "Hebei / 河北", "Tianjin / 天津"), ("zh", "en"), 10,
    ),
}  # fmt: skip
