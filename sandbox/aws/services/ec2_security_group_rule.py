"""Security group rules that are resources of their own (`aws.vpc.SecurityGroupIngressRule` and its sister)."""

from typing import ClassVar

from awsread.errors import or_none
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.ec2_security_group import (
    ALL_PROTOCOLS,
    EGRESS_RULE_TOKEN,
    INGRESS_RULE_TOKEN,
    Permission,
    authorize,
    modify,
)
from sandbox.aws.services.live import LiveResource, arn, retag, tag_map

PEERS = {
    "cidrIpv4": "cidrBlocks",
    "cidrIpv6": "ipv6CidrBlocks",
    "prefixListId": "prefixListIds",
    "referencedSecurityGroupId": "securityGroups",
}


class SecurityGroupIngressRule(LiveResource):
    """One rule; the ledger marks it, so that its group does not report it as an inline one."""

    token = INGRESS_RULE_TOKEN
    direction: ClassVar[str] = "ingress"

    def make(self, api: Api, inputs: Props) -> str:
        permission = _permission(inputs)
        id = authorize(api, inputs["securityGroupId"], self.direction, permission, inputs.get("tags"))
        self.note(api, id, ruleId=id)
        return id

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        rule = self._rule(api, id)
        if rule is None or rule["IsEgress"] is not (self.direction == "egress"):
            return None
        if not self.noted(api, id):
            self.note(api, id, ruleId=id)
        everything = rule["IpProtocol"] == ALL_PROTOCOLS
        return {
            "arn": arn(api, "ec2", f"security-group-rule/{rule['SecurityGroupRuleId']}"),
            "securityGroupRuleId": rule["SecurityGroupRuleId"],
            "securityGroupId": rule["GroupId"],
            "ipProtocol": rule["IpProtocol"],
            "fromPort": state.get("fromPort") if everything else rule["FromPort"],
            "toPort": state.get("toPort") if everything else rule["ToPort"],
            "cidrIpv4": rule.get("CidrIpv4"),
            "cidrIpv6": rule.get("CidrIpv6"),
            "prefixListId": rule.get("PrefixListId"),
            "referencedSecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
            "description": rule.get("Description") or None,
            "tags": tag_map(rule.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            if self._same_peer(old, new) or (new.get("cidrIpv4") and old.get("cidrIpv4")):
                modify(api, new["securityGroupId"], self._current(api, id), _permission(new))
            else:
                self._exchange(api, id, new)
        retag(api.client("ec2"), self._current(api, id), old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        ec2 = api.client("ec2")
        call = ec2.revoke_security_group_ingress if self.direction == "ingress" else ec2.revoke_security_group_egress
        call(GroupId=state["securityGroupId"], SecurityGroupRuleIds=[self._current(api, id)])

    def _exchange(self, api: Api, id: str, new: Props) -> None:
        """AWS takes another peer in place, moto only for IPv4: the rule is made anew and the ledger follows it."""
        self.remove(api, id, new)
        fresh = authorize(api, new["securityGroupId"], self.direction, _permission(new), new.get("tags"))
        self.note(api, id, ruleId=fresh)

    def _same_peer(self, old: Props, new: Props) -> bool:
        return all(old.get(name) == new.get(name) for name in PEERS)

    def _current(self, api: Api, id: str) -> str:
        return str(self.noted(api, id).get("ruleId", id))

    def _rule(self, api: Api, id: str) -> Props | None:
        ids = [self._current(api, id)]
        answer = or_none(api.client("ec2").describe_security_group_rules, SecurityGroupRuleIds=ids)
        rules = answer["SecurityGroupRules"] if answer else []
        return dict(rules[0]) if rules else None


class SecurityGroupEgressRule(SecurityGroupIngressRule):
    token = EGRESS_RULE_TOKEN
    direction = "egress"


def _permission(inputs: Props) -> Permission:
    peers = [(kind, inputs[name]) for name, kind in PEERS.items() if inputs.get(name)]
    if len(peers) != 1:
        raise InvalidParameterError(f"exactly one of {', '.join(PEERS)} must be set, got {len(peers)}; split the rule")
    everything = inputs["ipProtocol"] == ALL_PROTOCOLS
    ports = (-1, -1) if everything else (int(inputs["fromPort"]), int(inputs["toPort"]))
    kind, peer = peers[0]
    return Permission(inputs["ipProtocol"], *ports, kind, peer, inputs.get("description") or "")
