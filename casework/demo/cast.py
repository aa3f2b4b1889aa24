"""Who is in the demo: people, and the organisations that provide services. All are invented."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.roles import Role


@dataclass(frozen=True)
class Player:
    """A person of the demo. `where` is a provider's key, or None for the programme."""

    key: str
    name: str
    name_zh: str | None
    roles: tuple[Role, ...]
    where: str | None = None
    deputy_for: str | None = None


#: key: (name, Chinese name, services).
PROVIDERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "institute": ("Yanling Environmental Assessment Institute", "燕岭环境评估院", ("assessment",)),
    "test_centre": ("Haiyun Test Centre", "海云检测中心", ("assessment",)),
    "laboratory": ("Weilan Materials Laboratory", "蔚蓝材料实验室", ("assessment",)),
    "mediators": ("Jingwei Mediation Centre", "经纬调解中心", ("mediation",)),
    "bank": ("Taoyuan Technology Bank", "桃源科技银行", ("pledge",)),
    "fund": ("Qingshan Green Capital", "青山绿色资本", ("finance",)),
    "verifiers": ("Mingche Verification", "明澈核证", ("verification",)),
}

PLAYERS: tuple[Player, ...] = (
    Player("chen", "Chen Yu", "陈宇", (Role.OFFICER,)),
    Player("li", "Li Wen", "李雯", (Role.OFFICER,)),
    Player("zhao", "Zhao Ming", "赵明", (Role.OFFICER,)),
    Player("supervisor", "Wang Fang", "王芳", (Role.SUPERVISOR,)),
    Player("second_supervisor", "Sun Hao", "孙浩", (Role.SUPERVISOR,)),
    Player("deputy", "Zhou Qiang", "周强", (Role.SUPERVISOR,), deputy_for="supervisor"),
    Player("officer_deputy", "Wu Dan", "吴丹", (Role.OFFICER,), deputy_for="chen"),
    Player("compliance", "Liu Jing", "刘静", (Role.COMPLIANCE,)),
    Player("second_compliance", "Gao Lei", "高磊", (Role.COMPLIANCE,)),
    Player("compliance_deputy", "Xu Ning", "徐宁", (Role.COMPLIANCE,), deputy_for="compliance"),
    Player("dispute_officer", "He Lan", "何兰", (Role.DISPUTE_OFFICER,)),
    Player("dispute_deputy", "Guo Yi", "郭怡", (Role.DISPUTE_OFFICER,), deputy_for="dispute_officer"),
    Player("auditor", "Ma Rui", "马睿", (Role.AUDITOR,)),
    Player("manager", "Lin Hui", "林慧", (Role.MANAGER,)),
    Player("observer", "Hu Bin", "胡斌", (Role.OBSERVER,)),
    Player("administrator", "Tang Kai", "唐凯", (Role.ADMINISTRATOR,)),
    Player("assessor", "Deng Jie", "邓洁", (Role.PROVIDER,), "institute"),
    Player("assessor_lead", "Cao Feng", "曹峰", (Role.PROVIDER_LEAD,), "institute"),
    Player("other_assessor", "Peng Xue", "彭雪", (Role.PROVIDER,), "test_centre"),
    Player("tester", "Jiang Bo", "江波", (Role.PROVIDER,), "laboratory"),
    Player("mediator", "Shen Qing", "沈清", (Role.PROVIDER,), "mediators"),
    Player("banker", "Luo Yang", "罗阳", (Role.PROVIDER,), "bank"),
    Player("bank_lead", "Xie Hong", "谢红", (Role.PROVIDER_LEAD,), "bank"),
    Player("financier", "Han Lu", "韩璐", (Role.PROVIDER,), "fund"),
    Player("verifier", "Fan Tao", "范涛", (Role.VERIFIER,), "verifiers"),
)
