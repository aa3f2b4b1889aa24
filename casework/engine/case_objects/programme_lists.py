"""The lists of a programme: what its forms offer to choose from. Each begins as the product has it; a programme adds, renames, retires.

An entry is known by its code, in a catalogue by its version and code, an indicator and a reason to close by kind and code. A code
stands in cases and records, so it never changes and is never taken away: what is not offered any more is retired, and stays readable
where it was used.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from casework import reasons
from casework.engine.definition.list_names import (
    CATALOGUES,
    CLOSING_REASONS,
    CODE,
    INDICATOR_KINDS,
    INDICATORS,
    OF,
    PRINTED,
    REASON_KINDS,
    unit_of,
)
from casework.engine.definition.names import insist_name
from casework.engine.roles import Role
from casework.engine.state.register_effects import ListChange
from casework.errors import FieldFault, InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.reasons import Why

#: What the log of a programme says was done.
LIST_SET = "list_set"
#: Who says what stands on a list, and on that of the words that matching asks for in another language: they meet it with each search.
LIST_SETTERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
GLOSSARY_SETTERS = (*LIST_SETTERS, Role.OFFICER)
#: The list of these words.
GLOSSARY = "glossary"
#: The version of a list of which the programme has said nothing; each change makes the next one.
FIRST_VERSION = 1
#: What is set of an entry, and since which version of its list it stands so.
ENTRY_FIELDS = ("list", "code", "version", "label", "label_zh", "position", "retired", "since")
#: The most entries of a list that one import brings, and the most that a list has.
MOST_ROWS, MOST = 1_000, 2_000
#: The longest table that a form or a program sends: as a form sends it, a sign takes nine bytes, and a request has a million.
MOST_SIGNS = 100_000
_LONGEST_LABEL = 300
#: The last place of an entry.
LAST = 99_999
_CODE = re.compile(CODE)
#: Columns that a file of entries may have, and those that it must have. A kind stands where a version does.
KIND = "kind"
COLUMNS = ("version", "code", "label", "label_zh", "position", "retired")
WANTED = ("code", "label", "label_zh")
#: The field that has the whole file, and what is said of a row with more cells than the header.
CONTENT, TOO_LONG = "content", "row"
_YES = frozenset({"yes", "true", "1", "x", "是"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What a form offers: its code, what it is called in both languages, and where it stands."""

    code: str
    label: str
    label_zh: str
    position: int
    version: str = ""
    retired: bool = False
    #: As the product has it: the programme has said nothing of it.
    shipped: bool = False
    #: It is known by its version and code, as a printed catalogue has them.
    printed: bool = False
    #: Since which version of its list it stands so.
    since: int = FIRST_VERSION

    @property
    def key(self) -> str:
        """As it stands in a case or a record."""
        return key_of(self.code, self.version)

    def called(self, label: str) -> str:
        """As it is told in a language: what is printed with a number, with that."""
        return f"{self.key} {label}" if self.printed else label


def key_of(code: str, version: str) -> str:
    return f"{version}{OF}{code}" if version else code


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list, and what it begins with."""

    start: tuple[Entry, ...]
    #: Whether its entries have a version: those of a catalogue.
    versioned: bool = False
    #: What stands in the place of a version, where it is one of these.
    kinds: tuple[str, ...] = ()
    #: Whether the code ends with what a value is counted in.
    counted: bool = False

    def order(self, entry: Entry) -> tuple[int, str, int, str]:
        """Where an entry stands: by version, or by kind as the kinds stand, and there by its place."""
        kind = self.kinds.index(entry.version) if entry.version in self.kinds else 0
        return kind, entry.version, entry.position, entry.key

    @property
    def columns(self) -> tuple[str, ...]:
        """What a table of its entries may have."""
        before = (KIND,) if self.kinds else ("version",) if self.versioned else ()
        return (*before, *(name for name in COLUMNS if name != "version"))


def _start(words: Mapping[str, tuple[str, str]], version: str = "", *, printed: bool = False) -> tuple[Entry, ...]:
    return tuple(
        Entry(code, label, label_zh, 10 * n, version, shipped=True, printed=printed)
        for n, (code, (label, label_zh)) in enumerate(words.items(), 1)
    )


def _by_kind(words: Mapping[str, tuple[str, str]]) -> tuple[Entry, ...]:
    """Entries by their keys."""
    parts = [(*key.split(OF), *said) for key, said in words.items()]
    return tuple(
        Entry(code, label, label_zh, 10 * n, kind, shipped=True)
        for n, (kind, code, label, label_zh) in enumerate(parts, 1)
    )


def _same(words: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Words of platforms, which are their own code."""
    return {word: (word[0].upper() + word[1:], label_zh) for word, label_zh in words.items()}


