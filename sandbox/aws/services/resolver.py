"""Route 53 Resolver: DNS firewalls and DNS query logs of a VPC. moto can delete none of it, so all is recorded."""

from awsread.answers import arn
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import new_id
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.checked import CheckedRecord

SERVICE = "route53resolver"


class _Resolver(CheckedRecord):
    service = SERVICE


class _Named(_Resolver):
    auto_name = "name"
    auto_name_max = 64


class ResolverFirewallDomainList(_Named):
    token = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
    operation = "CreateFirewallDomainList"
    unchecked = frozenset({"domains"})
    id_prefix = "rslvr-fdl"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, SERVICE, f"firewall-domain-list/{id}")}


class ResolverFirewallRuleGroup(_Named):
    token = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
    operation = "CreateFirewallRuleGroup"
    id_prefix = "rslvr-frg"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        place = arn(api, SERVICE, f"firewall-rule-group/{id}")
        return {"arn": place, "ownerId": api.account_id, "shareStatus": "NOT_SHARED"}


class ResolverFirewallRule(_Named):
    """One rule of a group; its id is `<group>:<domain list>`."""

    token = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
    operation = "CreateFirewallRule"
    conflict_code = "ConflictException"

    def identity(self, api: Api, inputs: Props) -> str:
        subject = inputs.get("firewallDomainListId") or new_id("rslvr-ftp")
        return ":".join([inputs["firewallRuleGroupId"], subject, *([inputs["qType"]] if inputs.get("qType") else [])])


class ResolverFirewallRuleGroupAssociation(_Named):
    token = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
    operation = "AssociateFirewallRuleGroup"
    id_prefix = "rslvr-frgassoc"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        place = arn(api, SERVICE, f"firewall-rule-group-association/{id}")
        return {"arn": place, "mutationProtection": inputs.get("mutationProtection", "DISABLED")}

    def delete(self, api: Api, id: str, state: Props) -> None:
        entry = api.ledger.get(api.region, self.token, id) or {}
        if entry.get("mutationProtection") == "ENABLED":
            raise StandInError(f"{id}: ConflictException: mutationProtection is on; set it to DISABLED first")
        super().delete(api, id, state)


class ResolverFirewallConfig(_Resolver):
    """Whether a VPC's queries pass when the firewall does not answer. Each VPC has one; deletion leaves it."""

    token = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"
    operation = "UpdateFirewallConfig"

    def identity(self, api: Api, inputs: Props) -> str:
        return f"rslvr-fc-{str(inputs['resourceId']).removeprefix('vpc-')}"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"ownerId": api.account_id, "firewallFailOpen": inputs.get("firewallFailOpen", "DISABLED")}


class ResolverQueryLogConfig(_Named):
    token = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig"
    operation = "CreateResolverQueryLogConfig"
    id_prefix = "rqlc"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        place = arn(api, SERVICE, f"resolver-query-log-config/{id}")
        return {"arn": place, "ownerId": api.account_id, "shareStatus": "NOT_SHARED"}


class ResolverQueryLogConfigAssociation(_Resolver):
    token = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
    operation = "AssociateResolverQueryLogConfig"
    id_prefix = "rqlca"
