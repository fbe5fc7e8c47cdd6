"""Writes a project with many tenants of all tiers, made from the shipped stacks."""

import copy
import random
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PLATFORM = "platform-eu-central-1"
MODELS = {"pooled": "pico", "dedicated": "demo", "premium": "acme"}
SHARES = {"pooled": 60, "dedicated": 30, "premium": 10}
"""Tenants of each tier in a hundred."""


def write_project(folder: Path, *, tenants: int = 100, seed: int = 7) -> list[str]:
    """Writes Pulumi.yaml, the platform's and the tenants' configuration; returns the tenants' stack names."""
    chance = random.Random(seed)  # noqa: S311 - no secret comes of it
    (folder / "Pulumi.yaml").write_text(f"name: codekeep\nruntime: python\nmain: {ROOT / 'stacks'}\n")
    names: list[str] = []
    for tier, share in SHARES.items():
        model = _config(MODELS[tier])
        for number in range(share * tenants // sum(SHARES.values())):
            name = f"{tier}-{number:03}"
            _write(folder, name, {"codekeep:tenant": _tenant(model["codekeep:tenant"], name, chance)})
            names.append(name)
    platform = _config(PLATFORM)
    platform["codekeep:platform"]["tenants"] = [name for name in names if name.startswith("pooled-")]
    _write(folder, PLATFORM, platform)
    return names


def _tenant(model: dict[str, Any], name: str, chance: random.Random) -> dict[str, Any]:
    """A spec like the model's, with another name, address range, number of seats and retention."""
    tenant = copy.deepcopy(model)
    tenant["name"] = name
    tenant["display_name"] = name.title()
    tenant["tags"]["cost-center"] = str(chance.randrange(1000, 9999))
    tenant["retention"]["log"] = chance.choice([30, 60, 90])
    tenant["caps"]["seats"] = chance.randrange(20, 400)
    if "network" in tenant and tenant["tier"] == "dedicated":
        tenant["network"]["cidr"] = f"10.{chance.randrange(0, 250)}.0.0/16"
    return tenant


def _config(stack: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return config


def _write(folder: Path, stack: str, config: dict[str, Any]) -> None:
    (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": config}, sort_keys=False))
