"""Security groups, and the default group of a VPC."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from awsread.answers import filters, one
from awsread.services.ec2_security_group import DIRECTIONS, PEERS, Permission, permissions, rules_of
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, args_of, tag_specification


class SecurityGroup(LiveResource):
    token = "aws:ec2/securityGroup:SecurityGroup"
    service, tag_kind = "ec2", "security-group"
    creation = ("create_security_group", "GroupId")
    deletion = ("delete_security_group", "GroupId")
    names = {"name": "GroupName"}
    auto_name: ClassVar[str | None] = "name"
    in_ledger = frozenset({"revokeRulesOnDelete", "namePrefix"})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        # A new group of AWS allows all egress; the official provider removes that rule unless the program has it.
        revoke_all(api, id, directions=("egress",))
        for direction in DIRECTIONS:
            for permission in permissions(inputs.get(direction), id):
                authorize(api, id, direction, permission)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        for direction in DIRECTIONS:
            if direction in changed:
                before, after = (set(permissions(props.get(direction), id)) for props in (old, new))
                for permission in sorted(before - after):
                    rule_call(api, "revoke", direction)(GroupId=id, IpPermissions=[permission.as_argument()])
                for permission in sorted(after - before):
                    authorize(api, id, direction, permission)
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if state.get("revokeRulesOnDelete"):
            revoke_all(api, id)
        super().remove(api, id, state)


class DefaultSecurityGroup(SecurityGroup):
    """The VPC's own group, adopted: its rules are replaced by those of the program. Deletion leaves it."""

    token = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    auto_name = None
    in_ledger = frozenset({"revokeRulesOnDelete"})

    def make(self, api: Api, inputs: Props) -> str:
        wanted = filters(group_name="default", **args_of(inputs, vpc_id="vpcId"))
        group = one(api.client("ec2").describe_security_groups, "SecurityGroups", Filters=wanted)
        if group is None:
            raise InvalidParameterError(f"vpcId: {inputs.get('vpcId')!r} has no default security group in {api.region}")
        return str(group["GroupId"])

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        self.retag(api, id, self.read_live(api, id, {}) or {}, inputs)
        revoke_all(api, id)
        super().configure(api, id, inputs)

    def remove(self, api: Api, id: str, state: Props) -> None:
        """AWS keeps a VPC's default group as long as the VPC."""


def rule_call(api: Api, verb: str, direction: str) -> Any:
    """`authorize` or `revoke` for rules of one direction."""
    return getattr(api.client("ec2"), f"{verb}_security_group_{direction}")


def authorize(
    api: Api, group_id: str, direction: str, permission: Permission, tags: Mapping[str, str] | None = None
) -> str:
    """Opens one permission; the id of the rule."""
    answer = rule_call(api, "authorize", direction)(
        GroupId=group_id, IpPermissions=[permission.as_argument()], **tag_specification("security-group-rule", tags)
    )
    rule_id = str(answer["SecurityGroupRules"][0]["SecurityGroupRuleId"])
    if permission.description and permission.kind not in ("cidrBlocks", "ipv6CidrBlocks"):
        # moto drops this text from all but address rules; sent a second time, it stays.
        modify(api, group_id, rule_id, permission)
    return rule_id


def modify(api: Api, group_id: str, rule_id: str, permission: Permission) -> None:
    """Makes an existing rule grant this permission."""
    rule = {
        "IpProtocol": permission.protocol,
        "FromPort": permission.from_port,
        "ToPort": permission.to_port,
        "Description": permission.description,
        PEERS[permission.kind][0]: permission.peer,
    }
    changes = [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": rule}]
    api.client("ec2").modify_security_group_rules(GroupId=group_id, SecurityGroupRules=changes)


def revoke_all(api: Api, group_id: str, directions: Iterable[str] = tuple(DIRECTIONS)) -> None:
    """Removes every rule of the group."""
    rules = rules_of(api, group_id)
    for direction in directions:
        ids = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"] is (direction == "egress")]
        if ids:
            rule_call(api, "revoke", direction)(GroupId=group_id, SecurityGroupRuleIds=ids)
