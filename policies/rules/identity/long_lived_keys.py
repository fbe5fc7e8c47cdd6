"""A credential that lives long is found in the end: in a laptop, a log, a repository."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.graph.build import AWS_PROVIDER_TYPE
from policies.reading import MISSING, first
from policies.rule import Case, Finding, Requirement, Severity, identity_rule
from policies.rules._types import INSTANCE, LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, NODE_GROUP

REFUSED: Mapping[str, str] = {
    "aws:iam/accessKey:AccessKey": "an access key never expires",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "a service's own password never expires",
    "aws:iam/signingCertificate:SigningCertificate": "a signing certificate is a long-lived credential",
    "aws:iam/sshKey:SshKey": "an SSH key of a user never expires",
    "aws:iam/user:User": "a user exists to have long-lived credentials",
    "aws:iam/userGroupMembership:UserGroupMembership": "it gives permissions to a user",
    "aws:iam/userLoginProfile:UserLoginProfile": "a login profile is a password",
    "aws:iam/userPolicy:UserPolicy": "it gives permissions to a user",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "it gives permissions to a user",
    "aws:ec2/keyPair:KeyPair": "an SSH key of machines never expires",
}
"""Types that are, or serve, long-lived credentials, and why."""

NAMED_IN: Mapping[str, tuple[str, ...]] = {
    AWS_PROVIDER_TYPE: ("accessKey", "secretKey"),
    INSTANCE: ("keyName",),
    LAUNCH_TEMPLATE: ("keyName",),
    LAUNCH_CONFIGURATION: ("keyName",),
    NODE_GROUP: ("remoteAccess.ec2SshKey",),
}
"""Properties that contain or name one."""

RULE = identity_rule(
    id="long-lived-keys",
    title="Nobody has a credential that does not expire by itself",
    severity=Severity.HIGH,
    applies_to=(*REFUSED, *NAMED_IN),
    requirement=Requirement.ACCESS_CONTROL,
    why="A leaked key works until somebody notices; a role's session has ended by then.",
    remedy="give people and pipelines roles by federation, pods roles by components.identity, and nodes no SSH",
    frameworks={
        "CIS AWS": ("1.13", "1.14", "1.15", "1.18", "1.21"),
        "SOC 2": ("CC6.1", "CC6.2"),
        "ISO 27001": ("A.5.16", "A.5.17", "A.8.5"),
    },
)


@RULE.check
def credentials_expire(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in REFUSED and not node.options.get("external"):
        yield RULE.violation(node, "", f"must not exist: {REFUSED[node.type]}")
    for path in NAMED_IN.get(node.type, ()):
        if first(node.inputs, path) not in (MISSING, ""):  # an unknown or secret one is set too
            yield RULE.violation(node, path, "is set: a long-lived credential")
