"""String and number types that recur in specs and settings."""

from typing import Annotated, Final, Literal

from pydantic import Field

from codekeep_contracts.model import text_field

TENANT_PATTERN: Final = r"^[a-z][a-z0-9-]{1,18}[a-z0-9]$"
LABEL_PATTERN: Final = r"^[a-z][a-z0-9-]{0,22}[a-z0-9]$"

Tier = Literal["pooled", "dedicated", "premium"]

TenantName = Annotated[
    str,
    text_field(
        TENANT_PATTERN,
        "3 to 20 lower-case letters, digits or hyphens, starting with a letter and not ending with a hyphen",
        "shorten or respell the name; display_name may hold any spelling",
        max_length=20,
    ),
]
Label = Annotated[
    str,
    text_field(
        LABEL_PATTERN,
        "2 to 24 lower-case letters, digits or hyphens, starting with a letter and not ending with a hyphen",
        "respell it; resources are named after it",
        max_length=24,
    ),
]
DisplayName = Annotated[
    str,
    text_field(
        r"^[^\x00-\x1f\x7f]{1,80}$",
        "1 to 80 printable characters on one line",
        "write the customer's name as people read it",
        max_length=80,
    ),
]
PersonName = Annotated[
    str,
    text_field(
        r"^[^\x00-\x1f\x7f@<>]{3,80}$",
        "the name of the person at the customer who approved it, 3 to 80 characters",
        "name the approver as in the signed request",
        max_length=80,
    ),
]
RegionName = Annotated[
    str,
    text_field(
        r"^[a-z]{2}(-[a-z]+){1,2}-[1-9]$",
        "an AWS region such as eu-central-1",
        "write the region's code, without a zone letter",
        max_length=20,
    ),
]
ZoneName = Annotated[
    str,
    text_field(
        r"^[a-z]{2}(-[a-z]+){1,2}-[1-9][a-f]$",
        "an availability zone such as eu-central-1a",
        "write the region's code with the zone's letter",
        max_length=21,
    ),
]
AccountId = Annotated[
    str,
    text_field(
        r"^[0-9]{12}$",
        "an AWS account id: 12 digits, in quotes",
        'write all 12 digits in quotes, as in "111122223333", so that YAML keeps it a string',
        max_length=12,
    ),
]
HostName = Annotated[
    str,
    text_field(
        r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
        "a fully qualified host name in lower case, without scheme, port or path",
        "write the name alone, such as github.example.com",
    ),
]
TokenName = Annotated[
    str,
    text_field(
        r"^[A-Za-z0-9_.:/-]{1,128}$",
        "1 to 128 letters, digits or _ . : / -",
        "copy it from the identity provider's application",
        max_length=128,
    ),
]
EndpointService = Annotated[
    str,
    text_field(
        r"^com\.amazonaws\.vpce\.[a-z]{2}(-[a-z]+){1,2}-[1-9]\.vpce-svc-[0-9a-f]{8,17}$",
        "the name of a VPC endpoint service: com.amazonaws.vpce.<region>.vpce-svc-<id>",
        "copy the service name that the host's owner published for PrivateLink",
        max_length=120,
    ),
]
Port = Annotated[int, Field(ge=1, le=65535, description="a TCP port")]
Arn = Annotated[str, Field(pattern=r"^arn:aws:[a-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:.{1,512}$", max_length=600)]
Url = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[^\s]*)?$", max_length=512)]
BucketName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", max_length=63)]
ObjectName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", max_length=63)]
"""A key of the settings, or a name in Kubernetes."""
Dimension = Annotated[int, Field(ge=64, le=4096)]
"""Length of the vectors."""
