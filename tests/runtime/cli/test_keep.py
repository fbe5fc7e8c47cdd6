"""The platform of a keep, with secrets, queues, buckets and keys of moto."""

import datetime
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import SettingsFault, UsageFault
from codekeep_contracts.messages import parse_message
from codekeep_contracts.metrics import MODEL_REQUESTS_IN_FLIGHT as IN_FLIGHT
from codekeep_contracts.metrics import MODEL_REQUESTS_QUEUED as QUEUED
from codekeep_contracts.settings.document import RuntimeSettings
from codekeep_contracts.settings.governance import PromptStorage
from codekeep_contracts.settings.models import Prefixes
from codekeep_contracts.settings.stores import BucketSettings
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.embed.embedder import Embedder
from codekeep_runtime.gateway.app import create_app
from codekeep_runtime.gateway.server import Certificate, server
from codekeep_runtime.jobs.purge import run_purge
from codekeep_runtime.models.client import EngineClient
from codekeep_runtime.models.served import served_embedder
from codekeep_runtime.platform.aws.kms_signer import KmsSigner
from codekeep_runtime.platform.aws.prompt_bucket import PromptBucket
from codekeep_runtime.platform.context import RuntimeContext
from codekeep_runtime.platform.keep import KeepPlatform
from codekeep_runtime.platform.laptop import LaptopPlatform
from codekeep_runtime.platform.readers import reader_of
from codekeep_runtime.platform.runtime import Runtime
from codekeep_runtime.purge import is_valid_proof
from codekeep_runtime.telemetry import metrics
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.testclient import TestClient

from tests.runtime.audit.test_chain import record
from tests.runtime.cli.keep import NOWHERE, keep_settings
from tests.runtime.platform.conftest import REGION, aws  # noqa: F401 - a fixture

SECRET = "signs-the-hooks"


def pem() -> tuple[str, str]:
    """A certificate and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "keep.example")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    encoding = serialization.Encoding.PEM
    chain = builder.sign(key, hashes.SHA256()).public_bytes(encoding)
    return chain.decode(), key.private_bytes(encoding, form, plain).decode()


def keep(folder: Path, settings: RuntimeSettings) -> KeepPlatform:
    path = folder / "settings.json"
    path.write_text(settings.model_dump_json())
    return KeepPlatform(RuntimeContext(data=folder / "data", settings=settings, settings_path=path))


def certificate_of(aws: Any, folder: Path, value: str) -> Certificate:  # noqa: F811
    """The gateway's, from a secret with this value."""
    arn = aws("secretsmanager").create_secret(Name="certificate", SecretString=value)["ARN"]
    platform = keep(folder, keep_settings(entry={"certificate_secret_arn": arn}))
    return platform.services.certificate(platform.context.folder("tls"))


@pytest.mark.parametrize("order", [1, -1])
def test_the_gateway_uses_the_certificate_of_its_secret(aws: Any, tmp_path: Path, order: int) -> None:  # noqa: F811
    chain, key = pem()
    certificate = certificate_of(aws, tmp_path, "\n".join([chain, key][::order]))
    assert certificate.chain.read_text().strip() == chain.strip()
    assert certificate.key.stat().st_mode & 0o777 == 0o600
    assert server(create_app_of_nothing(), "127.0.0.1", 0, certificate).config.ssl is not None


def create_app_of_nothing() -> Any:
    from starlette.applications import Starlette

    return Starlette()


@pytest.mark.parametrize("broken", ["", "chain", "key"])
def test_an_incomplete_certificate_secret_is_refused_without_its_content(aws: Any, tmp_path: Path, broken: str) -> None:  # noqa: F811
    chain, key = pem()
    value = {"": "nothing", "chain": chain, "key": key}[broken]
    with pytest.raises(SettingsFault, match="chain and one private key") as fault:
        certificate_of(aws, tmp_path, value)
    assert "BEGIN" not in str(fault.value)


