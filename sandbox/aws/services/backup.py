"""AWS Backup: vaults and their locks, plans, selections.

moto can neither change a plan nor release its name, and has no selections, so both are recorded.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from awsread.answers import arn
from awsread.errors import or_none
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.refusals.gate import refuse_invalid
from sandbox.aws.resource import Api, Created, Live, Props
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import to_api

PLAN_NAMES = {  # Pulumi property → member of the API
    "coldStorageAfter": "MoveToColdStorageAfterDays",
    "completionWindow": "CompletionWindowMinutes",
    "deleteAfter": "DeleteAfterDays",
    "destinationVaultArn": "DestinationBackupVaultArn",
    "name": "BackupPlanName",
    "schedule": "ScheduleExpression",
    "startWindow": "StartWindowMinutes",
    "targetVaultName": "TargetBackupVaultName",
}
RULE_DEFAULTS = {"completionWindow": 180, "enableContinuousBackup": False, "startWindow": 60}


class Vault(LiveResource):
    token = "aws:backup/vault:Vault"
    service = "backup"
    creation = ("create_backup_vault", "=name")
    deletion = ("delete_backup_vault", "BackupVaultName")
    names = {"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn", "tags": "BackupVaultTags"}
    tagged_by = "arn"
    auto_name = "name"
    auto_name_max = 50
    in_ledger = frozenset({"forceDestroy"})


class VaultLockConfiguration(LiveResource):
    """The lock of a vault; its id is the vault's name."""

    token = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
    service = "backup"
    creation = ("put_backup_vault_lock_configuration", "=backupVaultName")
    deletion = ("delete_backup_vault_lock_configuration", "BackupVaultName")
    in_ledger = frozenset({"changeableForDays"})
    delete_before_replace = True


class Plan(RecordedResource):
    token = "aws:backup/plan:Plan"
    auto_name = "name"
    auto_name_max = 50

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
        if inputs.get("rules") == []:
            yield "rules", "give at least one rule"

    def identity(self, api: Api, inputs: Props) -> str:
        return str(uuid.uuid4())

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        """Every change of the document is a new version; rules come back with AWS's windows filled in."""
        document = json.dumps(
            {key: inputs.get(key) for key in ("name", "rules", "advancedBackupSettings")}, sort_keys=True
        )
        return {
            "arn": arn(api, "backup", f"backup-plan:{id}"),
            "rules": [{**RULE_DEFAULTS, **rule} for rule in inputs["rules"]],
            "version": hashlib.sha256(document.encode()).hexdigest()[:48],
        }

    def create(self, api: Api, inputs: Props) -> Created:
        self._refuse(api, "CreateBackupPlan", inputs)
        return super().create(api, inputs)

    def update(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> Props:
        self._refuse(api, "UpdateBackupPlan", new, BackupPlanId=id)
        return super().update(api, id, old, new, changed)

    def _refuse(self, api: Api, operation: str, inputs: Props, **more: Any) -> None:
        client = api.client("backup")
        shape = client.meta.service_model.shape_for("BackupPlanInput")
        document = {key: value for key, value in inputs.items() if key in {"name", "rules", "advancedBackupSettings"}}
        refuse_invalid(client, operation, BackupPlan=to_api(document, shape, PLAN_NAMES), **more)
        for name in (rule["targetVaultName"] for rule in inputs["rules"]):
            if or_none(client.describe_backup_vault, BackupVaultName=name) is None:
                raise StandInError(
                    f"{operation}: InvalidParameterValueException: no backup vault {name!r} in {api.region}"
                )


class Selection(RecordedResource):
    """The resources of a plan; exists only as long as the plan."""

    token = "aws:backup/selection:Selection"
    auto_name = "name"
    auto_name_max = 50

    def identity(self, api: Api, inputs: Props) -> str:
        if _plan(api, inputs["planId"]) is None:
            raise StandInError(f"CreateBackupSelection: ResourceNotFoundException: no backup plan {inputs['planId']!r}")
        refuse_invalid(
            api.client("backup"),
            "CreateBackupSelection",
            BackupPlanId=inputs["planId"],
            BackupSelection={
                **args_of(inputs, SelectionName="name", IamRoleArn="iamRoleArn", Resources="resources"),
                **args_of(inputs, NotResources="notResources"),
                "ListOfTags": [
                    args_of(tag, ConditionType="type", ConditionKey="key", ConditionValue="value")
                    for tag in inputs.get("selectionTags") or []
                ],
            },
        )
        return str(uuid.uuid4())

    def read(self, api: Api, id: str, state: Props) -> Live | None:
        live = super().read(api, id, state)
        if live is not None and _plan(api, live.inputs["planId"]) is None:
            self.delete(api, id, state)
            return None
        return live


def _plan(api: Api, id: str) -> Mapping[str, Any] | None:
    return api.ledger.get(api.region, Plan.token, id)
