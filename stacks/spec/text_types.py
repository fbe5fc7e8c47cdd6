"""Text types of specs. Those that the runtime's settings share are in codekeep_contracts.text_types."""

from typing import Annotated

from codekeep_contracts.model import text_field

StackName = Annotated[
    str,
    text_field(
        r"^[a-z][a-z0-9-]{1,60}$",
        "the name of a Pulumi stack of this project: lower-case letters, digits and hyphens",
        "write the stack's name as in its file, Pulumi.<stack>.yaml",
        max_length=61,
    ),
]
RoleArn = Annotated[
    str,
    text_field(
        r"^arn:aws:iam::[0-9]{12}:role/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$",
        "the ARN of an IAM role: arn:aws:iam::<12-digit account>:role/<name>",
        "copy the role's ARN from IAM",
        max_length=640,
    ),
]
PrincipalArn = Annotated[
    str,
    text_field(
        r"^arn:aws:iam::[0-9]{12}:(root|(role|user)/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64})$",
        "one named principal: arn:aws:iam::<12-digit account>:root, :role/<name> or :user/<name>; never a wildcard",
        "name the customer's account, role or user that may connect",
        max_length=640,
    ),
]
OperatorArn = Annotated[
    str,
    text_field(
        r"^arn:aws:iam::[0-9]{12}:(role|user)/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$",
        "one role or user: arn:aws:iam::<12-digit account>:role/<name> or :user/<name>; neither root nor a wildcard",
        "name the role of the people who operate the cluster",
        max_length=640,
    ),
]
KmsKeyArn = Annotated[
    str,
    text_field(
        r"^arn:aws:kms:[a-z]{2}(-[a-z]+){1,2}-[1-9]:[0-9]{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
        "the ARN of a KMS key: arn:aws:kms:<region>:<12-digit account>:key/<key id>, not an alias",
        "copy the key's ARN from KMS",
        max_length=160,
    ),
]
EgressDomain = Annotated[
    str,
    text_field(
        r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        "a registered domain in lower case, with a leading *. where its subdomains are meant; never * or *.com alone",
        "name each domain the keep must reach",
    ),
]
EmailAddress = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z]{2,24}$",
        "an e-mail address",
        "write one address an item, such as platform@example.com",
        max_length=254,
    ),
]
