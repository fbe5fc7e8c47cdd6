"""The guards of every rule, by rule id: one module for each family of rules."""

from collections import ChainMap
from collections.abc import Mapping

from tests.policies.guards import (
    cost,
    data_life,
    encryption,
    identity,
    kubernetes,
    logging,
    network,
    region_lock,
    supply,
    tenancy,
)
from tests.policies.guards.guard import Break, Guard

__all__ = ["GUARDS", "Break", "Guard"]

_FAMILIES = (cost, data_life, encryption, identity, kubernetes, logging, network, region_lock, supply, tenancy)
GUARDS: Mapping[str, tuple[Guard, ...]] = dict(ChainMap(*(dict(family.GUARDS) for family in _FAMILIES)))
