"""The network a keep is to have: its own, or one that exists already."""

from dataclasses import dataclass, field

from components.network.egress import EgressRules


@dataclass(frozen=True, kw_only=True)
class NetworkPlan:
    """A network of the keep's own; `zones` are names like eu-central-1a."""

    cidr: str
    zones: tuple[str, ...]
    egress: EgressRules = field(default_factory=EgressRules)


@dataclass(frozen=True, kw_only=True)
class AdoptedNetworkPlan:
    """A VPC that exists already: one private subnet of it per zone, in the order of `zones`."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    egress: EgressRules = field(default_factory=EgressRules)
