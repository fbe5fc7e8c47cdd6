"""IAM Access Analyzer."""

from sandbox.aws.model import refuse_invalid
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import arn, given


class Analyzer(RecordedResource):
    token = "aws:accessanalyzer/analyzer:Analyzer"

    def identity(self, api: Api, inputs: Props) -> str:
        refuse_invalid(
            api.client("accessanalyzer"),
            "CreateAnalyzer",
            **given(inputs, analyzerName="analyzerName", type="type", tags="tags"),
        )
        return str(inputs["analyzerName"])

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "access-analyzer", f"analyzer/{id}")}
