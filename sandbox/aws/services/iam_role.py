"""IAM roles, what is attached to them, and what carries them."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of, is_gone, or_none
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.live import LiveResource, given, same_json, same_set, tag_list, tag_map

NAME_MAX = 64  # of a role
POLICY_NAME_MAX = 128
SESSION_SECONDS = 3600  # of AWS, where none is given
AWS_MANAGED = ":iam::aws:policy/"


class Role(LiveResource):
    token = "aws:iam/role:Role"
    auto_name = "name"
    auto_name_max = NAME_MAX

    def make(self, api: Api, inputs: Props) -> str:
        api.client("iam").create_role(
            **given(
                inputs,
                RoleName="name",
                AssumeRolePolicyDocument="assumeRolePolicy",
                Description="description",
                MaxSessionDuration="maxSessionDuration",
                Path="path",
                PermissionsBoundary="permissionsBoundary",
            ),
            Tags=tag_list(inputs.get("tags")),
        )
        return str(inputs["name"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        self._attach(api, id, {}, inputs)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        iam = api.client("iam")
        answer = or_none(iam.get_role, RoleName=id)
        if answer is None:
            return None
        role = answer["Role"]
        trust = json.dumps(role["AssumeRolePolicyDocument"])
        return {
            "arn": role["Arn"],
            "assumeRolePolicy": same_json(state.get("assumeRolePolicy"), trust),
            "createDate": role["CreateDate"].isoformat(),
            "description": role.get("Description") or None,
            "forceDetachPolicies": state.get("forceDetachPolicies", False),
            "maxSessionDuration": role.get("MaxSessionDuration", SESSION_SECONDS),
            "name": role["RoleName"],
            "namePrefix": state.get("namePrefix"),
            "path": role["Path"],
            "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "tags": tag_map(role.get("Tags")),
            "uniqueId": role["RoleId"],
            # Attachments that are resources of their own are not the role's: only a role that lists some owns them.
            **({"managedPolicyArns": self._attached(api, id, state)} if "managedPolicyArns" in state else {}),
            **({"inlinePolicies": self._inline(iam, id, state)} if "inlinePolicies" in state else {}),
        }

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
        if "tags" in changed:
            retag(iam.list_role_tags, iam.tag_role, iam.untag_role, new, RoleName=id)
        self._attach(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        iam = api.client("iam")
        for page in iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=id):
            for profile in page["InstanceProfiles"]:
                iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=id)
        if state.get("forceDetachPolicies") or state.get("managedPolicyArns"):
            for arn in _live_attachments(iam, id):
                iam.detach_role_policy(RoleName=id, PolicyArn=arn)
        if state.get("forceDetachPolicies") or state.get("inlinePolicies"):
            for name in iam.list_role_policies(RoleName=id)["PolicyNames"]:
                iam.delete_role_policy(RoleName=id, PolicyName=name)
        iam.delete_role(RoleName=id)

    def _attach(self, api: Api, id: str, old: Props, new: Props) -> None:
        iam = api.client("iam")
        before, after = set(old.get("managedPolicyArns") or ()), set(new.get("managedPolicyArns") or ())
        for arn in sorted(before - after):
            detach(api, id, arn)
        for arn in sorted(after - before):
            attach(api, id, arn)
        inline_before, inline_after = _by_name(old.get("inlinePolicies")), _by_name(new.get("inlinePolicies"))
        for name in sorted(inline_before.keys() - inline_after.keys()):
            iam.delete_role_policy(RoleName=id, PolicyName=name)
        for name, document in inline_after.items():
            if inline_before.get(name) != document:
                iam.put_role_policy(RoleName=id, PolicyName=name, PolicyDocument=document)

    def _attached(self, api: Api, id: str, state: Props) -> list[Any]:
        listed = state["managedPolicyArns"]
        return same_set(listed, [*_live_attachments(api.client("iam"), id), *_noted_attachments(api, id)])

    def _inline(self, iam: Any, id: str, state: Props) -> list[Any]:
        written = _by_name(state["inlinePolicies"])
        found = {}
        for name in iam.list_role_policies(RoleName=id)["PolicyNames"]:
            document = json.dumps(iam.get_role_policy(RoleName=id, PolicyName=name)["PolicyDocument"])
            found[name] = same_json(written.get(name), document)
        return same_set(state["inlinePolicies"], [{"name": name, "policy": text} for name, text in found.items()])


class RolePolicy(LiveResource):
    token = "aws:iam/rolePolicy:RolePolicy"
    auto_name = "name"
    auto_name_max = POLICY_NAME_MAX

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, f"{inputs['role']}:{inputs['name']}", {}, inputs, frozenset())
        return f"{inputs['role']}:{inputs['name']}"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        role, _, name = id.partition(":")
        found = or_none(api.client("iam").get_role_policy, RoleName=role, PolicyName=name)
        if found is None:
            return None
        document = json.dumps(found["PolicyDocument"])
        return {
            "role": role,
            "name": name,
            "namePrefix": state.get("namePrefix"),
            "policy": same_json(state.get("policy"), document),
        }

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

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        role, _, arn = id.partition("/")
        iam = api.client("iam")
        if or_none(iam.get_role, RoleName=role) is None:
            return None
        attached = arn in _live_attachments(iam, role) or arn in _noted_attachments(api, role)
        return {"role": role, "policyArn": arn} if attached else None

    def remove(self, api: Api, id: str, state: Props) -> None:
        role, _, arn = id.partition("/")
        detach(api, role, arn)


class InstanceProfile(LiveResource):
    token = "aws:iam/instanceProfile:InstanceProfile"
    auto_name = "name"
    auto_name_max = 128

    def make(self, api: Api, inputs: Props) -> str:
        api.client("iam").create_instance_profile(
            InstanceProfileName=inputs["name"], Tags=tag_list(inputs.get("tags")), **given(inputs, Path="path")
        )
        return str(inputs["name"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if role := inputs.get("role"):
            api.client("iam").add_role_to_instance_profile(InstanceProfileName=id, RoleName=role)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        answer = or_none(api.client("iam").get_instance_profile, InstanceProfileName=id)
        if answer is None:
            return None
        profile = answer["InstanceProfile"]
        return {
            "arn": profile["Arn"],
            "createDate": profile["CreateDate"].isoformat(),
            "name": id,
            "namePrefix": state.get("namePrefix"),
            "path": profile["Path"],
            "role": next((role["RoleName"] for role in profile["Roles"]), None),
            "tags": tag_map(profile.get("Tags")),
            "uniqueId": profile["InstanceProfileId"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam = api.client("iam")
        if "role" in changed:
            self._leave(iam, id)
            self.settle(api, id, new)
        if "tags" in changed:
            # moto cannot list the tags of a profile: those of the profile itself say the same.
            def listed(InstanceProfileName: str) -> Props:  # noqa: N803 - the API's spelling
                return {"Tags": iam.get_instance_profile(InstanceProfileName=id)["InstanceProfile"].get("Tags", [])}

            retag(listed, iam.tag_instance_profile, iam.untag_instance_profile, new, InstanceProfileName=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        iam = api.client("iam")
        self._leave(iam, id)
        iam.delete_instance_profile(InstanceProfileName=id)

    def _leave(self, iam: Any, id: str) -> None:
        for role in iam.get_instance_profile(InstanceProfileName=id)["InstanceProfile"]["Roles"]:
            iam.remove_role_from_instance_profile(InstanceProfileName=id, RoleName=role["RoleName"])


class ServiceLinkedRole(LiveResource):
    token = "aws:iam/serviceLinkedRole:ServiceLinkedRole"

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("iam").create_service_linked_role(
            **given(inputs, AWSServiceName="awsServiceName", CustomSuffix="customSuffix", Description="description")
        )
        return str(answer["Role"]["Arn"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        if tags := inputs.get("tags"):
            api.client("iam").tag_role(RoleName=_name_of(id), Tags=tag_list(tags))

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        answer = or_none(api.client("iam").get_role, RoleName=_name_of(id))
        if answer is None:
            return None
        role = answer["Role"]
        return {
            "arn": role["Arn"],
            "awsServiceName": role["Path"].strip("/").rpartition("/")[2],
            "createDate": role["CreateDate"].isoformat(),
            "customSuffix": role["RoleName"].partition("_")[2] or None,
            "description": role.get("Description") or None,
            "name": role["RoleName"],
            "path": role["Path"],
            "tags": tag_map(role.get("Tags")),
            "uniqueId": role["RoleId"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam, name = api.client("iam"), _name_of(id)
        if "description" in changed:
            iam.update_role(RoleName=name, Description=new.get("description") or "")
        if "tags" in changed:
            retag(iam.list_role_tags, iam.tag_role, iam.untag_role, new, RoleName=name)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("iam").delete_service_linked_role(RoleName=_name_of(id))


def attach(api: Api, role: str, arn: str) -> None:
    """Attaches a policy. AWS's own policies, which moto does not load, are noted in the ledger if they exist."""
    try:
        api.client("iam").attach_role_policy(RoleName=role, PolicyArn=arn)
    except ClientError as error:
        if not (is_gone(error) and AWS_MANAGED in arn and _suffix(arn) in aws_managed_policies()):
            raise
        api.client("iam").get_role(RoleName=role)
        api.ledger.put(api.region, RolePolicyAttachment.token, f"{role}/{arn}", {"role": role, "policyArn": arn})


