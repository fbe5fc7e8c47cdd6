"""IAM roles, inline and attached policies, instance profiles."""

import json
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from awsread.answers import same_set, tag_map
from awsread.errors import is_gone, or_none
from awsread.services.iam import SESSION_SECONDS, attached, by_name
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, tag_list
from sandbox.aws.services.requests import moved, retag

NAME_MAX = 64  # of a role
POLICY_NAME_MAX = 128
AWS_MANAGED = ":iam::aws:policy/"
ROLE_TAGS = ("tag_role", "untag_role", "RoleName")


class Role(LiveResource):
    token = "aws:iam/role:Role"
    service = "iam"
    creation = ("create_role", "=name")
    names = {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"}
    auto_name = "name"
    auto_name_max = NAME_MAX
    in_state = frozenset({"forceDetachPolicies"})

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        self._attach(api, id, {}, inputs)

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        if found is None or found["managedPolicyArns"] is None:
            return found
        listed = [*found["managedPolicyArns"], *_noted_attachments(api, id)]
        return {**found, "managedPolicyArns": same_set(state["managedPolicyArns"], listed)}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam = api.client("iam")
        if "assumeRolePolicy" in changed:
            iam.update_assume_role_policy(RoleName=id, PolicyDocument=new["assumeRolePolicy"])
        if changed & {"description", "maxSessionDuration"}:
            iam.update_role(
                RoleName=id,
                Description=new.get("description") or "",
                MaxSessionDuration=new.get("maxSessionDuration", SESSION_SECONDS),
            )
        if "permissionsBoundary" in changed:
            if boundary := new.get("permissionsBoundary"):
                iam.put_role_permissions_boundary(RoleName=id, PermissionsBoundary=boundary)
            else:
                iam.delete_role_permissions_boundary(RoleName=id)
        retag(iam, ROLE_TAGS, id, old, new)
        self._attach(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        iam = api.client("iam")
        for page in iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=id):
            for profile in page["InstanceProfiles"]:
                iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=id)
        if state.get("forceDetachPolicies") or state.get("managedPolicyArns"):
            for arn in attached(api, id):
                iam.detach_role_policy(RoleName=id, PolicyArn=arn)
        if state.get("forceDetachPolicies") or state.get("inlinePolicies"):
            for name in iam.list_role_policies(RoleName=id)["PolicyNames"]:
                iam.delete_role_policy(RoleName=id, PolicyName=name)
        iam.delete_role(RoleName=id)

    def _attach(self, api: Api, id: str, old: Props, new: Props) -> None:
        iam = api.client("iam")
        came, went = moved(old, new, "managedPolicyArns")
        for arn in went:
            detach(api, id, arn)
        for arn in came:
            attach(api, id, arn)
        before, after = by_name(old.get("inlinePolicies")), by_name(new.get("inlinePolicies"))
        for name in sorted(before.keys() - after.keys()):
            iam.delete_role_policy(RoleName=id, PolicyName=name)
        for name, document in after.items():
            if before.get(name) != document:
                iam.put_role_policy(RoleName=id, PolicyName=name, PolicyDocument=document)


