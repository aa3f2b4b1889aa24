"""Lists of codes that several forms share, with the words people read."""

from __future__ import annotations

#: Outcomes of a case, process of a match.
OUTCOMES = {
    "deployed_verified": "Deployed, effect verified",
    "deployed_measured": "Deployed, effect measured",
    "deployed_unmeasured": "Deployed, effect not measured",
    "agreement_no_site": "Agreement without a site",
    "agreement_only": "Agreement only, no working site",
    "no_agreement": "No agreement",
    "not_viable": "Not viable",
    "not_eligible": "Not eligible",
    "duplicate": "Duplicate",
    "need_met_elsewhere": "Need met elsewhere",
    "withdrawn_need_owner": "Withdrawn by the need owner",
    "withdrawn_technology_owner": "Withdrawn by the technology owner",
    "dormant": "Dormant",
    "introduced": "Introduced, no more",
    "compliance_stop": "Stopped by compliance",
}
#: What a case may come to without a stop.
ORDINARY_OUTCOMES = {code: words for code, words in OUTCOMES.items() if code != "compliance_stop"}
#: Of which the parties are asked later what came of it: of a stop nobody asks, and of a duplicate the other case.
FOLLOWED_UP = tuple(code for code in OUTCOMES if code not in ("compliance_stop", "duplicate"))
DEPLOYED = ("deployed_verified", "deployed_measured", "deployed_unmeasured")
SUCCESSES = (*DEPLOYED, "agreement_no_site")
UNSUCCESSFUL = tuple(code for code in OUTCOMES if code not in SUCCESSES)

#: In what the capacity of a site is told.
CAPACITY_UNITS = {
    "kw_heat": "kW of heat",
    "kw_cold": "kW of cold",
    "kw_power": "kW of electricity",
    "kwh_storage": "kWh of storage",
    "m3_air_hour": "m³ of air or gas per hour",
    "m3_water_day": "m³ of water per day",
    "tonnes_day": "t of material per day",
    "square_metres": "m² of area",
    "pieces": "pieces",
}

#: What is to be negotiated anew.
REASONS = {
    "price": "Price",
    "finance_not_found": "Finance not found",
    "performance": "Performance",
    "unproven_technology": "Unproven technology",
    "ip_terms": "Terms for intellectual property",
    "ownership_problem": "Ownership problem",
    "confidentiality": "Confidentiality",
    "regulation": "Regulation",
    "export_control": "Export control",
    "site": "Site",
    "partner_lost": "Partner lost",
    "no_answer_need": "No answer from the need owner",
    "no_answer_technology": "No answer from the technology owner",
    "provider_delay": "Delay of a provider",
    "programme_delay": "Delay of the programme",
    "strategy_change": "Change of strategy",
    "other": "Other",
}

#: Why a case waits. A dispute is never named: its parties have paused.
HOLD_REASONS = {
    "parties_paused": "The parties have paused",
    "budget": "Waiting for a budget",
    "authority_decision": "Waiting for an authority's decision",
    "site_not_ready": "The site is not ready",
    "season": "Waiting for a season or a shutdown of the plant",
    "people_away": "Key people are away",
    "other": "Other",
}
WAITS_FOR = {
    "need_owner": "The need owner",
    "technology_owner": "The technology owner",
    "provider": "A provider",
    "authority": "An authority",
    "other": "Somebody else",
}

SERVICES = {
    "assessment": "Technology assessment",
    "mediation": "Mediation",
    "pledge": "Pledge of intellectual property",
    "finance": "Green finance",
    "verification": "Measurement and verification",
}
#: Every service but mediation, which has no question, documents, return or rating.
OPEN_SERVICES = tuple(code for code in SERVICES if code != "mediation")

PAYERS = {
    "need_owner": "The need owner",
    "technology_owner": "The technology owner",
    "both": "Both parties",
    "programme": "The programme",
}

#: Why a case may go on without an assessment.
WITHOUT_ASSESSMENT = {
    "statement_valid": "A statement is valid already",
    "provider_not_available": "No provider is available",
    "risk_accepted": "A party accepts the risk in writing",
}

#: What parties sign: what only prepares, goods and work that name no right, and what gives rights away or their use.
AGREEMENTS = {
    "nda": "Non-disclosure agreement",
    "loi": "Letter of intent",
    "purchase": "Purchase of equipment",
    "development": "Development",
    "technical_service": "Consulting or technical service",
    "patent_licence": "Patent licence",
    "know_how_licence": "Know-how licence",
    "assignment": "Assignment of a patent or an application",
    "joint_venture": "Joint venture or equity",
}
#: They bind nobody to the transfer itself.
PREPARATORY = ("nda", "loi")
BINDING = {code: words for code, words in AGREEMENTS.items() if code not in PREPARATORY}
LICENCES = ("patent_licence", "know_how_licence")
#: Kinds that must name rights, and with the joint venture those that may.
NAMING_RIGHTS = (*LICENCES, "assignment")
ABOUT_RIGHTS = (*NAMING_RIGHTS, "joint_venture")
EXCLUSIVITY = {
    "exclusive": "Exclusive: nobody else, not even the owner",
    "sole": "Sole: the licensee and the owner",
    "plain": "Plain: others too",
}
#: What becomes of rights that go into a joint venture.
CONTRIBUTIONS = {
    "none": "No rights go into it",
    "assigned": "They are assigned to it",
    "exclusive": "It has an exclusive licence",
    "sole": "It has a sole licence",
    "plain": "It has a plain licence",
}
#: Those by which the company has a licence, which has its territories and uses.
LICENSED_INTO = ("exclusive", "sole", "plain")
INTO_COMPANY = ("assigned", *LICENSED_INTO)
#: What a technology is used for: the fields of WIPO GREEN.
USES = {
    "building": "Building and construction", "chemicals": "Chemicals and advanced materials", "energy": "Energy",
    "farming": "Farming and forestry", "products": "Green products", "processes": "Materials and processes",
    "pollution": "Pollution and waste", "transport": "Transportation", "water": "Water",
}  # fmt: skip