_SECTORS = {
    "Building and construction": "建筑与施工", "Chemicals and advanced materials": "化工与先进材料", "Energy": "能源",
    "Farming and forestry": "农林业", "Green products": "绿色产品", "Materials and processes": "材料与工艺",
    "Pollution and waste": "污染与废弃物", "Transportation": "交通运输", "Water": "水",
}  # fmt: skip
_BENEFITS = {
    "Air quality": "空气质量", "Energy": "能源", "Greenhouse gases": "温室气体", "Materials": "材料", "Odour": "臭气", "Safety": "安全",
    "Soil": "土壤", "Solvent saved": "溶剂节约", "Waste": "废弃物", "Water": "水",
}  # fmt: skip
_DISTRICTS = {
    "Changping": "昌平区", "Chaoyang": "朝阳区", "Daxing": "大兴区", "Dongcheng": "东城区", "Fangshan": "房山区", "Fengtai": "丰台区",
    "Haidian": "海淀区", "Huairou": "怀柔区", "Mentougou": "门头沟区", "Miyun": "密云区", "Pinggu": "平谷区", "Shijingshan": "石景山区",
    "Shunyi": "顺义区", "Tongzhou": "通州区", "Xicheng": "西城区", "Yanqing": "延庆区",
}  # fmt: skip
_WANTED_FORMS = {"joint venture": "合资", "licence": "实施许可", "pilot": "中试/示范应用", "purchase": "采购"}
_REFUSALS = {
    "need_not_met": ("It does not meet the need", "不能满足需求"),
    "not_ready": ("The technology is not ready", "技术尚不成熟"),
    "too_dear": ("It costs more than the budget", "超出预算"),
    "does_not_fit": ("It does not fit the site", "不适合现场条件"),
    "need_gone": ("The need is met or no longer there", "需求已满足或已取消"),
    "technology_gone": ("The technology is no longer offered", "技术不再提供"),
    "known_already": ("The parties know each other already", "双方已有联系"),
    "rights_unclear": ("Whose the rights are is not clear", "权属不清"),
    "rights_unavailable": ("No licence to its rights is to be had", "无法取得其知识产权许可"),
    "region_or_standard": ("Not for this region, or without the standard", "不适用于本地区或不符合标准"),
    "owner_silent": ("The owner cannot be reached", "联系不上技术供给方"),
    "duplicate": ("It duplicates another record", "与另一条记录重复"),
    "other": ("Another reason", "其他原因"),
}
#: The nine groups of the edition of 2025, in its order; its items are brought in as the printed catalogue has them.
_GREEN = {
    "1": ("Energy saving and carbon reduction", "节能降碳产业"),
    "2": ("Environmental protection", "环境保护产业"),
    "3": ("Recycling of resources", "资源循环利用产业"),
    "4": ("Green and low-carbon energy transition", "能源绿色低碳转型"),
    "5": ("Protection, restoration and use of ecosystems", "生态保护修复和利用"),
    "6": ("Green upgrade of infrastructure", "基础设施绿色升级"),
    "7": ("Green services", "绿色服务"),
    "8": ("Green trade", "绿色贸易"),
    "9": ("Green consumption", "绿色消费"),
}
#: All of them grow with time, so that a period can be compared with one of another length; a share or a concentration cannot.
_INDICATORS = {
    "energy/MWh": ("Energy used (MWh)", "用能量（MWh）"),
    "energy/tce": ("Energy used (tonnes of coal equivalent)", "用能量（吨标准煤）"),
    "energy/gas m3": ("Natural gas used (m³)", "天然气用量（m³）"),
    "water/m3": ("Water used (m³)", "用水量（m³）"),
    "co2e/t": ("Greenhouse gases (t CO2e)", "温室气体（吨二氧化碳当量）"),
    "pollutant/SO2 kg": ("Sulphur dioxide (kg)", "二氧化硫（kg）"),
    "pollutant/NOx kg": ("Nitrogen oxides (kg)", "氮氧化物（kg）"),
    "pollutant/dust kg": ("Dust (kg)", "颗粒物（kg）"),
    "pollutant/VOC kg": ("Volatile organic compounds (kg)", "挥发性有机物（kg）"),
    "pollutant/COD kg": ("Chemical oxygen demand (kg)", "化学需氧量（kg）"),
    "pollutant/ammonia kg": ("Ammonia nitrogen (kg)", "氨氮（kg）"),
    "waste/t": ("Waste (t)", "废弃物（t）"),
    "yield/t": ("Output (t)", "产量（t）"),
    "yield/pieces": ("Output (pieces)", "产量（件）"),
    "cost/CNY": ("Running cost (CNY)", "运行费用（元）"),
    "other/material t": ("Another material used (t)", "其他材料用量（t）"),
    "other/h": ("Another effort (hours)", "其他投入（小时）"),
}
_CLOSING = {
    "money/price": ("Price", "价格"),
    "money/finance_not_found": ("Finance not found", "未找到融资"),
    "technology/performance": ("Performance", "性能"),
    "technology/unproven": ("Unproven technology", "技术未经验证"),
    "rights/terms": ("Terms for intellectual property", "知识产权条件"),
    "rights/ownership": ("Ownership problem", "权属问题"),
    "rights/confidentiality": ("Confidentiality", "保密"),
    "rules/regulation": ("Regulation", "法规限制"),
    "rules/export_control": ("Export control", "出口管制"),
    "site/site": ("Site", "场地"),
    "parties/partner_lost": ("Partner lost", "合作伙伴退出"),
    "parties/no_answer_need": ("No answer from the need owner", "需求方未答复"),
    "parties/no_answer_technology": ("No answer from the technology owner", "技术供给方未答复"),
    "parties/strategy_change": ("Change of strategy", "战略调整"),
    "delay/provider": ("Delay of a provider", "服务机构延误"),
    "delay/programme": ("Delay of the programme", "项目方延误"),
    "other/other": ("Other", "其他"),
}
#: What the dictionary lacks or says too broadly.
_GLOSSARY = {
    "biogas": ("biogas", "沼气"), "carbon_capture": ("carbon capture", "碳捕集"), "charging": ("charging infrastructure", "充电设施"),
    "denitrification": ("flue gas denitrification", "脱硝"), "desulphurisation": ("desulphurisation", "脱硫"),
    "electrolyser": ("electrolyser", "电解槽"), "energy_saving": ("energy saving", "节能"), "energy_storage": ("energy storage", "储能"),
    "exhaust_gas": ("exhaust gas", "废气"), "flue_gas": ("flue gas", "烟气"), "heat_pump": ("heat pump", "热泵"),
    "hydrogen": ("hydrogen production", "制氢"), "membrane": ("membrane separation", "膜分离"), "photovoltaic": ("photovoltaic", "光伏"),
    "reclaimed_water": ("reclaimed water", "中水"), "sewage": ("waste water", "污水"), "sludge": ("sludge", "污泥"),
    "solid_waste": ("solid waste", "固废"), "sorting": ("waste sorting", "分选"), "voc": ("volatile organic compounds", "有机废气"),
    "waste_heat": ("waste heat recovery", "余热"), "waste_heat_recovery": ("waste heat recovery", "余热回收"),
    "waste_water": ("waste water", "废水"), "wind_power": ("wind power", "风电"),
}  # fmt: skip
LISTS: Mapping[str, ListKind] = {
    "sectors": ListKind(_start(_same(_SECTORS))),
    "districts": ListKind(_start(_same(_DISTRICTS))),
    "wanted_forms": ListKind(_start(_same(_WANTED_FORMS))),
    "benefits": ListKind(_start(_same(_BENEFITS))),
    "match_refusals": ListKind(_start(_REFUSALS)),
    "glossary": ListKind(_start(_GLOSSARY)),
    "green_items": ListKind(_start(_GREEN, "2025", printed=True), versioned="green_items" in CATALOGUES),
    CLOSING_REASONS: ListKind(_by_kind(_CLOSING), versioned=CLOSING_REASONS in CATALOGUES, kinds=REASON_KINDS),
    INDICATORS: ListKind(
        _by_kind(_INDICATORS), versioned=INDICATORS in CATALOGUES, kinds=INDICATOR_KINDS, counted=True
    ),
}

