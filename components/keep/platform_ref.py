"""A region's shared platform as its pooled keeps see it, read from the outputs of the platform's stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.compute.cluster_ref import ClusterRef
from components.keep.infrastructure import Infrastructure
from components.network.network_ref import NetworkRef

IMAGES = "imageUrls"


@dataclass(frozen=True, kw_only=True)
class PlatformRef(Infrastructure):
    """The infrastructure that a platform shares. `of` reads what `exports` writes."""

    index_domain_name: pulumi.Output[str]
    search_roles_image: pulumi.Output[str]  # repository@digest; what runs as the domain's administrator

    @classmethod
    def of(
        cls, exports: pulumi.Output[Any], *, zones: Sequence[str], services: Sequence[str], images: Sequence[str]
    ) -> "PlatformRef":
        """Reads the `platform` output of the platform's stack from a StackReference, whose value may not be known yet.

        Zones, endpoints and images must be known before.
        """

        def text(*path: str | int) -> pulumi.Output[str]:
            return exports.apply(lambda found: _at(found, path))

        def each_zone(key: str) -> list[pulumi.Output[str]]:
            return [text("network", key, index) for index in range(len(zones))]

        return cls(
            network=NetworkRef(
                vpc_id=text("network", "vpcId"),
                cidr=text("network", "cidr"),
                zones=tuple(zones),
                private_subnet_ids=each_zone("privateSubnetIds"),
                endpoint_subnet_ids=each_zone("endpointSubnetIds"),
                private_cidrs=each_zone("privateCidrs"),
                endpoint_cidrs=each_zone("endpointCidrs"),
                route_table_ids=each_zone("routeTableIds"),
                endpoint_security_group_id=text("network", "endpointSecurityGroupId"),
                s3_endpoint_id=text("network", "s3EndpointId"),
                interface_endpoint_ids={
                    service: text("network", "interfaceEndpointIds", service) for service in services
                },
            ),
            node_security_group_id=text("nodeSecurityGroupId"),
            cluster=ClusterRef(
                name=text("clusterName"),
                arn=text("clusterArn"),
                endpoint=text("clusterEndpoint"),
                ca=text("clusterCa"),
            ),
            index_endpoint=text("indexEndpoint"),
            index_domain_arn=text("indexDomainArn"),
            index_domain_name=text("indexDomainName"),
            search_roles_image=text("searchRolesImage"),
            image_urls={image: text(IMAGES, image) for image in images},
        )

    def exports(self) -> dict[str, Any]:
        """The output `platform` of the platform's stack."""
        network = self.network
        return {
            "network": {
                "vpcId": network.vpc_id,
                "cidr": network.cidr,
                "zones": list(network.zones),
                "privateSubnetIds": list(network.private_subnet_ids),
                "endpointSubnetIds": list(network.endpoint_subnet_ids),
                "privateCidrs": list(network.private_cidrs),
                "endpointCidrs": list(network.endpoint_cidrs),
                "routeTableIds": list(network.route_table_ids),
                "endpointSecurityGroupId": network.endpoint_security_group_id,
                "s3EndpointId": network.s3_endpoint_id,
                "interfaceEndpointIds": dict(network.interface_endpoint_ids),
            },
            "nodeSecurityGroupId": self.node_security_group_id,
            "clusterName": self.cluster.name,
            "clusterArn": self.cluster.arn,
            "clusterEndpoint": self.cluster.endpoint,
            "clusterCa": self.cluster.ca,
            "indexEndpoint": self.index_endpoint,
            "indexDomainArn": self.index_domain_arn,
            "indexDomainName": self.index_domain_name,
            "searchRolesImage": self.search_roles_image,
            IMAGES: dict(self.image_urls),
        }


def _at(found: Any, path: Sequence[str | int]) -> str:
    for part in path:
        try:
            found = found[part]
        except (KeyError, IndexError, TypeError) as error:
            place = ".".join(str(each) for each in path)
            raise ValueError(
                f"the platform's stack exports no platform.{place}; bring the platform up with this release first"
            ) from error
    if not isinstance(found, str):
        raise ValueError(f"the platform's output platform.{'.'.join(map(str, path))} is no string: {found!r}")
    return found
