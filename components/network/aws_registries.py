"""The registries of AWS from which a cluster pulls images of add-ons."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("aws_registries.yaml").read_text())
    return table


def add_on_registries(region: str) -> tuple[str, ...]:
    """The accounts of EKS's registry and of GuardDuty's agent's; the agent has none of its own in some regions.

    The agent's is among them for every keep: the owner of an adopted detector may let GuardDuty manage agents, too.
    """
    eks, agent = _table()["eks"], _table()["guardduty_agent"]
    own = str(eks["regions"].get(region, eks["default"]))
    return (own, str(agent[region])) if region in agent else (own,)