#: By kind of record and field, the list from which it is answered.
LISTED: Mapping[str, Mapping[str, str]] = {
    "need": {"sector": "sectors", "district": "districts", "wanted_form": "wanted_forms"},
    "technology": {"benefits": "benefits"},
}
#: What is the place's own, so that a programme elsewhere begins with none of it.
OF_THE_PLACE = "districts"
#: By list, its entries in order.
Lists = Mapping[str, tuple[Entry, ...]]


def overlay(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[Entry, ...]]:
    """Every list: what it begins with, and in its place or after it what a programme has said."""
    found = {name: {entry.key: entry for entry in kind.start} for name, kind in LISTS.items()}
    for row in rows:
        entry = Entry(
            row["code"],
            row["label"],
            row["label_zh"],
            row["position"],
            row["version"],
            retired=row["retired"],
            printed=row["list"] in PRINTED,
            since=row.get("since", FIRST_VERSION),
        )
        found[row["list"]][entry.key] = entry
    return {name: tuple(sorted(entries.values(), key=LISTS[name].order)) for name, entries in found.items()}


def setters_of(name: str) -> tuple[Role, ...]:
    """Who says what stands on a list."""
    return GLOSSARY_SETTERS if name == GLOSSARY else LIST_SETTERS


def number_of(entries: Iterable[Entry]) -> int:
    """The version that a list has: no row is ever deleted, so that of its newest change stands in one."""
    return max((entry.since for entry in entries), default=FIRST_VERSION)


