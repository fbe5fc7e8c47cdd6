"""IAM Access Analyzer."""

from awsread.answers import arn
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Created, Props
from sandbox.aws.services.checked import CheckedRecord

ACCOUNT = "ACCOUNT"  # the type where none is given


class Analyzer(CheckedRecord):
    token = "aws:accessanalyzer/analyzer:Analyzer"
    service, operation = "accessanalyzer", "CreateAnalyzer"
    unchecked = frozenset({"configuration"})
    id_input = "analyzerName"

    def create(self, api: Api, inputs: Props) -> Created:
        """Refuses a second analyzer of external access to the account in a region.

        Source: IAM User Guide, Create an IAM Access Analyzer internal access analyzer ("you can create only one
        analyzer with your account as the zone of trust"); one of each type: cyscale.com, AWS Access Analyzer Enabled.
        Looked up on 2026-11-30; the words are ours.
        """
        kind = inputs.get("type", ACCOUNT)
        if kind == ACCOUNT and any(each.get("type", ACCOUNT) == kind for _, each in api.declared(self.token)):
            raise StandInError(
                f"CreateAnalyzer: ServiceQuotaExceededException: account {api.account_id} has an analyzer of type "
                f"{kind} in {api.region} already; an account has one"
            )
        return super().create(api, inputs)

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        return {"arn": arn(api, "access-analyzer", f"analyzer/{id}")}
