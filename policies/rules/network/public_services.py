"""Services that one setting puts on the internet."""

from collections.abc import Iterator, Mapping

from policies.conditions import FALSE, Expectation, equals, one_of
from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS

NOT_PUBLIC = Expectation("publiclyAccessible", FALSE, optional=True)
PRIVATE: Mapping[str, Expectation] = {
    "aws:rds/instance:Instance": NOT_PUBLIC,
    "aws:rds/clusterInstance:ClusterInstance": NOT_PUBLIC,
    "aws:docdb/clusterInstance:ClusterInstance": NOT_PUBLIC,
    "aws:neptune/clusterInstance:ClusterInstance": NOT_PUBLIC,
    "aws:redshift/cluster:Cluster": NOT_PUBLIC,
    "aws:redshiftserverless/workgroup:Workgroup": NOT_PUBLIC,
    "aws:mq/broker:Broker": NOT_PUBLIC,
    "aws:dms/replicationInstance:ReplicationInstance": NOT_PUBLIC,
    "aws:msk/cluster:Cluster": Expectation(
        "brokerNodeGroupInfo.connectivityInfo.publicAccess.type", equals("DISABLED"), optional=True
    ),
    "aws:sagemaker/notebookInstance:NotebookInstance": Expectation("directInternetAccess", equals("Disabled")),
    "aws:sagemaker/domain:Domain": Expectation("appNetworkAccessType", equals("VpcOnly")),
    "aws:transfer/server:Server": Expectation("endpointType", equals("VPC_ENDPOINT")),
    "aws:apprunner/service:Service": Expectation(
        "networkConfiguration.ingressConfiguration.isPubliclyAccessible", FALSE
    ),
    "aws:apigateway/restApi:RestApi": Expectation("endpointConfiguration.types", one_of("PRIVATE", ["PRIVATE"])),
}
ALWAYS_PUBLIC = (
    "aws:lambda/functionUrl:FunctionUrl",
    "aws:apigatewayv2/api:Api",
    "aws:cloudfront/distribution:Distribution",
    "aws:globalaccelerator/accelerator:Accelerator",
    "aws:appsync/graphQLApi:GraphQLApi",
    "aws:lightsail/instance:Instance",
)

RULE = network_rule(
    id="public-services",
    title="No database, broker, notebook or API has a public endpoint",
    severity=Severity.CRITICAL,
    applies_to=(*PRIVATE, *ALWAYS_PUBLIC),
    requirement=Requirement.ISOLATION,
    why="A public endpoint is guarded by credentials alone, and those leak.",
    remedy="keep it inside the VPC, reached by private endpoints",
    frameworks={**FRAMEWORKS, "CIS AWS": ("2.3.3",)},
    expects={type_: (expectation,) for type_, expectation in PRIVATE.items()},
)


@RULE.check
def has_no_public_endpoint(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in ALWAYS_PUBLIC:
        yield RULE.violation(node, "", "is always a public endpoint")
