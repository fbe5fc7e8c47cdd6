"""IAM roles, their policies and attachments, instance profiles, managed policies and identity providers."""

from collections.abc import Iterable, Mapping
from typing import Any

from awsread.answers import pages, pick, same_json, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads

SESSION_SECONDS = 3600  # AWS's, where none is given


@reads("iam", "aws:iam/role:Role", fixed="forceDetachPolicies")
def role(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """A role. Attachments may be separate resources, so they are reported only if the role's state lists some."""
    iam = aws.client("iam")
    answer = or_none(iam.get_role, RoleName=id)
    if answer is None:
        return None
    found = answer["Role"]
    listed, inline = known.get("managedPolicyArns"), known.get("inlinePolicies")
    return {
        **pick(found, "Arn", "Path", name="RoleName", uniqueId="RoleId"),
        "assumeRolePolicy": same_json(known.get("assumeRolePolicy"), found["AssumeRolePolicyDocument"]),
        "createDate": found["CreateDate"].isoformat(),
        "description": found.get("Description") or None,
        "maxSessionDuration": found.get("MaxSessionDuration", SESSION_SECONDS),
        "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": tag_map(found.get("Tags")),
        "managedPolicyArns": None if listed is None else same_set(listed, attached(aws, id)),
        "inlinePolicies": None if inline is None else _inline(iam, id, inline),
    }


def attached(aws: Aws, name: str) -> list[str]:
    """ARNs of the managed policies that a role has."""
    found = pages(aws.client("iam"), "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    return [policy["PolicyArn"] for policy in found]


def by_name(policies: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """Inline policies of a role: name → document."""
    return {policy["name"]: policy["policy"] for policy in policies or () if policy.get("policy")}


def _inline(iam: Any, id: str, listed: Any) -> list[Any]:
    known = by_name(listed)
    found = []
    for name in iam.list_role_policies(RoleName=id)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=id, PolicyName=name)["PolicyDocument"]
        found.append({"name": name, "policy": same_json(known.get(name), document)})
    return same_set(listed, found)


@reads("iam", "aws:iam/rolePolicy:RolePolicy")
def role_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    role, _, name = id.partition(":")
    found = or_none(aws.client("iam").get_role_policy, RoleName=role, PolicyName=name)
    if found is None:
        return None
    return {"role": role, "name": name, "policy": same_json(known.get("policy"), found["PolicyDocument"])}


@reads("iam", "aws:iam/rolePolicyAttachment:RolePolicyAttachment")
def role_policy_attachment(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is the provider's `role-suffix`, or `role/ARN` at an import.

    Raises:
        LookupError: the account has no such policy, so its attachments cannot be listed.
    """
    role, policy = known.get("role"), known.get("policyArn")
    if role is None or policy is None:
        role, _, policy = id.partition("/")
    iam = aws.client("iam")
    if or_none(iam.get_role, RoleName=role) is None:
        return None
    if policy in attached(aws, role):
        return {"role": role, "policyArn": policy}
    if or_none(iam.get_policy, PolicyArn=policy) is None:
        raise LookupError(f"the account does not know the policy {policy}, so it cannot say who has it")
    return None


@reads("iam", "aws:iam/instanceProfile:InstanceProfile")
def instance_profile(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    answer = or_none(aws.client("iam").get_instance_profile, InstanceProfileName=id)
    if answer is None:
        return None
    found = answer["InstanceProfile"]
    return {
        **pick(found, "Arn", "Path", uniqueId="InstanceProfileId"),
        "createDate": found["CreateDate"].isoformat(),
        "name": id,
        "role": next((each["RoleName"] for each in found["Roles"]), None),
        "tags": tag_map(found.get("Tags")),
    }


@reads("iam", "aws:iam/serviceLinkedRole:ServiceLinkedRole")
def service_linked_role(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    answer = or_none(aws.client("iam").get_role, RoleName=id.rpartition("/")[2])
    if answer is None:
        return None
    found = answer["Role"]
    return {
        **pick(found, "Arn", "Path", name="RoleName", uniqueId="RoleId"),
        "awsServiceName": found["Path"].strip("/").rpartition("/")[2],
        "createDate": found["CreateDate"].isoformat(),
        "customSuffix": found["RoleName"].partition("_")[2] or None,
        "description": found.get("Description") or None,
        "tags": tag_map(found.get("Tags")),
    }


@reads("iam", "aws:iam/policy:Policy", fixed="path delayAfterPolicyCreationInMs")
def managed_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    iam = aws.client("iam")
    answer = or_none(iam.get_policy, PolicyArn=id)
    if answer is None:
        return None
    found = answer["Policy"]
    version = iam.get_policy_version(PolicyArn=id, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    return {
        **pick(found, "Arn", "AttachmentCount", "Path", "PolicyId", name="PolicyName"),
        "description": found.get("Description") or None,
        "policy": same_json(known.get("policy"), version["Document"]),
        "tags": tag_map(found.get("Tags")),
    }


@reads("iam", "aws:iam/openIdConnectProvider:OpenIdConnectProvider")
def open_id_connect_provider(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = or_none(aws.client("iam").get_open_id_connect_provider, OpenIDConnectProviderArn=id)
    if found is None:
        return None
    written = known.get("url")
    same_url = isinstance(written, str) and written.removeprefix("https://") == found["Url"]
    return {
        "arn": id,
        "clientIdLists": same_set(known.get("clientIdLists"), found["ClientIDList"]),
        "tags": tag_map(found.get("Tags")),
        "thumbprintLists": same_set(known.get("thumbprintLists"), found["ThumbprintList"]),
        "url": written if same_url else f"https://{found['Url']}",
    }
