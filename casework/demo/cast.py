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
    #: In which the person reads pages and mails.
    language: str = "en"


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

#: Whose needs are in the demo: name, Chinese name. Most who offer technologies are from elsewhere and go by one name.
NEED_OWNERS: dict[str, str] = {
    "Capital Ready-Mix Company": "京都预拌混凝土公司",
    "Changping Cloud Campus": "昌平云计算园区",
    "Chaoyang Waste Treatment Station": "朝阳垃圾处理站",
    "City Parks Irrigation Office": "城市公园灌溉管理处",
    "Daxing Package Printing Works": "大兴包装印刷厂",
    "Dongsi Housing Renewal Office": "东四老旧住宅改造办公室",
    "Fangshan Battery Cycle Company": "房山电池循环公司",
    "Fengtai Food Waste Station": "丰台厨余垃圾处理站",
    "Former Coke Works Renewal Company": "原焦化厂更新建设公司",
    "Haidian Heat Supply Company": "海淀供热公司",
    "Huairou Reclaimed Water Works": "怀柔再生水厂",
    "Lantern Street Restaurants": "灯笼街餐饮联合社",
    "Lianhua Waste Transfer Station": "莲花垃圾转运站",
    "North Ring Bus Depot": "北环公交场站",
    "Pinggu Orchard Cooperative": "平谷果园合作社",
    "Shijingshan Steam Supply Company": "石景山供汽公司",
    "Shunyi Ground Heat Company": "顺义地热公司",
    "South Market Cold Chain Company": "南市冷链公司",
    "Southern Axis Construction Group": "南轴线建设集团",
    "Street Air Observation Centre": "街区空气观测中心",
    "Tongzhou Water Reclamation Works": "通州再生水厂",
    "Willow River Kiln Works": "柳河窑业厂",
    "Yanqing Hydrogen Station": "延庆加氢站",
    "Yizhuang Curtain Wall Works": "亦庄幕墙厂",
}
#: Chinese owners of technologies, for Beijing and for abroad: name, Chinese name, and whether it is state-owned.
TECHNOLOGY_OWNERS: dict[str, tuple[str, bool]] = {
    "Yongding Institute of Drying": ("永定干燥技术研究院", True),
    "Baishan Separation Company": ("白山分离技术公司", False),
    "Lanting Compressor Company": ("蓝汀压缩机公司", False),
    "Beiyuan University of Technology": ("北园工业大学", True),
}

PLAYERS: tuple[Player, ...] = (
    Player("chen", "Chen Yu", "陈宇", (Role.OFFICER,)),
    Player("li", "Li Wen", "李雯", (Role.OFFICER,), language="zh-Hans"),
    Player("zhao", "Zhao Ming", "赵明", (Role.OFFICER,)),
    Player("supervisor", "Wang Fang", "王芳", (Role.SUPERVISOR,)),
    Player("second_supervisor", "Sun Hao", "孙浩", (Role.SUPERVISOR,), language="zh-Hans"),
    Player("deputy", "Zhou Qiang", "周强", (Role.SUPERVISOR,), deputy_for="supervisor"),
    Player("officer_deputy", "Wu Dan", "吴丹", (Role.OFFICER,), deputy_for="chen"),
    Player("compliance", "Liu Jing", "刘静", (Role.COMPLIANCE,)),
    Player("second_compliance", "Gao Lei", "高磊", (Role.COMPLIANCE,), language="zh-Hans"),
    Player("compliance_deputy", "Xu Ning", "徐宁", (Role.COMPLIANCE,), deputy_for="compliance"),
    Player("dispute_officer", "He Lan", "何兰", (Role.DISPUTE_OFFICER,)),
    Player("dispute_deputy", "Guo Yi", "郭怡", (Role.DISPUTE_OFFICER,), deputy_for="dispute_officer"),
    Player("auditor", "Ma Rui", "马睿", (Role.AUDITOR,)),
    Player("manager", "Lin Hui", "林慧", (Role.MANAGER,)),
    Player("observer", "Hu Bin", "胡斌", (Role.OBSERVER,)),
    Player("administrator", "Tang Kai", "唐凯", (Role.ADMINISTRATOR,)),
    Player("assessor", "Deng Jie", "邓洁", (Role.PROVIDER,), "institute"),
    Player("assessor_lead", "Cao Feng", "曹峰", (Role.PROVIDER_LEAD,), "institute"),
    Player("other_assessor", "Peng Xue", "彭雪", (Role.PROVIDER,), "test_centre", language="zh-Hans"),
    Player("tester", "Jiang Bo", "江波", (Role.PROVIDER,), "laboratory"),
    Player("mediator", "Shen Qing", "沈清", (Role.PROVIDER,), "mediators", language="zh-Hans"),
    Player("banker", "Luo Yang", "罗阳", (Role.PROVIDER,), "bank", language="zh-Hans"),
    Player("bank_lead", "Xie Hong", "谢红", (Role.PROVIDER_LEAD,), "bank", language="zh-Hans"),
    Player("financier", "Han Lu", "韩璐", (Role.PROVIDER,), "fund"),
    Player("verifier", "Fan Tao", "范涛", (Role.VERIFIER,), "verifiers", language="zh-Hans"),
)
