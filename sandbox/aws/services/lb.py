"""Load balancers."""

from collections.abc import Mapping

from awsread.services.lb import ATTRIBUTES, BALANCER, LOGS, NETWORK, attributes_of, tags_of
from sandbox.aws.errors import InvalidParameterError, StandInError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import call, text_of


class LoadBalancer(LiveResource):
    token = BALANCER
    service = "elbv2"
    deletion = ("delete_load_balancer", "LoadBalancerArn")
    names = {"loadBalancerType": "Type"}
    auto_name = "name"
    auto_name_max = 32
    in_ledger = frozenset(
        {
            "customerOwnedIpv4Pool",
            "enablePrefixForIpv6SourceNat",
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            "healthCheckLogs",
            "ipamPools",
            "minimumLoadBalancerCapacity",
            "namePrefix",
            "secondaryIpsAutoAssignedPerSubnet",
        }
    )

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        if new.get("loadBalancerType") == NETWORK:
            if "securityGroups" in changed and not (old.get("securityGroups") and new.get("securityGroups")):
                forced |= {"securityGroups"}  # a network balancer made without groups can never have any
            for name in ("subnets", "subnetMappings"):
                if name in changed and not _subnets_of(old, name) <= _subnets_of(new, name):
                    forced |= {name}
        return forced

    def make(self, api: Api, inputs: Props) -> str:
        scheme = "internal" if inputs.get("internal") else "internet-facing"
        plain = {name: value for name, value in inputs.items() if name not in self.in_ledger | {"subnetMappings"}}
        elb = api.client("elbv2")
        answer = call(elb, "create_load_balancer", plain, self.names, Scheme=scheme, **_mappings(inputs))
        return str(answer["LoadBalancers"][0]["LoadBalancerArn"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        self._set_attributes(api, id, inputs, frozenset(inputs))
        self.note(api, id, mappings=inputs.get("subnetMappings"))

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        """moto does not store the addresses of a mapping; the ledger has them while the subnets are the same."""
        found = super().read_live(api, id, state)
        noted = self.noted(api, id).get("mappings") or []
        if found and {each["subnetId"] for each in noted} == {each["subnetId"] for each in found["subnetMappings"]}:
            found["subnetMappings"] = noted
        return found

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        elb = api.client("elbv2")
        self._set_attributes(api, id, new, changed)
        if changed & {"subnets", "subnetMappings"}:
            elb.set_subnets(LoadBalancerArn=id, **_mappings(new), **args_of(new, Subnets="subnets"))
            self.note(api, id, mappings=new.get("subnetMappings"))
        if "securityGroups" in changed:
            elb.set_security_groups(LoadBalancerArn=id, SecurityGroups=new.get("securityGroups") or [])
        if "ipAddressType" in changed and new.get("ipAddressType"):
            elb.set_ip_address_type(LoadBalancerArn=id, IpAddressType=new["ipAddressType"])
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.read_live(api, id, {}) is None:
            return
        if attributes_of(api.client("elbv2"), id).get("deletion_protection.enabled") == "true":
            raise StandInError(
                f"{id}: OperationNotPermitted: deletion protection is on; set enableDeletionProtection to false first"
            )
        super().remove(api, id, state)

    def _set_attributes(self, api: Api, id: str, inputs: Props, names: frozenset[str]) -> None:
        kind = inputs["loadBalancerType"]
        wanted = {
            item.key: inputs.get(name, item.default)
            for name, item in ATTRIBUTES.items()
            if name in names and kind in item.kinds
        }
        for name, prefix in LOGS.items():
            if name in names:
                logs = inputs.get(name) or {}
                wanted |= {f"{prefix}.enabled": bool(logs.get("enabled"))}
                wanted |= {f"{prefix}.{key}": logs[key] for key in ("bucket", "prefix") if logs.get(key)}
        if wanted:
            attributes = [{"Key": key, "Value": text_of(value)} for key, value in wanted.items()]
            api.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=id, Attributes=attributes)


def get_load_balancer(api: Api, arguments: Props) -> Props:
    """By ARN, name or tags; exactly one must match."""
    elb = api.client("elbv2")
    wanted = {"LoadBalancerArns": [arguments["arn"]]} if arguments.get("arn") else {}
    if not wanted and arguments.get("name"):
        wanted = {"Names": [arguments["name"]]}
    found = elb.describe_load_balancers(**wanted)["LoadBalancers"]
    tags = arguments.get("tags") or {}
    matching = [b for b in found if tags.items() <= tags_of(api, b["LoadBalancerArn"]).items()]
    if len(matching) != 1:
        raise InvalidParameterError(
            f"getLoadBalancer: {len(matching)} load balancers match {arguments!r}, expected one"
        )
    id = matching[0]["LoadBalancerArn"]
    live = LoadBalancer().read(api, id, {})
    outputs = live.outputs if live else {}
    return {"id": id, "region": api.region, **{name: value for name, value in outputs.items() if name != "tagsAll"}}


def _mappings(inputs: Props) -> Props:
    mappings = inputs.get("subnetMappings")
    if not mappings or inputs.get("subnets"):
        return {}
    names = {
        "SubnetId": "subnetId",
        "AllocationId": "allocationId",
        "PrivateIPv4Address": "privateIpv4Address",
        "IPv6Address": "ipv6Address",
    }
    return {"SubnetMappings": [args_of(mapping, **names) for mapping in mappings]}


def _subnets_of(props: Props, name: str) -> set[str]:
    return {item["subnetId"] if isinstance(item, Mapping) else str(item) for item in props.get(name) or ()}


FUNCTIONS: Mapping[str, Function] = {"aws:lb/getLoadBalancer:getLoadBalancer": get_load_balancer}
