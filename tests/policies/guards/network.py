"""Guards of the network rules."""

import json
from collections.abc import Mapping
from typing import Any

from policies.facts import Facts
from policies.rules.network.bucket_public_access import SWITCHES
from policies.rules.network.firewall_default_drop import STATELESS
from policies.rules.network.foreign_networks import ALWAYS_FOREIGN
from policies.rules.network.public_services import ALWAYS_PUBLIC
from policies.rules.network.public_sharing import BLOCKS
from tests.policies.guards.guard import Break, Guard

ANYTHING = {"ruleNo": 100, "protocol": "-1", "action": "allow", "cidrBlock": "0.0.0.0/0", "fromPort": 0, "toPort": 0}
MEMBERS = {"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}
SERVICE_DNS = {"serviceName": "com.amazonaws.eu-central-1.kms", "vpcEndpointType": "Interface"}
ROUTED = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}
OPEN = {"ruleNo": 50, "action": "allow", "protocol": "-1", "cidrBlock": "0.0.0.0/0", "fromPort": 0, "toPort": 0}
SSH = {**OPEN, "protocol": "tcp", "fromPort": 22, "toPort": 22}
COLLECTION = {"ResourceType": "collection", "Resource": ["collection/a"]}
SWITCHED = (
    "aws:rds/instance:Instance",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:docdb/clusterInstance:ClusterInstance",
    "aws:neptune/clusterInstance:ClusterInstance",
    "aws:redshift/cluster:Cluster",
    "aws:redshiftserverless/workgroup:Workgroup",
    "aws:mq/broker:Broker",
    "aws:dms/replicationInstance:ReplicationInstance",
)
PUBLIC: Mapping[str, Mapping[str, Any]] = {
    **{type_: {"publiclyAccessible": True} for type_ in SWITCHED},
    "aws:msk/cluster:Cluster": {
        "brokerNodeGroupInfo": {"connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}}
    },
    "aws:sagemaker/notebookInstance:NotebookInstance": {},
    "aws:sagemaker/domain:Domain": {},
    "aws:transfer/server:Server": {},
    "aws:apprunner/service:Service": {},
    "aws:apigateway/restApi:RestApi": {},
}
"""Services that AWS can put on the internet, each with inputs that do."""


def without_egress(facts: Facts) -> bool:
    return facts.egress == "none"


def with_egress(facts: Facts) -> bool:
    return facts.egress != "none"


GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "bucket-public-access": (
        *(
            Guard(
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
                switch,
                breaks=(Break.REMOVE, Break.FLIP),
            )
            for switch in SWITCHES
        ),
        Guard("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", drop=True),
        Guard("aws:s3/bucket:Bucket", "acl", values=("public-read",)),
        Guard("aws:s3/bucketAcl:BucketAcl", add=({"bucket": "b", "acl": "public-read"},)),
        Guard("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", add=({"blockPublicAcls": True},)),
        Guard(
            "aws:s3/accessPoint:AccessPoint",
            add=({"bucket": "b", "publicAccessBlockConfiguration": {"blockPublicPolicy": False}},),
        ),
    ),
    "cluster-endpoint": (
        Guard("aws:eks/cluster:Cluster", "vpcConfig.endpointPublicAccess", breaks=(Break.REMOVE, Break.FLIP)),
        Guard("aws:eks/cluster:Cluster", "vpcConfig.endpointPrivateAccess", breaks=(Break.REMOVE, Break.FLIP)),
    ),
    "default-network-acl": (
        Guard("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "ingress", values=([ANYTHING],), drop=True),
        Guard("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", "egress", values=([ANYTHING],)),
    ),
    "default-route-table": (
        Guard(
            "aws:ec2/defaultRouteTable:DefaultRouteTable",
            "routes",
            values=([{"cidrBlock": "10.1.0.0/16", "vpcPeeringConnectionId": "x"}],),
            drop=True,
        ),
        Guard(
            "aws:ec2/defaultRouteTable:DefaultRouteTable",
            "propagatingVgws",
            values=(["vgw-0123456789abcdef0"],),
        ),
    ),
    "default-security-group": (
        Guard("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "ingress", values=([MEMBERS],), drop=True),
        Guard(
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "egress",
            values=([{**MEMBERS, "cidrBlocks": ["0.0.0.0/0"]}],),
        ),
    ),
    "dns-block-list": (
        Guard(
            "aws:route53/resolverFirewallRule:ResolverFirewallRule",
            "action",
            breaks=(Break.REMOVE,),
            values=("ALERT",),
        ),
        Guard(
            "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
            "domains",
            values=(["*"], ["*.com"]),
        ),
        Guard("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup", add=({"name": "empty"},)),
    ),
    "dns-firewall": (
        Guard("aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation", drop=True),
        Guard(
            "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
            "firewallFailOpen",
            values=("ENABLED", "USE_LOCAL_RESOURCE_SETTING"),
        ),
        Guard("aws:ec2/vpc:Vpc", add=({"cidrBlock": "10.9.0.0/16"},)),
    ),
    "dns-service-names": (
        Guard(
            "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
            "domains",
            values=(["*.eu-central-1.amazonaws.com", "*.eu-west-1.amazonaws.com"],),
        ),
    ),
    "elastic-addresses": (
        Guard("aws:ec2/eip:Eip", "instance", values=("i-0123456789abcdef0",)),
        Guard("aws:ec2/eip:Eip", "networkInterface", values=("eni-0123456789abcdef0",)),
        Guard("aws:ec2/eip:Eip", add=({"domain": "vpc"},)),
        Guard("aws:ec2/eipAssociation:EipAssociation", add=({"allocationId": "eipalloc-1", "instanceId": "i-1"},)),
        Guard("aws:ec2/natGateway:NatGateway", drop=True),
    ),
    "endpoint-guards": (
        Guard(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            add=({**SERVICE_DNS, "privateDnsEnabled": True}, {**SERVICE_DNS, "securityGroupIds": []}),
        ),
        Guard(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            add=(
                {**SERVICE_DNS, "securityGroupIds": ["sg-1"], "privateDnsEnabled": False},
                {**SERVICE_DNS, "securityGroupIds": ["sg-1"]},
            ),
        ),
        Guard("aws:ec2/vpcEndpoint:VpcEndpoint", "securityGroupIds", breaks=(Break.REMOVE,)),
    ),
    "endpoint-policies": (
        Guard("aws:ec2/vpcEndpoint:VpcEndpoint", "policy", breaks=(Break.REMOVE,)),
        Guard("aws:ec2/vpcEndpoint:VpcEndpoint", "policy|Statement[0].Condition", breaks=(Break.REMOVE,)),
        Guard(
            "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
            add=(
                {
                    "vpcEndpointId": "vpce-1",
                    "policy": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}',
                },
            ),
        ),
    ),
    "entry-principals": (
        Guard(
            "aws:ec2/vpcEndpointService:VpcEndpointService",
            "acceptanceRequired",
            breaks=(Break.REMOVE, Break.FLIP),
        ),
        Guard(
            "aws:ec2/vpcEndpointService:VpcEndpointService",
            "allowedPrincipals",
            values=(["*"], ["arn:aws:iam::999988887777:root"], ["arn:aws:iam::*:root"]),
        ),
        Guard(
            "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
            "principalArn",
            breaks=(Break.REMOVE,),
            values=("*", "arn:aws:iam::999988887777:root", "arn:aws:iam::*:role/x"),
        ),
    ),
    "firewall-default-drop": (
        *(
            Guard(
                "aws:networkfirewall/firewallPolicy:FirewallPolicy",
                f"firewallPolicy.{name}",
                breaks=(Break.REMOVE,),
                values=(["aws:pass"],),
            )
            for name in STATELESS
        ),
        Guard(
            "aws:networkfirewall/firewallPolicy:FirewallPolicy",
            "firewallPolicy.statefulDefaultActions",
            breaks=(Break.REMOVE,),
            values=([], ["aws:alert_established"]),
        ),
        Guard(
            "aws:networkfirewall/firewallPolicy:FirewallPolicy",
            "firewallPolicy.statefulEngineOptions.ruleOrder",
            breaks=(Break.REMOVE,),
            values=("DEFAULT_ACTION_ORDER",),
        ),
        Guard(
            "aws:networkfirewall/firewallPolicy:FirewallPolicy",
            "firewallPolicy.statefulEngineOptions.streamExceptionPolicy",
            values=("CONTINUE",),
        ),
        Guard(
            "aws:networkfirewall/firewallPolicy:FirewallPolicy",
            add=({"firewallPolicy": {name: ["aws:pass"] for name in STATELESS}},),
        ),
    ),
    "firewall-domains": (
        Guard(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "ruleGroup.rulesSource.rulesSourceList",
            values=({"generatedRulesType": "ALLOWLIST", "targetTypes": ["TLS_SNI"], "targets": [".example.net"]},),
        ),
        Guard(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "ruleGroup.rulesSource.rulesSourceList",
            values=({"generatedRulesType": "DENYLIST", "targetTypes": ["TLS_SNI"], "targets": ["login.example.net"]},),
        ),
        Guard(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "ruleGroup.rulesSource.rulesString",
            values=(
                "pass tcp any any -> any any (sid:9;)",
                "drop udp any any -> any any (sid:8;)\npass ip any any -> any any (sid:9;)",
            ),
        ),
        Guard(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "rules",
            values=("pass tcp any any -> any any (sid:9;)",),
        ),
        Guard(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "ruleGroup.rulesSource.statefulRules",
            values=([{"action": "PASS"}],),
        ),
        Guard(
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "ruleGroup.rulesSource.statelessRulesAndCustomActions",
            values=({"statelessRules": [{"priority": 1, "ruleDefinition": {"actions": ["aws:pass"]}}]},),
        ),
    ),
    "firewalled-routes": (
        Guard(
            "aws:ec2/route:Route",
            add=(
                {**ROUTED, "gatewayId": "igw-1"},
                {**ROUTED, "natGatewayId": "nat-1"},
                {**ROUTED, "destinationCidrBlock": "0.0.0.0/1", "natGatewayId": "nat-1"},
                {**ROUTED, "transitGatewayId": "tgw-1"},
                {**ROUTED, "vpcPeeringConnectionId": "pcx-1"},
                {**ROUTED, "networkInterfaceId": "eni-1"},
                {"routeTableId": "rtb-1", "destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-1"},
            ),
        ),
        Guard(
            "aws:ec2/routeTable:RouteTable",
            "routes",
            values=([{"cidrBlock": "0.0.0.0/0", "transitGatewayId": "tgw-1"}],),
        ),
        Guard("aws:networkfirewall/firewall:Firewall", drop=True),
    ),
    "foreign-networks": (
        Guard(
            "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
            add=({"vpcId": "vpc-1", "peerVpcId": "vpc-2", "peerOwnerId": "999988887777"},),
        ),
        Guard(
            "aws:ec2transitgateway/peeringAttachment:PeeringAttachment",
            add=({"transitGatewayId": "tgw-1", "peerAccountId": "999988887777"},),
        ),
        Guard(
            "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
            add=({"transitGatewayId": "tgw-0123456789abcdef0", "vpcId": "vpc-1"},),
        ),
        Guard("aws:ram/resourceShare:ResourceShare", add=({"name": "all", "allowExternalPrincipals": True},)),
        *(Guard(each, add=({},)) for each in ALWAYS_FOREIGN),
    ),
    "index-in-network": (
        Guard("aws:opensearch/domain:Domain", "vpcOptions", breaks=(Break.REMOVE,)),
        Guard("aws:opensearch/domain:Domain", "vpcOptions.subnetIds", breaks=(Break.REMOVE,), values=([],)),
        Guard(
            "aws:opensearch/domain:Domain",
            "vpcOptions.securityGroupIds",
            breaks=(Break.REMOVE,),
            values=([],),
        ),
        Guard("aws:elasticsearch/domain:Domain", add=({"domainName": "old"},)),
        Guard(
            "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy",
            add=(
                {
                    "name": "a",
                    "type": "network",
                    "policy": json.dumps([{"Rules": [COLLECTION], "AllowFromPublic": True}]),
                },
            ),
        ),
    ),
    "internal-load-balancers": (
        Guard("aws:lb/loadBalancer:LoadBalancer", "internal", breaks=(Break.REMOVE, Break.FLIP)),
        Guard("kubernetes:core/v1:Service", add=({"metadata": {"name": "web"}, "spec": {"type": "LoadBalancer"}},)),
        Guard(
            "kubernetes:networking.k8s.io/v1:Ingress",
            add=(
                {
                    "metadata": {
                        "name": "web",
                        "annotations": {"alb.ingress.kubernetes.io/scheme": "internet-facing"},
                    }
                },
            ),
        ),
    ),
    "internet-gateways": (
        Guard(
            "aws:ec2/internetGateway:InternetGateway",
            add=({"vpcId": "vpc-1"},),
            when=without_egress,
        ),
        Guard(
            "aws:ec2/natGateway:NatGateway",
            add=({"subnetId": "subnet-1"},),
            when=without_egress,
        ),
        Guard(
            "aws:ec2/internetGateway:InternetGateway",
            "region",
            values=("eu-west-1",),
            when=with_egress,
        ),
        Guard(
            "aws:ec2/natGateway:NatGateway",
            "region",
            values=("eu-west-1",),
            when=with_egress,
        ),
        Guard("aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", add=({"vpcId": "vpc-1"},)),
        Guard("aws:ec2/carrierGateway:CarrierGateway", add=({"vpcId": "vpc-1"},)),
        Guard("aws:ec2/defaultVpc:DefaultVpc", add=({},)),
    ),
    "link-services": (
        Guard(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "serviceName",
            values=("com.amazonaws.vpce.eu-central-1.vpce-svc-00000000000000bad", "somewhere.example"),
        ),
        Guard(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "resourceConfigurationArn",
            values=("arn:aws:vpc-lattice:eu-central-1:1:rcfg/a",),
        ),
        Guard(
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            "serviceNetworkArn",
            values=("arn:aws:vpc-lattice:eu-central-1:1:servicenetwork/a",),
        ),
    ),
    "network-acls": (
        Guard("aws:ec2/networkAcl:NetworkAcl", "ingress", values=([OPEN], [SSH])),
        Guard("aws:ec2/networkAcl:NetworkAcl", "egress", values=([OPEN], [SSH])),
        Guard(
            "aws:ec2/networkAclRule:NetworkAclRule",
            add=(
                {"ruleNumber": 50, "ruleAction": "allow", "egress": False, "protocol": "-1", "cidrBlock": "0.0.0.0/0"},
            ),
        ),
    ),
    "open-egress": (
        Guard(
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            "cidrIpv4",
            values=("0.0.0.0/0", "0.0.0.0/1"),
            when=without_egress,
        ),
        Guard(
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            add=({"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}, {"cidrIpv6": "::/0", "ipProtocol": "-1"}),
        ),
        Guard(
            "aws:ec2/securityGroup:SecurityGroup",
            "egress",
            values=([{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["::/0"]}],),
        ),
        Guard(
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            add=({"type": "egress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]},),
        ),
    ),
    "rule-descriptions": (
        Guard(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "description",
            values=("the network's own addresses", "a -> b", "x" * 256),
        ),
        Guard("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "description", values=("it's", "\u00fc")),
        Guard("aws:ec2/securityGroup:SecurityGroup", "description", values=("the keep's",)),
        Guard("aws:ec2/securityGroup:SecurityGroup", "name", values=("sg-nodes",)),
        Guard("aws:ec2/securityGroup:SecurityGroup", "ingress", values=([{"description": "it's"}],)),
        Guard("aws:ec2/securityGroup:SecurityGroup", "egress", values=([{"description": "it's"}],)),
        Guard("aws:ec2/securityGroupRule:SecurityGroupRule", add=({"type": "egress", "description": "it's"},)),
    ),
    "open-ingress": (
        Guard(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "cidrIpv4",
            breaks=(Break.WIDEN,),
            values=("0.0.0.0/0", "0.0.0.0/1", "8.8.8.0/24"),
        ),
        Guard("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv6", values=("::/0",)),
        Guard(
            "aws:ec2/securityGroup:SecurityGroup",
            "ingress",
            values=(
                [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}],
                [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "ipv6CidrBlocks": ["::/0"]}],
            ),
        ),
        Guard(
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            add=({"type": "ingress", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},),
        ),
    ),
    "prefix-lists": (
        Guard(
            "aws:ec2/managedPrefixList:ManagedPrefixList",
            add=(
                {"addressFamily": "IPv4", "maxEntries": 1, "name": "all", "entries": [{"cidr": "0.0.0.0/0"}]},
                {"addressFamily": "IPv6", "maxEntries": 1, "name": "all", "entries": [{"cidr": "2000::/3"}]},
            ),
        ),
        Guard(
            "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
            add=({"cidr": "0.0.0.0/0", "prefixListId": "pl-0123456789abcdef0"},),
        ),
    ),
    "public-addresses": (
        Guard("aws:ec2/subnet:Subnet", "mapPublicIpOnLaunch", breaks=(Break.FLIP,)),
        Guard("aws:ec2/subnet:Subnet", "assignIpv6AddressOnCreation", values=(True,)),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "networkInterfaces[*].associatePublicIpAddress",
            values=("true",),
        ),
        Guard("aws:ec2/instance:Instance", add=({"instanceType": "m7i.large", "associatePublicIpAddress": True},)),
        Guard("aws:ec2/defaultSubnet:DefaultSubnet", add=({"availabilityZone": "eu-central-1a"},)),
        Guard("aws:ecs/service:Service", add=({"networkConfiguration": {"assignPublicIp": True}},)),
    ),
    "public-services": (
        *(Guard(type_, add=(inputs,)) for type_, inputs in PUBLIC.items()),
        *(Guard(type_, add=({},)) for type_ in ALWAYS_PUBLIC),
    ),
    "public-sharing": (
        Guard(
            "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
            add=({"imageId": "ami-1", "group": "all"}, {"imageId": "ami-1", "accountId": "1"}),
        ),
        Guard(
            "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
            add=({"snapshotId": "snap-1", "accountId": "999988887777"},),
        ),
        Guard("aws:rds/snapshot:Snapshot", add=({"sharedAccounts": ["all"]},)),
        Guard("aws:rds/clusterSnapshot:ClusterSnapshot", add=({"sharedAccounts": ["all"]},)),
        Guard("aws:ssm/document:Document", add=({"permissions": {"type": "Share", "account_ids": "All"}},)),
        *(Guard(block, add=({"state": "unblocked"},)) for block in BLOCKS),
    ),
}
