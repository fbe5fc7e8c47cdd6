"""A keep's network as planned: its own, or an existing VPC."""

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
    """An existing VPC, with one private subnet per zone in the order of `zones`; its owner answers for its routes."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    zones: tuple[str, ...]
    egress: EgressRules = field(default_factory=EgressRules)

    def __post_init__(self) -> None:
        if len(self.subnet_ids) != len(self.zones):
            raise ValueError(
                f"subnet_ids must name one subnet per zone, got {len(self.subnet_ids)} for {', '.join(self.zones)}"
            )
        if len(set(self.subnet_ids)) != len(self.subnet_ids):
            raise ValueError(f"subnet_ids must differ, got {', '.join(self.subnet_ids)}")
