"""Account-wide settings of block storage in a region: encryption by default, and with which key."""

from awsread.services.kms import metadata
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource


class EncryptionByDefault(LiveResource):
    """One per region; the region's name serves as id."""

    token = "aws:ebs/encryptionByDefault:EncryptionByDefault"

    def make(self, api: Api, inputs: Props) -> str:
        self._set(api, enabled=inputs["enabled"])
        return api.region

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._set(api, enabled=new["enabled"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        self._set(api, enabled=False)

    def _set(self, api: Api, *, enabled: bool) -> None:
        ec2 = api.client("ec2")
        call = ec2.enable_ebs_encryption_by_default if enabled else ec2.disable_ebs_encryption_by_default
        call()


class DefaultKmsKey(LiveResource):
    """The key of volumes without their own; deletion restores AWS's key. moto sets it and never returns it."""

    token = "aws:ebs/defaultKmsKey:DefaultKmsKey"
    delete_before_replace = True  # one per region: deleting the old one would undo the new one
    in_ledger = frozenset({"keyArn"})

    def make(self, api: Api, inputs: Props) -> str:
        # A customer's key from outside is not in the sandbox account, so moto refuses it and the ledger stores it.
        if metadata(api, inputs["keyArn"]) is not None:
            api.client("ec2").modify_ebs_default_kms_key_id(KmsKeyId=inputs["keyArn"])
        return str(inputs["keyArn"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        return {"keyArn": id} if self.noted(api, id) else None

    def remove(self, api: Api, id: str, state: Props) -> None:
        if self.noted(api, id):
            api.client("ec2").modify_ebs_default_kms_key_id(KmsKeyId="")  # moto lacks ResetEbsDefaultKmsKeyId
