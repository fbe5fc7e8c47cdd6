"""Regions named in texts: in ARNs, zones, service names and host names."""

import re
from dataclasses import dataclass

from policies.graph import ResourceGraph
from policies.graph.references import references_in

_REGION = re.compile(
    r"(?<![a-z0-9-])((?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-iso[a-z]?)?"
    r"-(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-[1-9])(?![0-9])"
)
_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]*):([a-z0-9*-]*):([0-9*]*|aws):([^\s\"',]*)")
_ZONE = re.compile(r"^([a-z-]+-\d)[a-z]$")


@dataclass(frozen=True, kw_only=True)
class Arn:
    """An ARN's parts; region and account are empty for global services."""

    service: str
    region: str
    account: str
    resource: str


def regions_in(text: str) -> list[str]:
    """Every region that a text names, by itself or in a zone, in order; references do not count."""
    return list(dict.fromkeys(_REGION.findall(re.sub(r"\$\{urn:pulumi:[^}]*\}", "", text))))


def region_of_zone(zone: str) -> str | None:
    """`eu-central-1` for `eu-central-1a`; None for what is no zone."""
    match = _ZONE.match(zone)
    return match.group(1) if match else None


def arns_in(text: str) -> list[Arn]:
    """Every ARN in a text."""
    return [
        Arn(service=service, region=region, account=account, resource=resource)
        for _, service, region, account, resource in _ARN.findall(text)
    ]


def referred_regions(text: str, graph: ResourceGraph) -> list[str]:
    """Regions of the resources that the references in a text lead to."""
    nodes = [graph.get(reference.urn) for reference in references_in(text)]
    return [node.region for node in nodes if node is not None and node.region]
