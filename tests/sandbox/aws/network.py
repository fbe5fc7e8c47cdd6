"""A network for tests, created through the provider under the test's name."""

from dataclasses import dataclass

from tests.sandbox.aws.harness import Deployed, Plugin

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"


@dataclass(frozen=True)
class Network:
    """A VPC, and its subnets, groups and tables."""

    plugin: Plugin
    name: str
    vpc: Deployed

    @property
    def vpc_id(self) -> str:
        return self.vpc.id

    def subnets(self, count: int) -> list[str]:
        """Ids of subnets in zones a, b, c."""
        return [
            self.plugin.create(
                SUBNET,
                f"{self.name}-{number}",
                {
                    "vpcId": self.vpc.id,
                    "cidrBlock": f"10.0.{number}.0/24",
                    "availabilityZone": f"{self.plugin.region}{'abc'[number]}",
                },
            ).id
            for number in range(count)
        ]

    def groups(self, count: int) -> list[str]:
        return [
            self.plugin.create(SECURITY_GROUP, f"{self.name}-{number}", {"vpcId": self.vpc.id}).id
            for number in range(count)
        ]

    def table(self, label: str = "table") -> Deployed:
        return self.plugin.create(ROUTE_TABLE, f"{self.name}-{label}", {"vpcId": self.vpc.id})


def network(plugin: Plugin, name: str) -> Network:
    return Network(plugin, name, plugin.create(VPC, f"{name}-network", {"cidrBlock": "10.0.0.0/16"}))
