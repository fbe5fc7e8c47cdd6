"""Network Firewall: policies, rule groups, firewalls, their logs. Recorded, since moto cannot delete a firewall.

A firewall's endpoints are real ones on moto, so that routes can point at them.
"""

import hashlib
import json
from collections.abc import Mapping

from awsread.answers import arn, filters
from sandbox.aws.calls import not_logged
from sandbox.aws.errors import InvalidParameterError, StandInError
from sandbox.aws.resource import Api, Created, Live, Props
from sandbox.aws.services.checked import CheckedRecord
from sandbox.aws.services.live import tag_specification

SERVICE = "network-firewall"  # its name in ARNs and in boto3
ENDPOINTS = "__endpoints"  # ledger only: subnet id → id of the firewall's endpoint there

GUARDS = {"firewallPolicyArn": "firewallPolicyChangeProtection", "subnetMappings": "subnetChangeProtection"}


class _Document(CheckedRecord):
    """A rule group or a policy."""

    service = SERVICE
    auto_name = "name"
    auto_name_max = 128
    conflict_code = "InvalidRequestException"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": id, "updateToken": _update_token(inputs)}


class RuleGroup(_Document):
    token = "aws:networkfirewall/ruleGroup:RuleGroup"
    operation = "CreateRuleGroup"
    names = {"name": "RuleGroupName"}

    def identity(self, api: Api, inputs: Props) -> str:
        kind = "stateless" if inputs["type"] == "STATELESS" else "stateful"
        return arn(api, SERVICE, f"{kind}-rulegroup/{inputs['name']}")


class FirewallPolicy(_Document):
    token = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
    operation = "CreateFirewallPolicy"
    names = {"name": "FirewallPolicyName"}

    def identity(self, api: Api, inputs: Props) -> str:
        return arn(api, SERVICE, f"firewall-policy/{inputs['name']}")


class Firewall(CheckedRecord):
    token = "aws:networkfirewall/firewall:Firewall"
    service, operation = SERVICE, "CreateFirewall"
    names = {"name": "FirewallName"}
    auto_name = "name"
    auto_name_max = 128

    def outputs_changed_by(self, new: Props, changed: frozenset[str]) -> frozenset[str]:
        return frozenset({"firewallStatuses", "updateToken"} if "subnetMappings" in changed else {"updateToken"})

    def identity(self, api: Api, inputs: Props) -> str:
        return arn(api, SERVICE, f"firewall/{inputs['name']}")

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        plain = {name: value for name, value in inputs.items() if name != ENDPOINTS}
        statuses = [{"syncStates": self._sync_states(api, inputs.get(ENDPOINTS, {}))}]
        return {"arn": id, "updateToken": _update_token(plain), "firewallStatuses": statuses}

    def create(self, api: Api, inputs: Props) -> Created:
        id = super().create(api, inputs).id
        try:
            entry = self._follow(api, id, inputs, {})
        except Exception:
            super().delete(api, id, inputs)
            raise
        return Created(id=id, outputs=self.computed(api, id, entry))

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        live = super().read(api, id, state)
        if live is None:
            return None
        inputs, outputs = ({k: v for k, v in props.items() if k != ENDPOINTS} for props in (live.inputs, live.outputs))
        return Live(inputs=inputs, outputs=outputs)

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        for name, guard in GUARDS.items():
            if name in changed and old.get(guard) and new.get(guard):
                raise StandInError(f"{id}: InvalidOperationException: {guard} is on, {name} must stay; set it to false")
        endpoints = (api.ledger.get(api.region, self.token, id) or {}).get(ENDPOINTS, {})
        super().update(api, id, old, new, changed)
        return self.computed(api, id, self._follow(api, id, new, endpoints))

    def delete(self, api: Api, id: str, state: Props) -> None:
        entry = api.ledger.get(api.region, self.token, id)
        if entry is None:
            return
        if entry.get("deleteProtection"):
            raise StandInError(f"{id}: InvalidOperationException: deleteProtection is on; set it to false first")
        self._remove_endpoints(api, list(entry.get(ENDPOINTS, {}).values()))
        super().delete(api, id, state)

    def _follow(self, api: Api, id: str, inputs: Props, endpoints: Mapping[str, str]) -> Props:
        """Creates and deletes endpoints so that each mapped subnet has one; the new ledger entry."""
        wanted = [mapping["subnetId"] for mapping in inputs.get("subnetMappings") or ()]
        remaining = {subnet: endpoint for subnet, endpoint in endpoints.items() if subnet in wanted}
        for subnet in wanted:
            if subnet not in remaining:
                remaining[subnet] = self._add_endpoint(api, inputs, subnet)
        self._remove_endpoints(api, [endpoint for subnet, endpoint in endpoints.items() if subnet not in remaining])
        entry = {**inputs, ENDPOINTS: remaining}
        api.ledger.put(api.region, self.token, id, entry)
        return entry

    def _add_endpoint(self, api: Api, inputs: Props, subnet_id: str) -> str:
        if not inputs.get("vpcId"):
            raise InvalidParameterError("vpcId must be set where there are subnetMappings, got none")
        ec2 = api.client("ec2")
        ec2.describe_subnets(SubnetIds=[subnet_id])  # moto looks at the subnets of interface endpoints only
        with not_logged():  # Network Firewall does it, by a role of its own
            answer = ec2.create_vpc_endpoint(
                VpcEndpointType="GatewayLoadBalancer",
                VpcId=inputs["vpcId"],
                ServiceName=f"com.amazonaws.vpce.{api.region}.vpce-svc-{_update_token(inputs)[:8]}",
                SubnetIds=[subnet_id],
                **tag_specification("vpc-endpoint", {"Firewall": inputs["name"]}),
            )
        return str(answer["VpcEndpoint"]["VpcEndpointId"])

    def _remove_endpoints(self, api: Api, ids: list[str]) -> None:
        if ids:
            with not_logged():
                api.client("ec2").delete_vpc_endpoints(VpcEndpointIds=ids)

    def _sync_states(self, api: Api, endpoints: Mapping[str, str]) -> list[Props]:
        if not endpoints:
            return []
        subnets = api.client("ec2").describe_subnets(Filters=filters(subnet_id=sorted(endpoints)))["Subnets"]
        zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in subnets}
        return [
            {
                "availabilityZone": zones.get(subnet, ""),
                "attachments": [{"endpointId": endpoint, "subnetId": subnet}],
            }
            for subnet, endpoint in sorted(endpoints.items(), key=lambda item: (zones.get(item[0], ""), item[0]))
        ]


class LoggingConfiguration(CheckedRecord):
    """Where a firewall logs to; one per firewall, whose ARN is the id."""

    token = "aws:networkfirewall/loggingConfiguration:LoggingConfiguration"
    service, operation = SERVICE, "UpdateLoggingConfiguration"
    id_input = "firewallArn"


def _update_token(inputs: Props) -> str:
    """AWS gives a new one at each change."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()[:32]
