"""Sharing gives a resource to another account past every policy that guards it."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.rule import Case, Finding, Requirement, Severity, tenancy_rule

SHARES: Mapping[str, str] = {
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission": "lets another account start the machine image",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": "lets another account copy the disk",
    "aws:oam/link:Link": "shows metrics, logs and traces to another account",
    "aws:oam/sink:Sink": "receives metrics, logs and traces of other accounts",
    "aws:opensearch/authorizeVpcEndpointAccess:AuthorizeVpcEndpointAccess": "lets another account reach the index",
    "aws:opensearch/outboundConnection:OutboundConnection": "joins the index to another domain",
    "aws:ram/principalAssociation:PrincipalAssociation": "shares resources with another account",
    "aws:ram/resourceAssociation:ResourceAssociation": "puts a resource into a share",
    "aws:ram/resourceShare:ResourceShare": "shares resources, hosts and reservations among them",
    "aws:ram/resourceShareAccepter:ResourceShareAccepter": "accepts what another account shares",
    "aws:redshift/endpointAuthorization:EndpointAuthorization": "lets another account reach the cluster",
    "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization": "lets another account resolve its names",
    "aws:ecrpublic/repository:Repository": "publishes images to everybody",
}
"""Types whose only use is to share, and what each does."""

SHARED_BY: Mapping[str, str] = {
    "aws:rds/snapshot:Snapshot": "sharedAccounts",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "sharedAccounts",
    "aws:imagebuilder/distributionConfiguration:DistributionConfiguration": (
        "distributions[*].amiDistributionConfiguration.launchPermission"
    ),
}
"""Type → property that shares it."""

RULE = tenancy_rule(
    id="no-shares",
    title="Nothing is shared with another account: no RAM share, snapshot, image, index or telemetry",
    severity=Severity.CRITICAL,
    applies_to=(*SHARES, *SHARED_BY),
    requirement=Requirement.ISOLATION,
    why="A share is access that no bucket, key or role policy of the keep shows.",
    remedy="take it out; a customer reaches the keep by the entry (components.network.entry) and gets copies by export",
    frameworks={"SOC 2": ("CC6.1", "CC6.6", "C1.1"), "ISO 27001": ("A.5.14", "A.8.3", "A.8.12")},
)


@RULE.check
def nothing_shared(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in SHARES and not node.options.get("external"):
        yield RULE.violation(node, "", f"must not exist: it {SHARES[node.type]}")
    if node.type in SHARED_BY:
        yield from RULE.each(
            node,
            SHARED_BY[node.type],
            lambda found: [RULE.violation(node, found.path, f"shares {node.name}")] if found.value else [],
        )
