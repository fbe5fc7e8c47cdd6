"""SSM parameters."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import one, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads


@reads("ssm", "aws:ssm/parameter:Parameter", fixed="overwrite", is_secret=True)
def parameter(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    ssm = aws.client("ssm")
    answer = or_none(ssm.get_parameter, Name=id, WithDecryption=True)
    by_name = [{"Key": "Name", "Option": "Equals", "Values": [id]}]
    described = one(ssm.describe_parameters, "Parameters", ParameterFilters=by_name)
    if answer is None or described is None:
        return None
    found = answer["Parameter"]
    is_secret = found["Type"] == "SecureString"
    shown = not is_secret and ("insecureValue" in known or not known)
    writes_only = known.get("valueWoVersion") is not None
    return {
        "allowedPattern": described.get("AllowedPattern") or None,
        "arn": found["ARN"],
        "dataType": found.get("DataType", "text"),
        "description": described.get("Description") or None,
        "hasValueWo": writes_only,
        "insecureValue": found["Value"] if shown and "value" not in known else None,
        "keyId": described.get("KeyId"),
        "name": found["Name"],
        "tags": tag_map(ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=id)["TagList"]),
        "tier": described.get("Tier") or "Standard",
        "type": found["Type"],
        "value": None if writes_only or "insecureValue" in known else found["Value"],
        "valueWoVersion": known.get("valueWoVersion"),
        "version": found["Version"],
    }
