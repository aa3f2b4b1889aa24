"""What people of the demo write to each other, what an auditor asks, and what providers say of themselves: each in the
language of whoever writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.engine.case_objects.messages import INTERNAL, SHARED
from casework.engine.roles import Role

OFFICER = Role.OFFICER.value


@dataclass(frozen=True)
class Line:
    """Who says it: the officer, or whoever has just acted; in which thread; and the words, as those write who write English or Chinese."""

    who: str
    audience: str
    words: str
    words_zh: str

    def by(self, language: str) -> str:
        return self.words_zh if language.startswith("zh") else self.words


def _officer(words: str, words_zh: str, audience: str = SHARED) -> Line:
    return Line(OFFICER, audience, words, words_zh)


def _provider(words: str, words_zh: str) -> Line:
    return Line("", SHARED, words, words_zh)


Talk = tuple[Line, ...]
#: What is said after an action: one case has the first, the next case the second, and so on.
TALK: Mapping[str, tuple[Talk, ...]] = {
    "case.pass_triage": (
        (
            _officer(
                "I know the plant from a visit last year. The need is real, and there is a budget.",
                "去年去过该厂，需求属实，已有预算。",
                INTERNAL,
            ),
        ),
        (),
        (
            _officer(
                "The need owner filed its plan last year and the budget is approved; we can go on.",
                "需求方去年申报过改造计划，预算已经批复，可以推进。",
                INTERNAL,
            ),
        ),
    ),
    "service_plan": (
        (
            _officer(
                "Both parties want the assessment first. The loan can wait until the report is in.",
                "双方都希望先做评估，贷款可待报告出具后再办。",
                INTERNAL,
            ),
        ),
        (
            _officer(
                "Both parties agree to this plan; the need owner pays the fees at first.",
                "双方都同意按此方案推进，费用由需求方先行支付。",
                INTERNAL,
            ),
        ),
        (
            _officer(
                "The need owner asks for a decision before the heating season. I have told it what we can do.",
                "需求方希望在供暖季前定下来，已告知我们能做到的程度。",
                INTERNAL,
            ),
        ),
    ),
    "referral:assessment.accept": (
        (
            _provider(
                "Thank you. We begin with the data review; please send the operating data as a spreadsheet.",
                "收到，先做数据审查，请提供电子表格形式的运行数据。",
            ),
            _officer("The need owner will send it by Thursday.", "需求方周四前发送。"),
        ),
        (
            _provider(
                "The request has arrived. Please have the need owner send the operating data of twelve months, best as a spreadsheet.",
                "已收到委托。请需求方提供近十二个月的运行数据，最好为电子表格。",
            ),
            _officer(
                "You have them by Thursday, with the certificates of the meters.",
                "需求方周四前提供，计量表的检定证书一并附上。",
            ),
        ),
    ),
    "assessment.fix_plan": (
        (
            _provider(
                "The plan is fixed. Our two engineers come to the site in the third week; please tell the gate.",
                "方案已确定，两名工程师第三周到现场，请告知门卫。",
            ),
        ),
        (
            _provider(
                "The plan is fixed; two engineers come in the third week. Please see to their passes.",
                "验证方案已确定，第三周派两名工程师到现场，请协调入厂手续。",
            ),
            _officer("The site knows of it. The passes are at the gate.", "已与现场负责人联系，入厂证在门卫处领取。"),
        ),
    ),
    "referral:assessment.deliver": (
        (_officer("Received, thank you. I will check it this week.", "已收到，本周核对。"),),
        (
            _officer(
                "The report is in; you have an answer when I have checked it this week.",
                "报告已收到，本周内核对完毕后回复。",
            ),
        ),
    ),
    "referral:pledge.accept": (
        (
            _provider(
                "We have opened a file. The valuation takes about ten working days.",
                "已建档，价值评估约需十个工作日。",
            ),
            _officer("Good. The owner of the patent has the fee receipts ready.", "好的，专利权人的年费凭证已备好。"),
        ),
        (
            _provider(
                "A file is open. The valuation takes about ten working days; please have the extract and the fee receipts ready.",
                "已建档。评估约需十个工作日，请准备专利登记簿副本和年费缴纳凭证。",
            ),
            _officer(
                "The extract can be had today; the owner of the patent has the receipts.",
                "登记簿副本今日可取，年费凭证已在专利权人处备齐。",
            ),
        ),
    ),
    "pledge.approved": (
        (
            _provider(
                "The credit committee has agreed; the branch decides next.", "授信审批委员会已同意，下一步由分行审批。"
            ),
        ),
    ),
    "referral:finance.accept": (
        (
            _provider(
                "We will call the need owner next week about the business plan.",
                "下周就商业计划书与需求方通话。",
            ),
        ),
        (
            _provider(
                "We talk to the need owner next week, and look at the business plan and the filing of the project first.",
                "下周与需求方联系，先看商业计划书和项目备案文件。",
            ),
            _officer("Whom to call stands on the case sheet.", "联系人和电话见案件说明单。"),
        ),
    ),
    "finance.investor_found": (
        (
            _provider("The fund has looked at the plant and wants to go on.", "基金已看过现场，希望继续推进。"),
            _officer("Good news. Both parties will hear it today.", "好消息，今天告知双方。"),
        ),
    ),
    "agreement.agree": (
        (
            _officer(
                "The last open point was the price of spare parts. Both lawyers have the same text now.",
                "最后一个未决事项是备件价格，双方律师手中的文本已一致。",
                INTERNAL,
            ),
        ),
        (
            _officer(
                "The lawyers agree on who is liable for what; the text is final.",
                "双方律师已就违约责任达成一致，文本定稿。",
                INTERNAL,
            ),
        ),
    ),
    "deployment.delivered": (
        (
            _officer(
                "Delivered complete. One crate was wet; its content is not damaged.",
                "设备全部到货，一箱受潮，内件完好。",
                INTERNAL,
            ),
        ),
        (
            _officer(
                "Everything has arrived; nothing was missing when the crates were opened.",
                "设备已全部到货，开箱检查无缺损。",
                INTERNAL,
            ),
        ),
    ),
    "deployment.fail": (
        (
            _officer(
                "Throughput is a third too low. The supplier exchanges the nozzles and tests again.",
                "处理量低三分之一，供方更换喷嘴后复测。",
                INTERNAL,
            ),
        ),
    ),
    "case.hold": (
        (_officer("I will call the need owner at the start of next month.", "下月初致电需求方。", INTERNAL),),
    ),
    "case.site_failed": (
        (
            _officer(
                "Both parties stay in touch: the sorting line at least can be used.",
                "双方保持联系，至少分选线可以使用。",
                INTERNAL,
            ),
        ),
    ),
}
#: What the auditor asks of the first cases, what is answered, and whether that settles it.
FINDINGS: tuple[tuple[str, str, str], ...] = (
    ("The assessment was skipped because a party accepts the risk. Who signed that party's letter?", "", ""),
    (
        "The consent was recorded two weeks after the meeting. Why?",
        "The letter came by post. The record has the day on which it arrived, the letter the day of the meeting.",
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