def detach(api: Api, role: str, arn: str) -> None:
    """Detaches a policy; one that is not attached is no error."""
    api.ledger.remove(api.region, RolePolicyAttachment.token, f"{role}/{arn}")
    try:
        api.client("iam").detach_role_policy(RoleName=role, PolicyArn=arn)
    except ClientError as error:
        if code_of(error) != "NoSuchEntity":
            raise


def retag(listed: Any, tag: Any, untag: Any, new: Props, **target: str) -> None:
    """Makes the tags of an IAM entity those of `new`."""
    live, wanted = tag_map(listed(**target)["Tags"]), new.get("tags") or {}
    if stale := sorted(live.keys() - wanted.keys()):
        untag(**target, TagKeys=stale)
    if fresh := {key: value for key, value in wanted.items() if live.get(key) != value}:
        tag(**target, Tags=tag_list(fresh))


@cache
def aws_managed_policies() -> frozenset[str]:
    """Path and name of every policy that AWS itself publishes, as far as moto knows them."""
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


def _live_attachments(iam: Any, role: str) -> list[str]:
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]


def _noted_attachments(api: Api, role: str) -> list[str]:
    entries = api.ledger.list(api.region, RolePolicyAttachment.token)
    return [entry["policyArn"] for _, _, _, entry in entries if entry["role"] == role]


def _by_name(policies: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {policy["name"]: policy["policy"] for policy in policies or () if policy.get("policy")}


def _name_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def _suffix(arn: str) -> str:
    return arn.partition(AWS_MANAGED)[2]


FUNCTIONS: dict[str, Function] = {"aws:iam/getRole:getRole": get_role}
