"""Audit records are shipped from their pod into a locked bucket, sealed and once, and can be verified there."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from codekeep_contracts.faults import SettingsFault
from codekeep_contracts.settings.stores import BucketSettings
from codekeep_runtime.audit import AuditLog, verify
from codekeep_runtime.audit.shipping import SegmentShipper
from codekeep_runtime.audit.signer import EcdsaKey
from codekeep_runtime.platform.aws.kms_signer import KmsSigner
from codekeep_runtime.platform.aws.vault import Vault
from codekeep_runtime.telemetry.metrics import prometheus_text
from cryptography.hazmat.primitives import serialization
from moto import mock_aws

from tests.runtime.audit.test_chain import crashed, record

BUCKET = "audit-bucket"


class Keep:
    """A bucket and a key like those of a keep, and a pod's disk."""

    def __init__(self, root: Path) -> None:
        self.root, self.pod = root, root / "pod"
        self.s3, self.kms = (boto3.client(each, region_name="us-east-1") for each in ("s3", "kms"))
        self.s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        self.key = self.kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
        self.vault = Vault(BucketSettings(name=BUCKET, prefix="acme/", key_arn=None), self.s3)

    def log(self, name: str = "gateway-pod", **more: Any) -> AuditLog:
        return AuditLog(self.pod / "audit", self.pod / "heads", KmsSigner(self.kms, self.key), name=name, **more)

    def shipping(self, log: AuditLog, vault: Any = None, seconds: float = 60.0) -> SegmentShipper:
        return SegmentShipper(log, self.pod / "audit", vault or self.vault, seconds=seconds)

    def copy(self) -> Path:
        folder = self.root / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.vault.copy(folder)
        return folder

    def public(self) -> EcdsaKey:
        return EcdsaKey(self.key, self.kms.get_public_key(KeyId=self.key)["PublicKey"])


@pytest.fixture
def keep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keep]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Keep(tmp_path)


def test_all_records_are_sealed_and_in_the_vault_when_a_pod_ends(keep: Keep) -> None:
    with keep.log() as log, keep.shipping(log):
        for _ in range(3):
            log.record(record())
    shutil.rmtree(keep.pod)  # its disk goes with it
    report = verify(keep.copy(), None, keep.public())
    assert (report.chains, report.records, report.unsigned, report.findings) == (1, 3, 0, ())


def test_records_are_shipped_while_the_pod_runs(keep: Keep) -> None:
    shipped = threading.Event()

    class SignallingVault:
        def put(self, *segment: Any) -> bool:
            shipped.set()
            return keep.vault.put(*segment)

    with keep.log() as log, keep.shipping(log, SignallingVault(), seconds=0.05):
        log.record(record())
        assert shipped.wait(20)


def test_segments_are_shipped_once_and_deleted_from_the_pod(keep: Keep) -> None:
    with keep.log() as log:
        shipping = keep.shipping(log)
        sent = []
        for _ in range(6):
            log.record(record())
            log.rotate()
            log.rotate()  # empty, so not a segment
            sent.append(shipping.ship())
        assert sent == [1] * 6
        assert keep.shipping(log).ship() == 0  # after a restart
        assert len(list((keep.pod / "audit" / "gateway-pod-0").glob("*.jsonl"))) == 2
    assert verify(keep.copy(), None, keep.public()).records == 6


def test_a_chain_continues_after_a_restart_and_after_a_crash(keep: Keep) -> None:
    for _ in range(2):
        with keep.log() as log, keep.shipping(log):
            log.record(record())
    log = keep.log()
    log.record(record())
    crashed(log)
    with keep.log() as log, keep.shipping(log):
        log.record(record())
    report = verify(keep.copy(), None, keep.public())
    assert (report.chains, report.records, report.findings) == (1, 4, ())


@pytest.mark.usefixtures("measured")
def test_an_unavailable_store_loses_no_record(keep: Keep, capsys: pytest.CaptureFixture[str]) -> None:
    class UnavailableVault:
        def put(self, *_: Any) -> bool:
            raise OSError("away")

    with keep.log() as log, keep.shipping(log, UnavailableVault()):
        log.record(record())
    assert 'codekeep_failed_audit_shipments_total{component="gateway"' in prometheus_text().decode()
    assert "audit-not-shipped" in capsys.readouterr().err
    with keep.log() as log, keep.shipping(log):
        pass
    assert verify(keep.copy(), None, keep.public()).records == 1


def test_each_pod_has_its_own_chain_in_one_vault(keep: Keep) -> None:
    for name in ("gateway-a", "gateway-b"):
        with keep.log(name) as log, keep.shipping(log):
            log.record(record())
    report = verify(keep.copy(), None, keep.public())
    assert (report.chains, report.records, report.findings) == (2, 2, ())


def test_changed_and_missing_segments_of_a_copy_are_detected(keep: Keep) -> None:
    with keep.log() as log, keep.shipping(log):
        for _ in range(4):
            log.record(record())
            log.rotate()
    copy = keep.copy()
    segments = sorted(copy.glob("*/*.jsonl"))
    assert len(segments) == 4
    content = segments[1].read_bytes()
    segments[1].write_bytes(content.replace(b"payments", b"platform", 1))
    assert not verify(copy, None, keep.public()).is_intact
    segments[1].unlink()
    assert not verify(copy, None, keep.public()).is_intact
    segments[0].unlink()  # now all before the third are gone, as after their retention
    report = verify(copy, None, keep.public())
    assert (report.is_intact, report.shortened, report.records) == (True, 1, 2)


def test_another_issuers_key_is_refused(keep: Keep) -> None:
    with keep.log() as log, keep.shipping(log):
        log.record(record())
    other = keep.kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    der = keep.kms.get_public_key(KeyId=other)["PublicKey"]
    assert not verify(keep.copy(), None, EcdsaKey(keep.key, der)).is_intact


def test_a_public_key_is_read_as_der_and_pem_and_no_other(keep: Keep) -> None:
    der = keep.kms.get_public_key(KeyId=keep.key)["PublicKey"]
    pem = serialization.load_der_public_key(der).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = b"codekeep-audit/1 x 1 y"
    signature = KmsSigner(keep.kms, keep.key).sign(text)
    for document in (der, pem):
        assert EcdsaKey(keep.key, document).is_valid(text, signature)
        assert not EcdsaKey(keep.key, document).is_valid(text + b"z", signature)
    for wrong in (b"", b"no key", b"-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----"):
        with pytest.raises(SettingsFault, match="DER or PEM"):
            EcdsaKey(keep.key, wrong)


@pytest.mark.parametrize("chain", ["..", ".", "a/b"])
def test_no_object_is_copied_to_a_path_outside_the_folder(keep: Keep, chain: str) -> None:
    keep.s3.put_object(Bucket=BUCKET, Key=f"acme/runtime/{chain}/00000001.jsonl", Body=b"x")
    assert not list(keep.copy().rglob("*.jsonl"))
    assert not list(keep.root.glob("*.jsonl"))