class RolePolicy(LiveResource):
    token = "aws:iam/rolePolicy:RolePolicy"
    auto_name = "name"
    auto_name_max = POLICY_NAME_MAX

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, f"{inputs['role']}:{inputs['name']}", {}, inputs, frozenset())
        return f"{inputs['role']}:{inputs['name']}"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        role, _, name = id.partition(":")
        api.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=new["policy"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        role, _, name = id.partition(":")
        api.client("iam").delete_role_policy(RoleName=role, PolicyName=name)


class RolePolicyAttachment(LiveResource):
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"

    def make(self, api: Api, inputs: Props) -> str:
        attach(api, inputs["role"], inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        role, _, arn = id.partition("/")
        found = {"role": role, "policyArn": arn}
        if arn in _noted_attachments(api, role):
            return found if or_none(api.client("iam").get_role, RoleName=role) else None
        try:
            return super().read_live(api, id, found)
        except LookupError:  # moto does not know the policy, and the ledger has no attachment
            return None

    def remove(self, api: Api, id: str, state: Props) -> None:
        role, _, arn = id.partition("/")
        detach(api, role, arn)


class InstanceProfile(LiveResource):
    token = "aws:iam/instanceProfile:InstanceProfile"
    service = "iam"
    creation = ("create_instance_profile", "=name")
    names = {"name": "InstanceProfileName"}
    auto_name = "name"
    auto_name_max = 128

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if role := inputs.get("role"):
            api.client("iam").add_role_to_instance_profile(InstanceProfileName=id, RoleName=role)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam = api.client("iam")
        if "role" in changed:
            self._leave(iam, id)
            self.configure(api, id, new)
        retag(iam, ("tag_instance_profile", "untag_instance_profile", "InstanceProfileName"), id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        iam = api.client("iam")
        self._leave(iam, id)
        iam.delete_instance_profile(InstanceProfileName=id)

    def _leave(self, iam: Any, id: str) -> None:
        for role in iam.get_instance_profile(InstanceProfileName=id)["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=id, RoleName=role["RoleName"])


class ServiceLinkedRole(LiveResource):
    token = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
    service = "iam"
    creation = ("create_service_linked_role", "Role.Arn")
    names = {"awsServiceName": "AWSServiceName"}

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if tags := inputs.get("tags"):
            api.client("iam").tag_role(RoleName=_name_of(id), Tags=tag_list(tags))

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam, name = api.client("iam"), _name_of(id)
        if "description" in changed:
            iam.update_role(RoleName=name, Description=new.get("description") or "")
        retag(iam, ROLE_TAGS, name, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("iam").delete_service_linked_role(RoleName=_name_of(id))


def attach(api: Api, role: str, arn: str) -> None:
    """Attaches a policy. Attachments of AWS's policies, which moto does not load, are in the ledger."""
    try:
        api.client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)
    except ClientError as error:
        known = AWS_MANAGED in arn and arn.partition(AWS_MANAGED)[2] in aws_managed_policies()
        if not (is_gone(error) and known):
            raise
        api.client("iam").get_role(RoleName=role)
        api.ledger.put(api.region, RolePolicyAttachment.token, f"{role}/{arn}", {"role": role, "policyArn": arn})


def detach(api: Api, role: str, arn: str) -> None:
    """Detaches a policy; one that is not attached is no error."""
    api.ledger.remove(api.region, RolePolicyAttachment.token, f"{role}/{arn}")
    or_none(api.client("iam").detach_role_policy, RoleName=role, PolicyArn=arn)


@cache
def aws_managed_policies() -> frozenset[str]:
    """Path and name of every policy of AWS that moto has data about."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 - 5 MB, rarely needed

    known = json.loads(aws_managed_policies_data)
    return frozenset(f"{policy.get('Path', '/')}{name}".lstrip("/") for name, policy in known.items())


def get_role(api: Api, arguments: Props) -> Props:
    """aws.iam.getRole: a role by its name."""
    role = api.client("iam").get_role(RoleName=arguments["name"])["Role"]
    return {
        "id": role["RoleName"],
        "name": role["RoleName"],
        "arn": role["Arn"],
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "createDate": role["CreateDate"].isoformat(),
        "description": role.get("Description", ""),
        "maxSessionDuration": role.get("MaxSessionDuration", SESSION_SECONDS),
        "path": role["Path"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "roleLastUseds": [],
        "tags": tag_map(role.get("Tags")),
        "uniqueId": role["RoleId"],
    }


def _noted_attachments(api: Api, role: str) -> list[str]:
    return [entry["policyArn"] for _, entry in api.declared(RolePolicyAttachment.token) if entry["role"] == role]


def _name_of(arn: str) -> str:
    return arn.rpartition("/")[2]


FUNCTIONS: dict[str, Function] = {"aws:iam/getRole:getRole": get_role}
