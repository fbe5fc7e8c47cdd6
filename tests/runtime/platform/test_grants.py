"""Each call that a pod makes to AWS is one that its role allows: the runtime's real calls (to moto) against the stack's
policies, so that neither side changes without the other."""

import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.roles import OUTBOX_FOLDER, PERMISSIONS_FOLDER, BucketRole
from codekeep_contracts.settings.document import RuntimeSettings
from codekeep_runtime.access.permissions import Permissions
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.ingest import Ingest, Options
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.outbox import Outbox, Worker
from codekeep_runtime.outbox.permissions import PermissionHandover
from codekeep_runtime.platform.aws import clients
from codekeep_runtime.platform.aws.model_store import ModelStore
from codekeep_runtime.platform.aws.secrets import Secrets
from codekeep_runtime.platform.aws.work_queue import WorkQueue
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.keep import KeepPlatform
from codekeep_runtime.purge.targets import outbox_target

from stacks.sessions.models import publish
from stacks.supplies import ModelFiles
from tests.components.environments import premium
from tests.components.identity.test_identity import allowed
from tests.components.recording import ACCOUNT
from tests.runtime.audit.test_chain import record
from tests.runtime.cli.keep import keep_settings
from tests.runtime.cli.test_keep import pem
from tests.runtime.embedders import HashEmbedder
from tests.runtime.platform.conftest import REGION, aws  # noqa: F401 - a fixture
from tests.runtime.repositories import Repository

REPOSITORY = RepositoryId("git.example", "acme", "shop")
READER = "0123456789abcdef"
S3_ACTIONS = {
    "PutObject": ("s3:PutObject",),
    "GetObject": ("s3:GetObject",),
    "HeadObject": ("s3:GetObject",),
    "DeleteObject": ("s3:DeleteObject",),
    "DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "ListObjectsV2": ("s3:ListBucket",),
    "ListObjectVersions": ("s3:ListBucketVersions",),
}
SQS_ACTIONS = {  # IAM has no actions for batches
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "DeleteMessageBatch": "DeleteMessage",
    "SendMessageBatch": "SendMessage",
}
Need = tuple[str, str]  # an action and the resource it is for


def key_of(role: str) -> str:
    """The key of a bucket, the keep's or the customer's."""
    return str(premium().value(premium().result.outputs.buckets[BucketRole(role)].key_arn))


