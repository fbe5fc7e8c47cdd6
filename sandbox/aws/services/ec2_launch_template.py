"""Launch templates: each change is a new version."""

from collections.abc import Mapping
from typing import Any

from awsread.schema import schema_of
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, filters, given, one, retag, tag_map, tag_specification
from sandbox.aws.services.shapes import to_api, to_props

NAMES = {
    "ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    "ipv4Addresses": "PrivateIpAddresses",
    "securityGroupNames": "SecurityGroups",
    "securityGroups": "Groups",
    "vpcSecurityGroupIds": "SecurityGroupIds",
}
ABOUT_THE_TEMPLATE = frozenset({"name", "namePrefix", "tags", "region", "defaultVersion", "updateDefaultVersion"})
NOT_IN_THE_DATA = ABOUT_THE_TEMPLATE | {"description"}  # a version has its own description


class LaunchTemplate(LiveResource):
    token = "aws:ec2/launchTemplate:LaunchTemplate"
    auto_name = "name"
    auto_name_max = 125
    kept = frozenset({"namePrefix", "updateDefaultVersion"})

    def fresh(self, new: Props, changed: frozenset[str]) -> frozenset[str]:
        if not changed - ABOUT_THE_TEMPLATE:
            return frozenset()
        return frozenset({"latestVersion", "defaultVersion"} if new.get("updateDefaultVersion") else {"latestVersion"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_launch_template(
            LaunchTemplateName=inputs["name"],
            LaunchTemplateData=self._data(api, inputs),
            **given(inputs, VersionDescription="description"),
            **tag_specification("launch-template", inputs.get("tags")),
        )
        return str(answer["LaunchTemplate"]["LaunchTemplateId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        ec2 = api.client("ec2")
        template = one(ec2.describe_launch_templates, "LaunchTemplates", LaunchTemplateIds=[id])
        if template is None:
            return None
        latest = ec2.describe_launch_template_versions(LaunchTemplateId=id, Versions=["$Latest"])
        version = latest["LaunchTemplateVersions"][0]
        # moto's own list of tags is that of the day of creation.
        tags = ec2.describe_tags(Filters=filters(resource_id=id))["Tags"]
        return {
            "arn": arn(api, "ec2", f"launch-template/{id}"),
            "name": template["LaunchTemplateName"],
            "defaultVersion": template["DefaultVersionNumber"],
            "latestVersion": template["LatestVersionNumber"],
            "description": version.get("VersionDescription"),
            "tags": tag_map(tags),
            **self._props(version["LaunchTemplateData"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        default = new.get("defaultVersion") if "defaultVersion" in changed else None
        if changed - ABOUT_THE_TEMPLATE:
            answer = ec2.create_launch_template_version(
                LaunchTemplateId=id,
                LaunchTemplateData=self._data(api, new),
                **given(new, VersionDescription="description"),
            )
            if new.get("updateDefaultVersion"):
                default = answer["LaunchTemplateVersion"]["VersionNumber"]
        if default:
            ec2.modify_launch_template(LaunchTemplateId=id, DefaultVersion=str(default))
        retag(ec2, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").delete_launch_template(LaunchTemplateId=id)

    def _data(self, api: Api, inputs: Props) -> Props:
        shape = api.client("ec2").meta.service_model.shape_for("RequestLaunchTemplateData")
        data = {name: value for name, value in inputs.items() if name not in NOT_IN_THE_DATA}
        return dict(to_api(data, shape, NAMES, "launchTemplate"))

    def _props(self, data: Mapping[str, Any]) -> Props:
        # The template's own tags are among moto's specifications of tags.
        ours = [tags for tags in data.get("TagSpecifications", ()) if tags["ResourceType"] != "launch-template"]
        properties = schema_of(self.token).inputs.properties
        spelled = {name.lower(): name for name in properties}
        api_names = {NAMES.get(name, ""): name for name in properties}
        result: Props = {}
        for key, value in {**data, "TagSpecifications": ours}.items():
            name = api_names.get(key) or spelled[key.lower()]
            result[name] = to_props(value, properties[name], NAMES)
        return {name: value for name, value in result.items() if value not in ([], "")}