def offered(entries: Iterable[Entry]) -> list[Entry]:
    """Those that forms offer."""
    return [entry for entry in entries if not entry.retired]


def find(entries: Iterable[Entry], key: str) -> Entry | None:
    return next((entry for entry in entries if entry.key == key), None)


def insist_apart(lists: Lists, name: str, keys: Iterable[str]) -> None:
    """Refuse an entry of a catalogue whose key stands on another one: an answer names its entry by the key alone."""
    if name not in CATALOGUES:
        return
    taken = {entry.key for other in CATALOGUES - {name} for entry in lists[other]} & set(keys)
    if taken:
        raise InvalidForm(fields={"code": reasons.lists.KEY_TAKEN(key=min(taken))})


def meant(entries: Iterable[Entry], words: str) -> str:
    """The entry that somebody means who writes its code or what it is called in either language; else the words themselves."""
    plain = words.casefold()
    for entry in entries:
        if plain in (entry.key.casefold(), entry.label.casefold(), entry.label_zh.casefold()):
            return entry.key
    return words


def in_both(words: str) -> tuple[str, str]:
    """What somebody calls a thing in English and in Chinese: "steam boilers / 蒸汽锅炉"; one name alone is said in both."""
    english, _, chinese = (part.strip() for part in words.partition(" / "))
    return english or chinese, chinese or english


def cleaned(name: str, fields: JsonMapping) -> JsonObject:
    """An entry of a list as it is stored. Raises InvalidForm with every fault."""
    faults: dict[str, Why] = {}
    values: JsonObject = {"list": name, "retired": fields.get("retired") is True}
    for field in ("code", "version"):
        try:
            values[field] = _code(str(fields.get(field) or "").strip(), wanted=field == "code" or LISTS[name].versioned)
        except FieldFault as refusal:
            faults[field] = refusal.reason
    kind = LISTS[name]
    if not kind.versioned and values.get("version"):
        faults["version"] = reasons.lists.NO_VERSION
    if kind.kinds and values.get("version", kind.kinds[0]) not in kind.kinds:
        faults["version"] = reasons.lists.KIND(kinds=kind.kinds)
    for field in ("label", "label_zh"):
        try:
            values[field] = insist_name(str(fields.get(field) or ""), field, _LONGEST_LABEL)
        except InvalidForm as refusal:
            faults |= refusal.fields
    place = fields.get("position")
    values["position"] = LAST if place is None else place
    if not isinstance(values["position"], int) or not 1 <= values["position"] <= LAST:
        faults["position"] = reasons.lists.PLACE(most=LAST)
    if faults:
        raise InvalidForm(fields=faults)
    return values


