"""A key that lives long is found in the end: in a laptop, a log, a repository."""

from collections.abc import Iterator, Mapping

from policies.graph import Node
from policies.reading import MISSING, read
from policies.rule import Case, Family, Finding, Requirement, Rule, Severity

PROVIDER = "pulumi:providers:aws"
REFUSED: Mapping[str, str] = {
    "aws:iam/accessKey:AccessKey": "an access key never expires",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "a service's own password never expires",
    "aws:iam/signingCertificate:SigningCertificate": "a signing certificate is a long-lived credential",
    "aws:iam/sshKey:SshKey": "an SSH key of a user never expires",
    "aws:iam/user:User": "a user exists to hold long-lived credentials",
    "aws:iam/userGroupMembership:UserGroupMembership": "it gives permissions to a user",
    "aws:iam/userLoginProfile:UserLoginProfile": "a login profile is a password",
    "aws:iam/userPolicy:UserPolicy": "it gives permissions to a user",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": "it gives permissions to a user",
    "aws:ec2/keyPair:KeyPair": "an SSH key of machines never expires",
}
"""Types that are, or serve, long-lived credentials, and why."""

HELD: Mapping[str, tuple[str, ...]] = {
    PROVIDER: ("accessKey", "secretKey"),
    "aws:ec2/instance:Instance": ("keyName",),
    "aws:ec2/launchTemplate:LaunchTemplate": ("keyName",),
    "aws:ec2/launchConfiguration:LaunchConfiguration": ("keyName",),
    "aws:eks/nodeGroup:NodeGroup": ("remoteAccess.ec2SshKey",),
}
"""Properties that hold or name one."""

RULE = Rule(
    id="long-lived-keys",
    title="Nobody has a credential that does not expire by itself",
    severity=Severity.HIGH,
    family=Family.IDENTITY,
    applies_to=(*REFUSED, *HELD),
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
def nothing_lasts(node: Node, _: Case) -> Iterator[Finding]:
    if node.type in REFUSED and not node.options.get("external"):
        yield RULE.violation(node, "", f"must not exist: {REFUSED[node.type]}")
    for path in HELD.get(node.type, ()):
        for found in read(node.inputs, path):
            if found.value is not MISSING and found.value != "":  # known or not: it is there
                yield RULE.violation(node, found.path, "is set: a long-lived credential")
