"""SNS topics, their policies and subscriptions."""

from collections.abc import Mapping

from sandbox.aws.errors import or_none
from sandbox.aws.resource import Api, Created, Function, Live, Props, Resource

# Pulumi property → SNS attribute
TOPIC_ATTRIBUTES = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "archivePolicy": "ArchivePolicy",
    "fifoThroughputScope": "FifoThroughputScope",
}


class Topic(Resource):
    token = "aws:sns/topic:Topic"
    replace_on = frozenset({"name", "namePrefix", "fifoTopic"})
    auto_name = "name"
    auto_name_max = 256

    def name_for(self, name: str, inputs: Props) -> str:
        return f"{name}.fifo" if inputs.get("fifoTopic") is True else name

    def create(self, api: Api, inputs: Props) -> Created:
        attributes = {"FifoTopic": "true"} if inputs.get("fifoTopic") else {}
        arn = api.client("sns").create_topic(
            Name=inputs["name"],
            Attributes=attributes,
            Tags=[{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()],
        )["TopicArn"]
        return Created(id=arn, outputs={"arn": arn})

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        found = or_none(api.client("sns").get_topic_attributes, TopicArn=id)
        if found is None:
            return None
        inputs: Props = {"name": id.rpartition(":")[2]}
        tags = api.client("sns").list_tags_for_resource(ResourceArn=id)["Tags"]
        inputs["tags"] = {tag["Key"]: tag["Value"] for tag in tags}
        return Live(inputs=inputs, outputs={"arn": id})

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        return {}

    def delete(self, api: Api, id: str, state: Props) -> None:
        api.client("sns").delete_topic(TopicArn=id)


RESOURCES: tuple[Resource, ...] = (Topic(),)
FUNCTIONS: Mapping[str, Function] = {}
