"""Flow logs of a VPC, subnet or network interface."""

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, given, one, retag, tag_map, tag_specification

SUBJECTS = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
}
PREFIXES = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId", "tgw-attach-": "transitGatewayAttachmentId"}


class FlowLog(LiveResource):
    token = "aws:ec2/flowLog:FlowLog"
    kept = frozenset({"deliverCrossAccountRole", "destinationOptions", "tagFieldSpecifications"})
    delete_before_replace = True  # AWS refuses a second log of the same traffic to the same place

    def make(self, api: Api, inputs: Props) -> str:
        subject = next((name for name in SUBJECTS if inputs.get(name)), None)
        if subject is None:
            raise InvalidParameterError(f"one of {', '.join(SUBJECTS)} must be set: what shall be logged?")
        answer = api.client("ec2").create_flow_logs(
            ResourceIds=[inputs[subject]],
            ResourceType=SUBJECTS[subject],
            **given(
                inputs,
                TrafficType="trafficType",
                LogDestinationType="logDestinationType",
                LogDestination="logDestination",
                DeliverLogsPermissionArn="iamRoleArn",
                DeliverCrossAccountRole="deliverCrossAccountRole",
                LogFormat="logFormat",
                MaxAggregationInterval="maxAggregationInterval",
            ),
            **tag_specification("vpc-flow-log", inputs.get("tags")),
        )
        for refused in answer.get("Unsuccessful", ()):
            raise InvalidParameterError(f"flow log of {refused['ResourceId']}: {refused['Error']['Message']}")
        return str(answer["FlowLogIds"][0])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        log = one(api.client("ec2").describe_flow_logs, "FlowLogs", FlowLogIds=[id])
        if log is None:
            return None
        subject = next(name for prefix, name in PREFIXES.items() if log["ResourceId"].startswith(prefix))
        return {
            "arn": arn(api, "ec2", f"vpc-flow-log/{id}"),
            subject: log["ResourceId"],
            "trafficType": log["TrafficType"],
            "logDestinationType": log["LogDestinationType"],
            "logDestination": log.get("LogDestination"),
            "iamRoleArn": log.get("DeliverLogsPermissionArn"),
            "logFormat": log.get("LogFormat"),
            "maxAggregationInterval": log.get("MaxAggregationInterval"),
            "tags": tag_map(log.get("Tags")),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        retag(api.client("ec2"), id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("ec2").delete_flow_logs(FlowLogIds=[id])