PRICE_FORMS = {
    "fixed": "Fixed sum",
    "entry_and_royalty": "Entry fee and royalty",
    "royalty": "Royalty only",
    "equity": "Equity",
    "none": "None",
}
ROYALTIES = ("entry_and_royalty", "royalty")
PRICED = tuple(code for code in PRICE_FORMS if code != "none")
#: Why nothing is paid, and why there is a price and no sum.
NO_PRICE = {
    "prepares": "It only prepares another agreement",
    "own_costs": "Each party bears its own costs",
    "free": "The owner asks nothing for it",
    "elsewhere": "Another agreement has the price",
}
NO_VALUE = {
    "royalty": "Only royalties: no sum can be told yet",
    "by_order": "Each order has its own price",
    "not_told": "The parties do not tell it",
}
PAYMENTS = {
    "entry_fee": "Entry fee",
    "advance": "Advance",
    "delivery": "On delivery",
    "acceptance": "On acceptance",
    "final": "Last part",
    "other": "Other",
}
ROYALTY_BASES = {
    "net_sales": "Net sales",
    "output": "Units made",
    "profit": "Profit",
    "savings": "Costs saved",
}

#: ISO 3166 codes of where licences are usually given, by name after the nearest, and one for everywhere.
TERRITORIES = {
    "CN": "China", "HK": "Hong Kong, China", "MO": "Macao, China", "TW": "Taiwan, China", "WORLD": "Every country",
    "DZ": "Algeria", "AR": "Argentina", "AU": "Australia", "AT": "Austria", "AZ": "Azerbaijan", "BD": "Bangladesh",
    "BY": "Belarus", "BE": "Belgium", "BR": "Brazil", "BN": "Brunei Darussalam", "BG": "Bulgaria", "KH": "Cambodia",
    "CA": "Canada", "CL": "Chile", "CO": "Colombia", "CR": "Costa Rica", "CI": "Côte d’Ivoire", "HR": "Croatia",
    "CY": "Cyprus", "CZ": "Czechia", "DK": "Denmark", "EC": "Ecuador", "EG": "Egypt", "EE": "Estonia", "ET": "Ethiopia",
    "FI": "Finland", "FR": "France", "GE": "Georgia", "DE": "Germany", "GH": "Ghana", "GR": "Greece", "HU": "Hungary",
    "IS": "Iceland", "IN": "India", "ID": "Indonesia", "IR": "Iran", "IQ": "Iraq", "IE": "Ireland", "IL": "Israel",
    "IT": "Italy", "JP": "Japan", "JO": "Jordan", "KZ": "Kazakhstan", "KE": "Kenya", "KW": "Kuwait", "KG": "Kyrgyzstan",
    "LA": "Lao PDR", "LV": "Latvia", "LT": "Lithuania", "LU": "Luxembourg", "MY": "Malaysia", "MT": "Malta",
    "MX": "Mexico", "MN": "Mongolia", "MA": "Morocco", "MM": "Myanmar", "NP": "Nepal", "NL": "Netherlands",
    "NZ": "New Zealand", "NG": "Nigeria", "NO": "Norway", "OM": "Oman", "PK": "Pakistan", "PE": "Peru",
    "PH": "Philippines", "PL": "Poland", "PT": "Portugal", "QA": "Qatar", "KR": "Republic of Korea", "RO": "Romania",
    "RU": "Russian Federation", "RW": "Rwanda", "SA": "Saudi Arabia", "SN": "Senegal", "RS": "Serbia",
    "SG": "Singapore", "SK": "Slovakia", "SI": "Slovenia", "ZA": "South Africa", "ES": "Spain", "LK": "Sri Lanka",
    "SE": "Sweden", "CH": "Switzerland", "TJ": "Tajikistan", "TZ": "Tanzania", "TH": "Thailand", "TN": "Tunisia",
    "TR": "Türkiye", "UG": "Uganda", "UA": "Ukraine", "AE": "United Arab Emirates", "GB": "United Kingdom",
    "US": "United States of America", "UY": "Uruguay", "UZ": "Uzbekistan", "VN": "Viet Nam", "ZM": "Zambia",
}  # fmt: skip
