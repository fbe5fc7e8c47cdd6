"""What every part of a spec is made of: strict frozen models and the text types that recur in them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class SpecModel(BaseModel):
    """Strict (no silent conversion), frozen, and closed: an unknown key is a fault, never ignored."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


def text(pattern: str, allowed: str, remedy: str, *, longest: int = 253) -> Any:
    """Field of a string type: `allowed` and `remedy` are what a fault in it tells the reader."""
    return Field(
        pattern=pattern,
        max_length=longest,
        description=allowed,
        json_schema_extra={"x-remedy": remedy},
    )


Tier = Literal["pooled", "dedicated", "premium"]

TenantName = Annotated[
    str,
    text(
        r"^[a-z][a-z0-9-]{1,18}[a-z0-9]$",
        "3 to 20 lower-case letters, digits or hyphens, starting with a letter and not ending with a hyphen",
        "shorten or respell the name; display_name may hold any spelling",
        longest=20,
    ),
]
Label = Annotated[
    str,
    text(
        r"^[a-z][a-z0-9-]{0,22}[a-z0-9]$",
        "2 to 24 lower-case letters, digits or hyphens, starting with a letter and not ending with a hyphen",
        "respell it; resources are named after it",
        longest=24,
    ),
]
StackName = Annotated[
    str,
    text(
        r"^[a-z][a-z0-9-]{1,60}$",
        "the name of a Pulumi stack of this project: lower-case letters, digits and hyphens",
        "write the stack's name as in its file, Pulumi.<stack>.yaml",
        longest=61,
    ),
]
DisplayName = Annotated[
    str,
    text(
        r"^[^\x00-\x1f\x7f]{1,80}$",
        "1 to 80 printable characters on one line",
        "write the customer's name as people read it",
        longest=80,
    ),
]
RegionName = Annotated[
    str,
    text(
        r"^[a-z]{2}(-[a-z]+){1,2}-[1-9]$",
        "an AWS region such as eu-central-1",
        "write the region's code, without a zone letter",
        longest=20,
    ),
]
ZoneName = Annotated[
    str,
    text(
        r"^[a-z]{2}(-[a-z]+){1,2}-[1-9][a-f]$",
        "an availability zone such as eu-central-1a",
        "write the region's code with the zone's letter",
        longest=21,
    ),
]
AccountId = Annotated[
    str,
    text(
        r"^[0-9]{12}$",
        "an AWS account id: 12 digits, in quotes",
        'write all 12 digits in quotes, as in "111122223333", so that YAML keeps it a string',
        longest=12,
    ),
]
RoleArn = Annotated[
    str,
    text(
        r"^arn:aws:iam::[0-9]{12}:role/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$",
        "the ARN of an IAM role: arn:aws:iam::<12-digit account>:role/<name>",
        "copy the role's ARN from IAM",
        longest=640,
    ),
]
PrincipalArn = Annotated[
    str,
    text(
        r"^arn:aws:iam::[0-9]{12}:(root|(role|user)/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64})$",
        "one named principal: arn:aws:iam::<12-digit account>:root, :role/<name> or :user/<name>; never a wildcard",
        "name the customer's account, role or user that may connect",
        longest=640,
    ),
]
OperatorArn = Annotated[
    str,
    text(
        r"^arn:aws:iam::[0-9]{12}:(role|user)/([A-Za-z0-9+=,.@_-]+/)*[A-Za-z0-9+=,.@_-]{1,64}$",
        "one role or user: arn:aws:iam::<12-digit account>:role/<name> or :user/<name>; neither root nor a wildcard",
        "name the role of the people who operate the cluster",
        longest=640,
    ),
]
KmsKeyArn = Annotated[
    str,
    text(
        r"^arn:aws:kms:[a-z]{2}(-[a-z]+){1,2}-[1-9]:[0-9]{12}:key/(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
        "the ARN of a KMS key: arn:aws:kms:<region>:<12-digit account>:key/<key id>, not an alias",
        "copy the key's ARN from KMS",
        longest=160,
    ),
]
HostName = Annotated[
    str,
    text(
        r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        "a fully qualified host name in lower case, without scheme, port or path",
        "write the name alone, such as github.example.com",
    ),
]
EgressDomain = Annotated[
    str,
    text(
        r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        "a registered domain in lower case, with a leading *. where its subdomains are meant; never * or *.com alone",
        "name each domain the keep must reach",
    ),
]
EndpointService = Annotated[
    str,
    text(
        r"^com\.amazonaws\.vpce\.[a-z]{2}(-[a-z]+){1,2}-[1-9]\.vpce-svc-[0-9a-f]{8,17}$",
        "the name of a VPC endpoint service: com.amazonaws.vpce.<region>.vpce-svc-<id>",
        "copy the service name that the host's owner published for PrivateLink",
        longest=120,
    ),
]
Port = Annotated[int, Field(ge=1, le=65535, description="a TCP port")]
EmailAddress = Annotated[
    str,
    text(
        r"^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]+\.)+[A-Za-z]{2,24}$",
        "an e-mail address",
        "write one address an item, such as platform@example.com",
        longest=254,
    ),
]
