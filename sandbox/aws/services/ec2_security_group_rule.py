"""Security group rules that are resources of their own (`aws.vpc.SecurityGroupIngressRule` and its sister)."""

from typing import ClassVar

from awsread.services.ec2_security_group import ALL_PROTOCOLS, EGRESS_RULE, INGRESS_RULE, Permission
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.ec2_security_group import authorize, modify, rule_call
from sandbox.aws.services.live import LiveResource

PEERS = {
    "cidrIpv4": "cidrBlocks",
    "cidrIpv6": "ipv6CidrBlocks",
    "prefixListId": "prefixListIds",
    "referencedSecurityGroupId": "securityGroups",
}


class SecurityGroupIngressRule(LiveResource):
    """One rule; the ledger has the id of the live rule, which changes where moto cannot modify it in place."""

    token = INGRESS_RULE
    service = "ec2"
    direction: ClassVar[str] = "ingress"

    def make(self, api: Api, inputs: Props) -> str:
        return authorize(api, inputs["securityGroupId"], self.direction, _permission(inputs), inputs.get("tags"))

    def owner_facts(self, found: Props) -> Props:
        return {"securityGroupRuleId": found["securityGroupRuleId"]}

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        return super().read_live(api, self._current(api, id), state)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            same_peer = all(old.get(name) == new.get(name) for name in PEERS)
            if same_peer or (new.get("cidrIpv4") and old.get("cidrIpv4")):
                modify(api, new["securityGroupId"], self._current(api, id), _permission(new))
            else:
                self._exchange(api, id, new)
        self.retag(api, self._current(api, id), old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ids = [self._current(api, id)]
        rule_call(api, "revoke", self.direction)(GroupId=state["securityGroupId"], SecurityGroupRuleIds=ids)

    def _exchange(self, api: Api, id: str, new: Props) -> None:
        """AWS takes another peer in place, moto only for IPv4: the rule is replaced and the ledger has the new id."""
        self.remove(api, id, new)
        self.note(api, id, securityGroupRuleId=self.make(api, new))

    def _current(self, api: Api, id: str) -> str:
        return str(self.noted(api, id).get("securityGroupRuleId", id))


class SecurityGroupEgressRule(SecurityGroupIngressRule):
    token = EGRESS_RULE
    direction = "egress"


def _permission(inputs: Props) -> Permission:
    peers = [(kind, inputs[name]) for name, kind in PEERS.items() if inputs.get(name)]
    if len(peers) != 1:
        raise InvalidParameterError(f"exactly one of {', '.join(PEERS)} must be set, got {len(peers)}; split the rule")
    everything = inputs["ipProtocol"] == ALL_PROTOCOLS
    ports = (-1, -1) if everything else (int(inputs["fromPort"]), int(inputs["toPort"]))
    kind, peer = peers[0]
    return Permission(inputs["ipProtocol"], *ports, kind, peer, inputs.get("description") or "")
