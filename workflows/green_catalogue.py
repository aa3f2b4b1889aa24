"""The catalogues by which a project counts as green, and the first level of the one in force.

The Green Finance Endorsed Projects Catalogue, 2025 edition (绿色金融支持项目目录（2025年版）), of the People's Bank of China and the two
supervisors, is in force since 1 October 2025: nine groups, 38 classes, 271 items. Its groups are told here as the notice and
accounts of it tell them (`docs/explanation/law.md`, H1); the number of a class and an item is typed as the catalogue prints it.
"""

from __future__ import annotations

#: By code and edition; the older ones only for what was approved before.
CATALOGUES = {
    "finance_2025": "Green finance endorsed projects, 2025 edition",
    "industry_2024": "Green and low-carbon industries, 2024 edition",
    "bond_2021": "Green bond endorsed projects, 2021 edition",
}
#: The groups of the edition of 2025, in its order.
GROUPS_2025 = {
    "energy_saving": "Energy saving and carbon reduction",
    "environment": "Environmental protection",
    "recycling": "Use of resources over again",
    "clean_energy": "Green and low-carbon change of energy",
    "ecology": "Protection, repair and use of nature",
    "infrastructure": "Green upgrade of infrastructure",
    "services": "Green services",
    "trade": "Green trade",
    "consumption": "Green consumption",
}
