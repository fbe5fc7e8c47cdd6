"""IAM Access Analyzer."""

from awsread.answers import arn
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.checked import CheckedRecord


class Analyzer(CheckedRecord):
    token = "aws:accessanalyzer/analyzer:Analyzer"
    service, operation = "accessanalyzer", "CreateAnalyzer"
    unchecked = frozenset({"configuration"})
    id_input = "analyzerName"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "access-analyzer", f"analyzer/{id}")}