def test_a_signed_push_is_queued(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    url = aws("sqs").create_queue(QueueName="ingest")["QueueUrl"]
    settings = keep_settings(queues={"ingest": {"url": url, "dead_letter_url": url}})
    arn = aws("secretsmanager").create_secret(Name="hooks", SecretString=SECRET)["ARN"]
    link = settings.git_links[0].model_copy(update={"webhook_secret_arn": arn})
    assert link.kind == "github-enterprise"
    platform = keep(tmp_path, settings.model_copy(update={"git_links": (link,)}))
    client = TestClient(platform.services.webhook_app())

    body = json.dumps(
        {"ref": "refs/heads/main", "after": "1" * 40, "repository": {"full_name": "payments/ledger"}}
    ).encode()
    signed = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    for signature, status in (("sha256=0", 403), (signed, 202)):
        headers = {"x-github-event": "push", "x-github-delivery": "1", "x-hub-signature-256": signature}
        assert client.post(f"/webhooks/{link.name}", content=body, headers=headers).status_code == status
    [message] = aws("sqs").receive_message(QueueUrl=url)["Messages"]
    push = parse_message(message["Body"])
    assert (push.kind, push.link, push.repository) == ("push", link.name, "payments/ledger")  # type: ignore[union-attr]


def test_a_gateway_without_index_and_models_is_alive_and_not_ready(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    """Without index and models it is alive and not ready, and refuses names and the token of a laptop."""
    settings = keep_settings(index={"endpoint": NOWHERE})
    with Runtime(keep(tmp_path, settings), role="gateway") as runtime:
        client = TestClient(create_app(runtime.services))
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        for token in ("", "Bearer ckl_" + "x" * 43, "Bearer cks_" + "x" * 43, "Bearer a.b.c"):
            answer = client.post("/v1/search", json={"query": "x"}, headers={"authorization": token})
            assert answer.status_code == 401
        assert client.post("/webhooks/ghe", content=b"{}").status_code == 503  # the webhook receiver is not running
        assert runtime.services.routes.names("chat") == ("codekeep", settings.model_of("chat").name)


@pytest.mark.usefixtures("measured")
def test_the_load_of_every_model_is_0_before_the_first_request(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    settings = keep_settings(index={"endpoint": NOWHERE})
    with Runtime(keep(tmp_path, settings), role="gateway") as runtime:
        assert runtime.services
    assert served_embedder(settings)  # the indexer's
    lines = metrics.prometheus_text().decode().splitlines()
    for component, model, metric in product(("gateway", "index"), settings.models, (IN_FLIGHT, QUEUED)):
        assert f'{metric.prometheus}{{component="{component}",role="{model.role}"}} 0.0' in lines


def test_commands_in_a_keep_require_a_reader(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    with pytest.raises(UsageFault, match="--as USER"):
        reader_of(keep(tmp_path, keep_settings()), None, ())


def test_prompts_go_to_the_keeps_bucket_for_prompts(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    aws("s3").create_bucket(Bucket="the-prompts", CreateBucketConfiguration={"LocationConstraint": REGION})
    bucket = {"name": "the-prompts", "prefix": "demo/", "key_arn": None}
    opted_in = {"enabled": True, "retention_days": 30, "approved_by": "Security"}
    store = keep(tmp_path, keep_settings(prompt_storage=opted_in, buckets={"prompts": bucket})).prompts()
    assert isinstance(store, PromptBucket)
    store.store("a" * 16, "How are refunds made?", datetime.datetime.now(datetime.UTC))
    assert store.count("a" * 16) == 1
    assert not list(tmp_path.rglob("prompts/*"))  # a pod's disk goes with it
    with pytest.raises(SettingsFault, match=r"buckets\.prompts"):
        keep(tmp_path, keep_settings(prompt_storage=opted_in)).prompts()
    assert keep(tmp_path, keep_settings()).prompts() is None


def test_a_readers_prompts_are_purged_from_the_keeps_bucket_with_proof(
    aws: Any,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Documents of the index are in a folder here; tests/real/opensearch tests them on a server."""
    client = aws("s3")
    client.create_bucket(Bucket="the-prompts", CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_bucket_versioning(Bucket="the-prompts", VersioningConfiguration={"Status": "Enabled"})
    key = aws("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    bucket = {"name": "the-prompts", "prefix": "demo/", "key_arn": None}
    platform = keep(tmp_path, keep_settings(audit={"signing_key_arn": key}, buckets={"prompts": bucket}))
    on = PromptStorage(enabled=True, redaction=True, retention_days=30, approved_by="Security")
    store = PromptBucket(BucketSettings(**bucket), on, client)
    for reader in ("a" * 16, "b" * 16):
        store.store(reader, "How are refunds made?", datetime.datetime.now(datetime.UTC))
    monkeypatch.setattr(KeepPlatform, "documents", lambda _, folder: FolderDocuments(tmp_path / folder))
    with Runtime(platform, role="purge") as runtime:
        stored = run_purge(runtime, user="a" * 16)
    proof = json.loads(stored.document)
    assert (proof["before"], proof["after"]) == ({"prompts": 1}, {"prompts": 0})
    assert is_valid_proof(stored.document, KmsSigner(aws("kms"), key))
    assert (store.count("a" * 16), store.count("b" * 16)) == (0, 1)


def embedder(prefixes: dict[str, str] | None) -> Embedder:
    """The embedder of a keep whose model has these prefixes."""
    settings = keep_settings()
    models = [
        each.model_copy(update={"prefixes": Prefixes(**prefixes)}) if prefixes and each.role == "embed" else each
        for each in settings.models
    ]
    return served_embedder(settings.model_copy(update={"models": tuple(models)}))


def test_a_models_prefixes_reach_its_server_and_name_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    async def post(_: EngineClient, path: str, body: dict[str, Any], *__: object) -> Any:
        sent.extend(body["input"])
        vector = [1.0] + [0.0] * 1023
        return {"data": [{"index": at, "embedding": vector} for at in range(len(body["input"]))]}

    monkeypatch.setattr(EngineClient, "post", post)
    plain, e5 = embedder(None), embedder({"query": "query: ", "document": "passage: "})
    for each in (plain, e5):
        each.query("refund")
        each.documents(["def refund"])
    assert sent == ["refund", "def refund", "query: refund", "passage: def refund"]
    assert embedder({"query": "query: "}).version == plain.version  # the documents' vectors are the same
    assert e5.version.startswith(f"{plain.version}-")


def recorded(aws: Any, folder: Path) -> KeepPlatform:  # noqa: F811
    """A keep with the audit record of one access, by a pod whose disk is gone."""
    aws("s3").create_bucket(
        Bucket="the-audit",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    key = aws("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    bucket = {"name": "the-audit", "prefix": "demo/", "key_arn": None}
    platform = keep(folder, keep_settings(audit={"signing_key_arn": key}, buckets={"audit": bucket}))
    with platform.audit_log("gateway") as log:
        log.record(record())
    shutil.rmtree(platform.context.data)
    return platform


def test_a_keeps_record_is_verified_from_its_vault(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    report = recorded(aws, tmp_path).verify_audit(None, None)
    assert (report.records, report.unsigned, report.is_intact) == (1, 0, True)


def test_an_auditor_verifies_a_copy_with_the_public_key_alone(aws: Any, tmp_path: Path) -> None:  # noqa: F811
    platform = recorded(aws, tmp_path)
    (tmp_path / "copy").mkdir()
    platform.services.vault().copy(tmp_path / "copy")
    der = aws("kms").get_public_key(KeyId=platform.settings.audit.signing_key_arn)["PublicKey"]
    (tmp_path / "key.der").write_bytes(der)
    arguments = ["--copy", str(tmp_path / "copy"), "--public-key", str(tmp_path / "key.der"), "--json"]
    # A separate process, without moto, so that AWS cannot be called.
    command = [
        sys.executable,
        "-m",
        "codekeep_runtime",
        "audit",
        "verify",
        "--settings",
        str(platform.context.settings_path),
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, json.loads(done.stdout)["records"]) == (0, 1), done.stderr
    [segment] = (tmp_path / "copy").glob("*/*.jsonl")
    segment.write_bytes(segment.read_bytes().replace(b"payments", b"platform"))
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, json.loads(done.stdout)["whole"]) == (1, False)


def test_a_copy_without_its_keeps_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="--settings"):
        LaptopPlatform(RuntimeContext(data=tmp_path)).verify_audit(tmp_path, None)
