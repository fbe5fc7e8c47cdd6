"""Flow logs of a VPC, subnet or network interface."""

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, tag_specification
from sandbox.aws.services.requests import call

SUBJECTS = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
}


class FlowLog(LiveResource):
    token = "aws:ec2/flowLog:FlowLog"
    service = "ec2"
    deletion = ("delete_flow_logs", "FlowLogIds")
    names = {"iamRoleArn": "DeliverLogsPermissionArn"}
    in_ledger = frozenset({"deliverCrossAccountRole", "destinationOptions", "tagFieldSpecifications"})
    delete_before_replace = True  # AWS refuses a second log of the same traffic to the same place

    def make(self, api: Api, inputs: Props) -> str:
        subject = next((name for name in SUBJECTS if inputs.get(name)), None)
        if subject is None:
            raise InvalidParameterError(f"one of {', '.join(SUBJECTS)} must be set: what to log")
        answer = call(
            api.client("ec2"),
            "create_flow_logs",
            {name: value for name, value in inputs.items() if name not in self.in_ledger},
            self.names,
            ResourceIds=[inputs[subject]],
            ResourceType=SUBJECTS[subject],
            **tag_specification("vpc-flow-log", inputs.get("tags")),
        )
        for refused in answer.get("Unsuccessful", ()):
            raise InvalidParameterError(f"flow log of {refused['ResourceId']}: {refused['Error']['Message']}")
        return str(answer["FlowLogIds"][0])
