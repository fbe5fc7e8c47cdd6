"""Parameters, and those that AWS publishes of its node images."""

import hashlib
import re
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of, or_none
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.eks_node_group import BUILD
from sandbox.aws.services.live import LiveResource, given, tag_list, tag_map

STANDARD = "Standard"
NODE_IMAGE = re.compile(
    r"^/aws/service/eks/optimized-ami/(?P<version>1\.\d\d)/"
    r"(?P<family>amazon-linux-2023/(?:x86_64|arm64)/(?:standard|nvidia|neuron)|amazon-linux-2(?:-gpu|-arm64)?)/"
    r"(?:recommended|amazon-eks-[^/]+)/(?P<fact>image_id|image_name|release_version)$"
)
"""EKS's own images, which moto does not publish."""


class Parameter(LiveResource):
    token = "aws:ssm/parameter:Parameter"
    auto_name = "name"
    auto_name_max = 2048

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        shrinks = old.get("tier") == "Advanced" and new.get("tier", "Advanced") == STANDARD
        return forced | {"tier"} if "tier" in changed and shrinks else forced

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs, Overwrite=bool(inputs.get("overwrite")), **_first_tags(inputs))
        return str(inputs["name"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        ssm = api.client("ssm")
        answer = or_none(ssm.get_parameter, Name=id, WithDecryption=True)
        listed = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [id]}])
        if answer is None or not listed["Parameters"]:
            return None
        found, described = answer["Parameter"], listed["Parameters"][0]
        is_secret = found["Type"] == "SecureString"
        shown = not is_secret and ("insecureValue" in state or not state)
        writes_only = state.get("valueWoVersion") is not None
        return {
            "allowedPattern": described.get("AllowedPattern") or None,
            "arn": found["ARN"],
            "dataType": found.get("DataType", "text"),
            "description": described.get("Description") or None,
            "hasValueWo": writes_only,
            "insecureValue": found["Value"] if shown and "value" not in state else None,
            "keyId": described.get("KeyId"),
            "name": found["Name"],
            "overwrite": state.get("overwrite"),
            "tags": tag_map(ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=id)["TagList"]),
            "tier": described.get("Tier") or STANDARD,
            "type": found["Type"],
            "value": None if writes_only or "insecureValue" in state else found["Value"],
            "valueWoVersion": state.get("valueWoVersion"),
            "version": found["Version"],
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags", "overwrite"}:
            self._put(api, new, Overwrite=True)
        if "tags" in changed:
            ssm = api.client("ssm")
            target = {"ResourceType": "Parameter", "ResourceId": id}
            before, after = tag_map(ssm.list_tags_for_resource(**target)["TagList"]), new.get("tags") or {}
            if stale := sorted(before.keys() - after.keys()):
                ssm.remove_tags_from_resource(**target, TagKeys=stale)
            if fresh := {key: value for key, value in after.items() if before.get(key) != value}:
                ssm.add_tags_to_resource(**target, Tags=tag_list(fresh))

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ssm").delete_parameter(Name=id)

    def _put(self, api: Api, inputs: Props, **more: Any) -> None:
        values = (inputs.get(name) for name in ("value", "insecureValue", "valueWo"))
        value = next((value for value in values if value is not None), None)
        api.client("ssm").put_parameter(
            Value=value,
            Description=inputs.get("description") or "",
            **given(
                inputs,
                Name="name",
                Type="type",
                AllowedPattern="allowedPattern",
                DataType="dataType",
                KeyId="keyId",
                Tier="tier",
            ),
            **more,
        )


def get_parameter(api: Api, arguments: Props) -> Props:
    """aws.ssm.getParameter: a parameter of the account, or one of those that AWS publishes."""
    name = arguments["name"]
    try:
        found = api.client("ssm").get_parameter(Name=name, WithDecryption=bool(arguments.get("withDecryption", True)))[
            "Parameter"
        ]
    except ClientError as error:
        published = node_image(api, name)
        if code_of(error) != "ParameterNotFound" or published is None:
            raise
        found = published
    return {
        **arguments,
        "id": name,
        "arn": found["ARN"],
        "type": found["Type"],
        "value": found["Value"],
        "version": found["Version"],
        **({"insecureValue": found["Value"]} if found["Type"] != "SecureString" else {}),
    }


def node_image(api: Api, name: str) -> Props | None:
    """What AWS would say of an EKS node image: made up, but the same for the same image and region."""
    match = NODE_IMAGE.match(name)
    if match is None:
        return None
    release = f"{match['version']}.0-{BUILD}"
    digest = hashlib.sha256(f"{api.region}/{match['version']}/{match['family']}".encode()).hexdigest()
    kind = match["family"].replace("amazon-linux-2023/", "al2023-").replace("/", "-")
    facts = {
        "image_id": f"ami-0{digest[:16]}",
        "image_name": f"amazon-eks-node-{kind}-{match['version']}-v{BUILD}",
        "release_version": release,
    }
    arn = f"arn:{api.partition}:ssm:{api.region}::parameter{name}"
    return {"Name": name, "Type": "String", "Value": facts[match["fact"]], "Version": 1, "ARN": arn}


def _first_tags(inputs: Props) -> Props:
    """Tags go with a new parameter only."""
    tags = inputs.get("tags")
    return {"Tags": tag_list(tags)} if tags and not inputs.get("overwrite") else {}


FUNCTIONS: dict[str, Function] = {"aws:ssm/getParameter:getParameter": get_parameter}