def rows_of(name: str, content: str) -> list[tuple[int, JsonObject]]:
    """The entries of a file with a header, each with its row as a spreadsheet counts it. Raises InvalidForm for one that is none.

    Cells stand between commas, or between tabs as they come out of a spreadsheet.
    """
    lines = content.lstrip("\ufeff")
    mark = "\t" if "\t" in lines.partition("\n")[0] else ","
    try:
        table = [
            (n, row) for n, row in enumerate(csv.reader(StringIO(lines), delimiter=mark, strict=True), 1) if any(row)
        ]
    except csv.Error:
        raise InvalidForm(fields={CONTENT: reasons.lists.NO_TABLE}) from None
    header = [cell.strip().casefold() for cell in table[0][1]] if table else []
    if missing := [column for column in WANTED if column not in header]:
        raise InvalidForm(fields={CONTENT: reasons.lists.COLUMNS(missing=missing)})
    if unknown := [column for column in header if column not in LISTS[name].columns]:
        raise InvalidForm(fields={CONTENT: reasons.lists.UNKNOWN_COLUMNS(unknown=unknown)})
    if len(table) - 1 > MOST_ROWS:
        raise InvalidForm(fields={CONTENT: reasons.lists.TOO_MANY(most=MOST_ROWS)})
    return [(n, _row(header, row)) for n, row in table[1:]]


def _row(header: list[str], cells: list[str]) -> JsonObject:
    said: JsonObject = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
    if len(cells) > len(header):
        said[TOO_LONG] = True
    if KIND in said:
        said["version"] = said.pop(KIND)
    place = said.get("position")
    if isinstance(place, str):
        # What is no number is refused as such.
        said["position"] = int(place) if place.isascii() and place.isdigit() and len(place) < 6 else place
    if "retired" in said:
        said["retired"] = str(said["retired"]).casefold() in _YES
    return said


def table_of(name: str, content: str) -> list[JsonObject]:
    """The entries of such a file as they are stored. Raises InvalidForm with every fault, each by its row."""
    faults: dict[str, Why] = {}
    values: list[JsonObject] = []
    rows: dict[str, int] = {}
    for n, said in rows_of(name, content):
        try:
            if said.pop(TOO_LONG, False):
                raise InvalidForm(fields={"row": reasons.lists.TOO_MANY_CELLS})
            given = cleaned(name, said if "position" in said else {**said, "position": min(10 * (n - 1), LAST)})
            before = rows.setdefault(key_of(given["code"], given["version"]), n)
            if before != n:
                raise InvalidForm(fields={"code": reasons.lists.TWICE(row=before)})
            values.append(given)
        except InvalidForm as refusal:
            faults |= {
                f"row.{n}.{field}": reasons.lists.IN_ROW(row=n, column=_column(name, field), why=why)
                for field, why in refusal.fields.items()
            }
    if not values and not faults:
        faults[CONTENT] = reasons.lists.NO_TABLE
    if faults:
        raise InvalidForm(fields=faults)
    return values


def _column(name: str, field: str) -> str:
    """What a table calls the column that a field comes from."""
    return KIND if field == "version" and LISTS[name].kinds else field


def _code(said: str, *, wanted: bool) -> str:
    if not said and not wanted:
        return ""
    if not _CODE.fullmatch(said):
        raise FieldFault(reasons.lists.CODE)
    return said


def changed(name: str, values: Iterable[JsonMapping]) -> ListChange:
    """What an event says of a list: by entry whether it is offered from now on. Codes name nobody."""
    return {
        "list": name,
        "offered": {key_of(one["code"], one["version"]): not one["retired"] for one in values},
    }


def offered_after(change: ListChange, before: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """By list the entries that are offered, after one more change; to begin with, as the product has them."""
    name, told = change["list"], change["offered"]
    now = before[name] - {key for key, offered in told.items() if not offered}
    return {**before, name: now | {key for key, offered in told.items() if offered}}


#: By list the entries that are offered where a programme has said nothing.
AT_FIRST: Mapping[str, frozenset[str]] = {
    name: frozenset(entry.key for entry in kind.start) for name, kind in LISTS.items()
}


__all__ = [
    "AT_FIRST", "COLUMNS", "CONTENT", "ENTRY_FIELDS", "FIRST_VERSION", "GLOSSARY", "GLOSSARY_SETTERS", "KIND", "LAST", "LISTED", "LISTS",
    "LIST_SET", "LIST_SETTERS", "MOST", "MOST_ROWS", "MOST_SIGNS", "OF", "Entry", "ListKind", "Lists", "changed", "cleaned", "find",
    "in_both", "insist_apart", "key_of", "meant", "number_of", "offered", "offered_after", "overlay", "setters_of", "table_of", "unit_of",
]  # fmt: skip
