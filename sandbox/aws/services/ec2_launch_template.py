"""Launch templates: each change is a new version."""

from awsread.services.ec2 import TEMPLATE, TEMPLATE_LISTS, TEMPLATE_NAMES
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, args_of, tag_specification
from sandbox.aws.services.requests import to_api

NOT_VERSIONED = frozenset({"name", "namePrefix", "tags", "region", "defaultVersion", "updateDefaultVersion"})
NOT_IN_THE_DATA = NOT_VERSIONED | {"description"}  # each version has its own description


class LaunchTemplate(LiveResource):
    token = TEMPLATE
    service = "ec2"
    deletion = ("delete_launch_template", "LaunchTemplateId")
    auto_name = "name"
    auto_name_max = 125
    in_ledger = frozenset({"namePrefix", "updateDefaultVersion"})

    def outputs_changed_by(self, new: Props, changed: frozenset[str]) -> frozenset[str]:
        if not changed - NOT_VERSIONED:
            return frozenset()
        return frozenset({"latestVersion", "defaultVersion"} if new.get("updateDefaultVersion") else {"latestVersion"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("ec2").create_launch_template(
            LaunchTemplateName=inputs["name"],
            LaunchTemplateData=self._data(api, inputs),
            **args_of(inputs, VersionDescription="description"),
            **tag_specification("launch-template", inputs.get("tags")),
        )
        return str(answer["LaunchTemplate"]["LaunchTemplateId"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        found = super().read_live(api, id, state)
        return found and {**found, **{name: found[name] or None for name in TEMPLATE_LISTS}}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        ec2 = api.client("ec2")
        default = new.get("defaultVersion") if "defaultVersion" in changed else None
        if changed - NOT_VERSIONED:
            answer = ec2.create_launch_template_version(
                LaunchTemplateId=id,
                LaunchTemplateData=self._data(api, new),
                **args_of(new, VersionDescription="description"),
            )
            if new.get("updateDefaultVersion"):
                default = answer["LaunchTemplateVersion"]["VersionNumber"]
        if default:
            ec2.modify_launch_template(LaunchTemplateId=id, DefaultVersion=str(default))
        self.retag(api, id, old, new)

    def _data(self, api: Api, inputs: Props) -> Props:
        shape = api.client("ec2").meta.service_model.shape_for("RequestLaunchTemplateData")
        data = {name: value for name, value in inputs.items() if name not in NOT_IN_THE_DATA}
        return dict(to_api(data, shape, TEMPLATE_NAMES, "launchTemplate"))
