"""Services that AWS can put on the internet at a switch."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.graph import Node
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity
from policies.rules.network._common import FRAMEWORKS


@dataclass(frozen=True, kw_only=True)
class _Switch:
    """What must hold at a path; `wrong` breaks it. `default_is_private`: AWS keeps it inside where nothing is set."""

    path: str
    private: Callable[[Any], bool]
    wrong: Mapping[str, Any]
    default_is_private: bool


def _off(path: str = "publiclyAccessible") -> _Switch:
    return _Switch(path=path, private=lambda value: value is False, wrong={path: True}, default_is_private=True)


SWITCHES: Mapping[str, _Switch] = {
    "aws:rds/instance:Instance": _off(),
    "aws:rds/clusterInstance:ClusterInstance": _off(),
    "aws:docdb/clusterInstance:ClusterInstance": _off(),
    "aws:neptune/clusterInstance:ClusterInstance": _off(),
    "aws:redshift/cluster:Cluster": _off(),
    "aws:redshiftserverless/workgroup:Workgroup": _off(),
    "aws:mq/broker:Broker": _off(),
    "aws:dms/replicationInstance:ReplicationInstance": _off(),
    "aws:msk/cluster:Cluster": _Switch(
        path="brokerNodeGroupInfo.connectivityInfo.publicAccess.type",
        private=lambda value: value == "DISABLED",
        wrong={"brokerNodeGroupInfo": {"connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}}},
        default_is_private=True,
    ),
    "aws:sagemaker/notebookInstance:NotebookInstance": _Switch(
        path="directInternetAccess", private=lambda value: value == "Disabled", wrong={}, default_is_private=False
    ),
    "aws:sagemaker/domain:Domain": _Switch(
        path="appNetworkAccessType", private=lambda value: value == "VpcOnly", wrong={}, default_is_private=False
    ),
    "aws:transfer/server:Server": _Switch(
        path="endpointType", private=lambda value: value == "VPC_ENDPOINT", wrong={}, default_is_private=False
    ),
    "aws:apprunner/service:Service": _Switch(
        path="networkConfiguration.ingressConfiguration.isPubliclyAccessible",
        private=lambda value: value is False,
        wrong={},
        default_is_private=False,
    ),
    "aws:apigateway/restApi:RestApi": _Switch(
        path="endpointConfiguration.types",
        private=lambda value: value in ("PRIVATE", ["PRIVATE"]),
        wrong={},
        default_is_private=False,
    ),
}
ALWAYS_PUBLIC = (
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:apigatewayv2/api:Api",
    "aws:cloudfront/distribution:Distribution",
    "aws:globalaccelerator/accelerator:Accelerator",
    "aws:appsync/graphQLApi:GraphQLApi",
    "aws:lightsail/instance:Instance",
)

RULE = Rule(
    id="public-services",
    title="No database, broker, notebook or API has a public endpoint",
    severity=Severity.CRITICAL,
    family=Family.NETWORK,
    applies_to=(*SWITCHES, *ALWAYS_PUBLIC),
    requirement=Requirement.ISOLATION,
    why="A public endpoint is guarded by credentials alone, and those leak.",
    remedy="keep it inside the VPC, reached by private endpoints",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.3.3",)},
)


@RULE.check
def has_no_public_endpoint(node: Node, _: Case) -> Iterator[Finding]:
    switch = SWITCHES.get(node.type)
    if switch is None:
        yield RULE.violation(node, "", "is a public endpoint by its nature")
    else:
        yield from RULE.require(
            node,
            switch.path,
            switch.private,
            "must keep the service off the internet",
            optional=switch.default_is_private,
        )
