"""The pilot's workflow definitions; importing them registers their guards and effects."""

from __future__ import annotations

from casework.engine.definition.grammar import Workflow
from workflows.agreement import Agreement
from workflows.assessment import Assessment
from workflows.case import Case
from workflows.deployment import Deployment
from workflows.figures import FIGURES
from workflows.finance import Finance
from workflows.ip import Ip
from workflows.mediation import Mediation
from workflows.pledge import Pledge
from workflows.referral import Referral

#: Every definition, in the order in which a case meets them.
DEFINITIONS: tuple[type[Workflow], ...] = (
    Case, Referral, Ip, Assessment, Mediation, Pledge, Finance, Agreement, Deployment,
)  # fmt: skip

#: How much of each definition its scenarios must have seen before it is published, in percent.
COVERAGE = {"states": 100, "transitions": 95, "guards": 80}

__all__ = ["COVERAGE", "DEFINITIONS", "FIGURES"]