class Keep:
    """The stack's resources in moto, under the same names, and the recorded calls to them."""

    def __init__(self, make: Callable[[str], Any], folder: Path) -> None:
        self.calls: list[Need] = []
        self._make, self.folder = make, folder
        self.queue = make("sqs").create_queue(QueueName="codekeep-acme-ingest")["QueueUrl"]
        self.signing = make("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
        self.secrets = {
            name: make("secretsmanager").create_secret(Name=f"acme-{name}", SecretString=value)["ARN"]
            for name, value in {
                "gateway-certificate": "\n".join(pem()),
                "git-ghe-token": "token",
                "git-ghe-webhook": "hook",
            }.items()
        }
        self.settings = self._settings()
        self.platform = KeepPlatform(RuntimeContext(data=folder / "data", settings=self.settings))
        self.services = self.platform.services

    def _settings(self) -> RuntimeSettings:
        roles = ("code", "models", "prompts", "audit")
        buckets = {}
        for role in roles:
            name = f"codekeep-acme-{role}-{ACCOUNT}-{REGION}"
            self._make("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
            buckets[role] = {"name": name, "prefix": "acme/", "key_arn": key_of(role)}
        settings = keep_settings(
            entry={"certificate_secret_arn": self.secrets["gateway-certificate"]},
            audit={"signing_key_arn": self.signing},
            buckets=buckets,
            queues={"ingest": {"url": self.queue, "dead_letter_url": self.queue}},
            prompt_storage={"enabled": True, "retention_days": 30, "approved_by": "Security"},
        )
        link = settings.git_links[0].model_copy(
            update={
                "token_secret_arn": self.secrets["git-ghe-token"],
                "webhook_secret_arn": self.secrets["git-ghe-webhook"],
            }
        )
        return settings.model_copy(update={"git_links": (link,)})

    def client(self, settings: RuntimeSettings, service: str) -> Any:
        """The runtime's client, with its calls recorded."""
        made = clients_client(settings, service)
        made.meta.events.register("before-parameter-build.*.*", partial(self._asked, service))
        return made

    def _asked(self, service: str, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.extend(self._needs(service, model.name, params))

    def _needs(self, service: str, operation: str, params: dict[str, Any]) -> Iterator[Need]:
        if service == "s3":
            yield from _objects(operation, params)
        elif service == "sqs":
            arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{params['QueueUrl'].rpartition('/')[2]}"
            yield f"sqs:{SQS_ACTIONS.get(operation, operation)}", arn
        elif service == "secretsmanager":
            # Secrets have this suffix in the stack's recording, and another in moto.
            yield f"secretsmanager:{operation}", re.sub(r"-\w{6}$", "-AbCdEf", params["SecretId"])
        else:
            assert (service, params["KeyId"]) == ("kms", self.signing)
            yield f"kms:{operation}", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/acme-audit-signing"


def _objects(operation: str, params: dict[str, Any]) -> Iterator[Need]:
    bucket = f"arn:aws:s3:::{params['Bucket']}"
    keys = [params["Key"]] if "Key" in params else [each["Key"] for each in params.get("Delete", {}).get("Objects", ())]
    for action in S3_ACTIONS[operation]:
        if keys:
            yield from ((action, f"{bucket}/{key}") for key in keys)
        else:
            assert params["Prefix"].startswith("acme/")  # the condition of the grants
            yield action, bucket
    role = params["Bucket"].split("-")[2]
    if operation == "PutObject":
        yield "kms:GenerateDataKey", key_of(role)
    if operation == "GetObject":
        yield "kms:Decrypt", key_of(role)


clients_client = clients.client


@pytest.fixture
def keep(aws: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keep:  # noqa: F811
    made = Keep(aws, tmp_path)
    for module in [each for name, each in sys.modules.items() if name.startswith("codekeep_runtime.")]:
        if getattr(module, "client", None) is clients_client:
            monkeypatch.setattr(module, "client", made.client)
    return made


def send_all(keep: Keep) -> None:
    if not (keep.folder / "code").exists():
        Repository(keep.folder / "code").commit({"shop.py": "def price():\n    return 1\n", "README.md": "# Shop\n"})
    source = Source(repository=REPOSITORY, location=str(keep.folder / "code"))
    outbox = Outbox(keep.services.objects(OUTBOX_FOLDER), "1")
    Ingest(outbox, None, keep.folder / "ingest", Options(workers=1, trusts_index=True)).run([source])


def test_the_gateways_role_allows_its_calls(keep: Keep) -> None:
    keep.services.certificate(keep.platform.context.folder("tls"))
    with keep.platform.audit_log("gateway") as log:
        log.record(record())
    keep.services.prompts().store(READER, "question", datetime.now(UTC))
    assert_allowed(
        keep, "gateway", {"secretsmanager:GetSecretValue", "kms:Sign", "s3:PutObject", "kms:GenerateDataKey"}
    )


def test_the_role_of_ingest_allows_its_calls(keep: Keep) -> None:
    queue = WorkQueue(keep.client(keep.settings, "sqs"), keep.queue)
    keep._make("sqs").send_message(QueueUrl=keep.queue, MessageBody="x")
    received = queue.receive(1, wait_seconds=0)
    queue.give_back(received)
    queue.delete(queue.receive(1, wait_seconds=0))
    Secrets(keep.client(keep.settings, "secretsmanager")).text(keep.secrets["git-ghe-token"])
    send_all(keep)
    send_all(keep)
    PermissionHandover(keep.services.objects(PERMISSIONS_FOLDER)).store(Permissions())
    assert_allowed(
        keep, "ingest", {"sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "s3:GetObject"}
    )


def test_the_indexers_role_allows_its_calls(keep: Keep) -> None:
    send_all(keep)
    keep.services.prompts().store(READER, "question", datetime.now(UTC))
    keep.calls.clear()
    embedder = HashEmbedder()
    index = EmbeddedIndex.open(keep.folder / "index", "acme", embedder.version, embedder.dimension)
    bucket = keep.services.objects(OUTBOX_FOLDER)
    worker = Worker(bucket, index, lambda: 0, lambda _: False)
    assert worker.run_once()
    worker.request_everything()
    index.close()
    assert PermissionHandover(keep.services.objects(PERMISSIONS_FOLDER)).version() is None
    outbox_target(bucket, REPOSITORY).remove()
    prompts = keep.services.prompts()
    prompts.forget(READER)
    assert prompts.count(READER) == 0
    with keep.platform.audit_log("purge") as log:
        log.record(record())
    assert_allowed(
        keep, "indexer", {"s3:DeleteObject", "s3:ListBucket", "s3:ListBucketVersions", "kms:Sign", "kms:Decrypt"}
    )


def test_the_webhook_receivers_role_allows_its_calls(keep: Keep) -> None:
    from starlette.testclient import TestClient

    [link] = keep.settings.git_links
    client = TestClient(keep.services.webhook_app())
    headers = {"x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": "sha256=0"}
    assert client.post(f"/webhooks/{link.name}", content=b"{}", headers=headers).status_code == 403
    WorkQueue(keep.client(keep.settings, "sqs"), keep.queue).send("x")
    assert_allowed(keep, "webhook", {"secretsmanager:GetSecretValue", "sqs:SendMessage"})


def test_the_role_of_a_model_server_allows_its_calls(keep: Keep) -> None:
    model, bucket = keep.settings.model_of("chat"), keep.settings.buckets["models"]
    files = ModelFiles(role="chat", name=model.name, revision=model.revision, bucket=bucket.name, prefix=bucket.prefix)
    (keep.folder / "model").mkdir()
    (keep.folder / "model" / "config.json").write_text("{}")
    publish(keep._make("s3"), files, keep.folder / "model")
    store = ModelStore(keep.client(keep.settings, "s3"), bucket)
    assert store.fetch(model, keep.folder / "node", verify_existing=True) == 1
    assert_allowed(keep, "model-server", {"s3:GetObject", "kms:Decrypt"})


def assert_allowed(keep: Keep, workload: str, least: set[str]) -> None:
    """
    Args:
        least: actions that the workload must have called, so that the test proves something.
    """
    assert least <= {action for action, _ in keep.calls}
    refused = sorted({call for call in keep.calls if not allowed(premium(), workload, *call)})
    assert not refused
