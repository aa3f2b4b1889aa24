"""The words of the field, in English and Chinese, as every text of the pages uses them; the hard ones with what they mean.

Written out as docs/reference/glossary.md; `tests/project/test_glossary.py` holds every text against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from casework.web.shell.i18n import N_


@dataclass(frozen=True)
class Term:
    """A word; `means` says to a reader what it is, and `note` to a writer what to mind."""

    english: str
    chinese: str
    note: str = ""
    means: str = ""

    @property
    def key(self) -> str:
        """How templates name it: without what stands in brackets."""
        return self.english.partition(" (")[0]


TERMS = (
    Term(
        "case",
        "案件",
        note="never 项目, which is a demonstration project",
        means=N_("A match between a need and a technology that the office follows until it is at work or has ended."),
    ),
    Term("case officer", "经办人"),
    Term("supervisor", "主管"),
    Term("compliance officer", "合规专员"),
    Term("dispute officer", "争议专员"),
    Term(
        "deputy",
        "代理人",
        means=N_("Somebody who holds a role in another person's place, and acts under their own name."),
    ),
    Term("observer", "观察员"),
    Term("auditor", "审计员"),
    Term(
        "service provider",
        "服务机构",
        means=N_("An organisation that assesses, lends, finances, mediates or verifies for the programme."),
    ),
    Term("provider agent", "服务机构经办人"),
    Term("programme manager", "项目主管"),
    Term("administrator", "管理员"),
    Term("acceleration project", "加速项目"),
    Term("city acceleration pilot", "城市加速项目试点"),
    Term("need", "技术需求"),
    Term("need owner (seeker)", "需求方"),
    Term("technology", "绿色技术"),
    Term("technology owner", "技术供给方"),
    Term("catalogue", "技术与需求目录"),
    Term("pairing (proposed)", "供需配对"),
    Term("match (both interested)", "匹配成功"),
    Term("matchmaking event", "对接会"),
    Term("rationale", "匹配理由"),
    Term(
        "triage",
        "初审",
        means=N_("The first check of a match: records complete, no duplicate, no conflict of interest."),
    ),
    Term("eligibility", "适格性"),
    Term(
        "consent",
        "同意书",
        means=N_("A party's written agreement that documents may be shared, with whom and until when."),
    ),
    Term("expression of interest", "合作意向"),
    Term(
        "service plan",
        "服务方案",
        means=N_("Which services the case needs, from whom and by when; a supervisor decides on it."),
    ),
    Term("task", "任务"),
    Term("task queue", "任务队列", means=N_("Tasks that nobody holds yet, in the order in which they should be done.")),
    Term("claim a task", "领取任务"),
    Term("release a task", "退回队列"),
    Term("due date", "办理期限"),
    Term("overdue", "逾期"),
    Term("reminder", "催办"),
    Term("snooze", "暂缓处理", means=N_("The task and its time limit pause until a day you choose.")),
    Term("escalation", "升级处理"),
    Term(
        "working day",
        "工作日",
        means=N_("A day on which the programme works, by its calendar: holidays do not count, make-up days do."),
    ),
    Term("calendar day", "自然日"),
    Term("on hold", "暂停办理", means=N_("The whole case pauses for a named reason; its time limits stand still.")),
    Term("frozen", "冻结", means=N_("A stop by compliance is being decided; until then nothing goes out.")),
    Term("resume", "恢复办理"),
    Term("withdraw (of a party)", "退出"),
    Term("close (a case)", "结案"),
    Term("reopen", "重新启动"),
    Term("outcome", "办理结果"),
    Term("reason code", "原因代码"),
    Term(
        "history",
        "办理记录",
        means=N_("Everything that was done in the case, by whom, when and why; nothing can be taken out unseen."),
    ),
    Term("audit trail", "审计轨迹"),
    Term("audit finding", "审计发现", means=N_("What an auditor found wrong or unclear at one entry of the history.")),
    Term("state", "状态"),
    Term("transition", "流转"),
    Term(
        "move (of a case to a state)",
        "调整",
        note="of a case to another edition it is 迁移",
        means=N_("Two persons bring a case to a state past its steps, but never past a guard of law."),
    ),
    Term(
        "guard of law",
        "法定条件",
        means=N_("A condition of a step that keeps what the law asks for; the others are the office's rules."),
    ),
    Term(
        "workflow definition",
        "流程定义",
        means=N_("The rules of a workflow, published under a number; what runs on it stays on it."),
    ),
    Term("version", "版本"),
    Term(
        "parallel track",
        "并行流程",
        means=N_("A part of the case with steps of its own, beside others: rights, agreement, a service."),
    ),
    Term("milestone", "里程碑", means=N_("A step reached that counts in the figures of the programme.")),
    Term("aftercare", "后续管理", means=N_("Follow-up after the case is closed: does the technology still run?")),
    Term(
        "referral",
        "转介",
        means=N_("One provider is asked for one service in a case, and sees only what is shared for it."),
    ),
    Term("accept", "接受"),
    Term("decline", "拒绝"),
    Term("failed", "未能完成", note="referral"),
    Term("replaced", "已更换机构", note="service track"),
    Term(
        "conflict of interest",
        "利益冲突",
        means=N_("A tie to a party that could sway a judgement; whoever has one does not work on the case."),
    ),
    Term("interest declared", "利益冲突待审", note="state `conflict` of a referral"),
    Term("recusal", "回避"),
    Term("assessment (green technology)", "绿色技术评估"),
    Term("environmental technology verification", "环境技术验证（ETV）"),
    Term(
        "performance claim",
        "性能声明",
        means=N_("What the technology is said to do, as figures that a test can confirm."),
    ),
    Term(
        "verification statement",
        "验证声明",
        means=N_("The assessor's signed result: which claims hold, in which limits, until when."),
    ),
    Term("expert panel", "专家组"),
    Term("technology readiness level", "技术成熟度（TRL）"),
    Term("valid until", "有效期至"),
    Term(
        "mediation",
        "调解",
        means=N_("A neutral helps the parties to settle a dispute; only the parties know what is said there."),
    ),
    Term(
        "unsealing",
        "启封",
        means=N_("Somebody is let read a sealed mediation for a time, by the agreement of another person."),
    ),
    Term("mediation referral", "调解转介"),
    Term("request for mediation", "调解申请书"),
    Term("unilateral request", "单方调解申请"),
    Term("mediation agreement", "调解约定", note="not 调解协议, which at home means the settlement"),
    Term("submission agreement", "提交调解约定"),
    Term("mediator", "调解员"),
    Term("good offices", "斡旋"),
    Term("administration fee", "管理费"),
    Term("deposit", "预缴款"),
    Term("settlement agreement", "和解协议"),
    Term("termination (of mediation)", "调解的终止"),
    Term("confidentiality", "保密"),
    Term("expert determination", "专家裁决"),
    Term("expedited arbitration", "快速仲裁"),
    Term("court-referred mediation", "法院委派/委托调解"),
    Term("judicial confirmation", "司法确认"),
    Term("intellectual property right", "知识产权"),
    Term("IP pledge financing", "知识产权质押融资"),
    Term("pledgor", "出质人"),
    Term(
        "pledgee",
        "质权人",
        means=N_("Who lends against a pledged right, and must agree before it is licensed or sold."),
    ),
    Term("patent pledge contract", "专利权质押合同"),
    Term("pledge registration", "质押登记"),
    Term("cancellation of registration", "注销登记"),
    Term("valuation report", "资产评估报告"),
    Term("pledge rate", "质押率"),
    Term("risk compensation pool", "风险处置资金池"),
    Term("guarantee", "担保"),
    Term("drawdown", "放款"),
    Term("overdue loan", "贷款逾期"),
    Term("default", "违约"),
    Term("disposal of the pledged right", "质物处置"),
    Term("free patent pledge (LCPP)", "专利免费许可承诺", note="not 质押, nor 专利开放许可"),
    Term("green finance", "绿色金融"),
    Term("endorsed project catalogue", "绿色金融支持项目目录（2025年版）"),
    Term("due diligence", "尽职调查", means=N_("The examination of a project or borrower before money is promised.")),
    Term("term sheet", "投资条款清单", means=N_("The main terms of an investment, agreed before the contracts.")),
    Term(
        "condition precedent",
        "先决条件",
        note="放款/交割先决条件",
        means=N_("Something that must be done before money is paid or the contract takes effect."),
    ),
    Term("financial close", "交割"),
    Term("non-disclosure agreement", "保密协议"),
    Term("memorandum of understanding", "谅解备忘录"),
    Term("letter of intent", "意向书"),
    Term("pilot (trial)", "中试/示范应用"),
    Term("licence", "实施许可"),
    Term("assignment", "转让"),
    Term("joint venture", "合资"),
    Term(
        "contract value",
        "合同成交额",
        note="成交额 for the sum of several",
        means=N_("What an agreement comes to, as its last signing says; the sum counts those that are in effect."),
    ),
    Term("technology value", "技术交易额", means=N_("What of a contract value is paid for technology.")),
    Term("technology import and export contract registration", "技术进出口合同登记"),
    Term("restricted technology", "限制类技术"),
    Term("export control", "出口管制"),
    Term("sanctions screening", "制裁名单筛查"),
    Term(
        "deployment",
        "项目落地",
        means=N_("The technology is planned, permitted, installed, tested and accepted at a site."),
    ),
    Term("installation", "安装"),
    Term("commissioning", "调试"),
    Term("site acceptance", "现场验收"),
    Term("punch list", "遗留问题清单", means=N_("What is still to be put right after a site was accepted.")),
    Term(
        "baseline",
        "基准线",
        means=N_("The values measured before the technology runs, against which its effect is counted."),
    ),
    Term("monitoring", "监测"),
    Term(
        "measurement and verification",
        "测量与验证",
        means=N_("An independent body confirms what the measurements show."),
    ),
    Term("emission reduction (tCO2e)", "减排量（吨二氧化碳当量）"),
    Term("claimed", "申报"),
    Term("measured", "实测"),
    Term("verified", "核证"),
    Term("stage assessment report", "阶段性评估报告"),
    Term("Bluetech Clean Air Alliance (BCAA)", "中关村创蓝清洁空气产业联盟（创蓝联盟）"),
    Term("Beijing Intellectual Property Office", "北京市知识产权局"),
    Term("WIPO Arbitration and Mediation Center", "WIPO仲裁与调解中心"),
    Term("WIPO Shanghai Service", "世界知识产权组织仲裁与调解上海中心"),
    Term("Institute of Finance and Sustainability (IFS)", "北京绿色金融与可持续发展研究院"),
    Term("Beijing IP", "北京知识产权运营管理有限公司（北京IP）"),
    Term("China Association of Environmental Protection Industry (CAEPI)", "中国环境保护产业协会"),
    Term("CNIPA", "国家知识产权局"),
)
#: What a reader may be told of a word, by its English.
MEANINGS = {term.key: term for term in TERMS if term.means}
