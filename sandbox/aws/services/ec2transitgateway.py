"""Attachments to transit gateways. The gateways are other accounts' and not on the sandbox, so moto cannot attach to
them: attachments are recorded.
"""

from awsread.answers import arn
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Props


class VpcAttachment(RecordedResource):
    token = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
    conflict_code = "DuplicateTransitGatewayAttachment"
    id_prefix = "tgw-attach"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        attachment = arn(api, "ec2", f"transit-gateway-attachment/{id}")
        return {"arn": attachment, "vpcOwnerId": api.account_id}
