"""Parameters, and the public ones with AWS's node images."""

import hashlib
import re

from botocore.exceptions import ClientError

from awsread.errors import code_of
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.eks_node_group import BUILD
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call

STANDARD = "Standard"
NODE_IMAGE = re.compile(
    r"^/aws/service/eks/optimized-ami/(?P<version>1\.\d\d)/"
    r"(?P<family>amazon-linux-2023/(?:x86_64|arm64)/(?:standard|nvidia|neuron)|amazon-linux-2(?:-gpu|-arm64)?)/"
    r"(?:recommended|amazon-eks-[^/]+)/(?P<fact>image_id|image_name|release_version)$"
)
"""EKS's own images, which moto does not publish."""


class Parameter(LiveResource):
    token = "aws:ssm/parameter:Parameter"
    service = "ssm"
    deletion = ("delete_parameter", "Name")
    auto_name = "name"
    auto_name_max = 2048
    in_state = frozenset({"overwrite"})

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = super().replaces(old, new, changed)
        shrinks = old.get("tier") == "Advanced" and new.get("tier", "Advanced") == STANDARD
        return forced | {"tier"} if "tier" in changed and shrinks else forced

    def make(self, api: Api, inputs: Props) -> str:
        # Tags go with a new parameter only.
        tags = None if inputs.get("overwrite") else inputs.get("tags")
        values = (inputs.get(name) for name in ("value", "insecureValue", "valueWo"))
        wanted = {
            **inputs,
            "value": next((value for value in values if value is not None), None),
            "description": inputs.get("description") or "",
            "overwrite": bool(inputs.get("overwrite")),
            "tags": tags,
        }
        call(api.client("ssm"), "put_parameter", wanted)
        return str(inputs["name"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed - {"tags", "overwrite"}:
            self.make(api, {**new, "overwrite": True})
        self.retag(api, id, old, new, ResourceType="Parameter")


def get_parameter(api: Api, arguments: Props) -> Props:
    """aws.ssm.getParameter: a parameter of the account, or a public one of AWS."""
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
    """A made-up id of an EKS node image, constant for an image and region."""
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


FUNCTIONS: dict[str, Function] = {"aws:ssm/getParameter:getParameter": get_parameter}
