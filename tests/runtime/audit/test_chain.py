"""A chain reveals every change, survives a crash, and contains identifiers only."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import pytest
from codekeep_contracts.faults import SettingsFault, UsageFault
from codekeep_runtime.audit import AuditLog, AuditRecord, Purpose, Report, Verdict, verify
from codekeep_runtime.audit import log as log_module
from codekeep_runtime.audit.log import AuditFault
from codekeep_runtime.audit.signer import FileSigner, Signer
from codekeep_runtime.platform.aws.kms_signer import KmsSigner
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws


def record(**changes: Any) -> AuditRecord:
    fields: dict[str, Any] = {
        "time": datetime(2026, 1, 2, tzinfo=UTC),
        "reader_id": "00ff00ff00ff00ff",
        "team": "payments",
        "purpose": Purpose.CHAT,
        "verdict": Verdict.SERVED,
        "request_id": "r-1",
        "repository_ids": ("ab" * 8,),
        "commits": ("cd" * 20,),
        "chunk_ids": ("ef" * 16,),
    }
    return AuditRecord(**{**fields, **changes})


class Records:
    def __init__(self, root: Path) -> None:
        self.folder, self.heads = root / "audit", root / "heads"
        self.signer = FileSigner(root / "keys" / "audit.pem")

    def log(self, **more: Any) -> AuditLog:
        return AuditLog(self.folder, self.heads, self.signer, **more)

    def verify(self, signer: Signer | None = None) -> Report:
        return verify(self.folder, self.heads, signer or self.signer)

    @property
    def segment(self) -> Path:
        return max(self.folder.glob("*/*.jsonl"))


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path)


@pytest.fixture(scope="module")
def intact() -> Iterator[Records]:
    with TemporaryDirectory() as folder:
        records = Records(Path(folder))
        with records.log() as log:
            for number in range(8):
                log.record(record(request_id=f"r-{number}"))
        yield records


def test_an_unchanged_chain_is_verified(records: Records) -> None:
    with records.log() as log:
        for _ in range(5):
            log.record(record())
    report = records.verify()
    assert (report.chains, report.records, report.unsigned, report.findings) == (1, 5, 0, ())


def mutated(intact: Records, change: Callable[[bytes], bytes]) -> tuple[bool, Report]:
    before = intact.segment.read_bytes()
    after = change(before)
    try:
        intact.segment.write_bytes(after)
        return after != before, intact.verify()
    finally:
        intact.segment.write_bytes(before)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_changed_removed_or_added_byte_is_detected(intact: Records, data: st.DataObject) -> None:
    size = intact.segment.stat().st_size
    at, byte = data.draw(st.integers(0, size - 1)), bytes([data.draw(st.integers(0, 255))])
    tail = data.draw(st.sampled_from([0, 1]))  # replaced or removed, or inserted
    kept = data.draw(st.sampled_from([byte, b""]))
    is_changed, report = mutated(intact, lambda text: text[:at] + kept + text[at + 1 - (tail if kept else 0) :])
    assert report.is_intact is not is_changed


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(10)), st.integers(0, 10))
def test_reordered_removed_and_repeated_lines_are_detected(intact: Records, order: list[int], length: int) -> None:
    def change(text: bytes) -> bytes:
        lines = text.splitlines(keepends=True)
        assert len(lines) == 10  # opening, eight records, seal
        return b"".join(lines[number] for number in order[:length])

    is_changed, report = mutated(intact, change)
    assert report.is_intact is not is_changed
    is_changed, report = mutated(intact, lambda text: text + text.splitlines(keepends=True)[order[0]])
    assert is_changed
    assert not report.is_intact


def test_a_chain_rewritten_with_correct_hashes_has_no_valid_signature(records: Records, tmp_path: Path) -> None:
    with records.log() as log:
        log.record(record())
    with Records(tmp_path / "forger").log() as log:
        log.record(record(reader_id="1111111111111111"))
    shutil.copy(Records(tmp_path / "forger").segment, records.segment)
    whats = " ".join(finding.what for finding in records.verify().findings)
    assert "signature is not valid" in whats
    assert "sealed head" in whats


def test_a_removed_chain_is_detected_by_its_head(records: Records) -> None:
    with records.log() as log:
        log.record(record())
    shutil.rmtree(records.folder / "runtime-0")
    assert not records.verify().is_intact


def test_unsigned_records_are_counted(records: Records) -> None:
    log = records.log()
    log.record(record())
    assert (records.verify().unsigned, records.verify().is_intact) == (1, True)
    log.close()


def test_records_are_sealed_by_number_and_by_time(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(log_module, "SEAL_RECORDS", 3)
    log = records.log(clock=lambda: now[0])
    for _ in range(3):
        log.record(record())
    assert records.verify().unsigned == 0
    now[0] = 61.0
    log.record(record())
    assert records.verify().unsigned == 0
    log.close()


def crashed(log: AuditLog) -> None:
    """Leaves the log as a killed process does: unsealed and unlocked."""
    log._file.close()
    os.close(log._lock)


@pytest.mark.parametrize("kept", [1, 40, 300])
def test_an_incomplete_line_is_set_aside_and_the_chain_continues(records: Records, kept: int) -> None:
    log = records.log()
    log.record(record())
    log.record(record())
    crashed(log)
    lines = records.segment.read_bytes().splitlines(keepends=True)
    records.segment.write_bytes(b"".join(lines[:-1]) + lines[-1][:kept])
    assert not records.verify().is_intact
    with records.log() as log:
        log.record(record())
    report = records.verify()
    assert (report.records, report.gaps, report.findings) == (2, 1, ())
    next(records.folder.glob("*/torn-*")).unlink()
    assert not records.verify().is_intact


def test_a_chain_with_a_changed_end_is_not_continued(records: Records) -> None:
    with records.log() as log:
        log.record(record())
    records.segment.write_bytes(records.segment.read_bytes().replace(b'"kind":"seal"', b'"kind":"SEAL"'))
    with pytest.raises(AuditFault, match="altered"):
        records.log()


def test_each_process_has_its_own_chain_and_threads_share_one(records: Records) -> None:
    with records.log() as first, records.log() as second:
        assert first.chain != second.chain
        threads = [
            threading.Thread(target=lambda log=log: [log.record(record()) for _ in range(20)])
            for log in (first, second) * 3
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    report = records.verify()
    assert (report.chains, report.records, report.findings) == (2, 120, ())


def test_segments_rotate_within_one_chain(records: Records) -> None:
    with records.log(segment_bytes=1_500) as log:
        for _ in range(10):
            log.record(record())
    assert len(list(records.folder.glob("*/*.jsonl"))) > 2
    assert (records.verify().records, records.verify().findings) == (10, ())
    sorted(records.folder.glob("*/*.jsonl"))[1].unlink()
    assert not records.verify().is_intact


def test_records_are_refused_while_the_disk_is_full(records: Records) -> None:
    log = records.log()
    good = log._file

    class Full:
        closed = False

        def write(self, _: bytes) -> int:
            raise OSError(28, "No space left on device")

        def __getattr__(self, name: str) -> Any:
            return getattr(good, name)

    log._file = Full()  # type: ignore[assignment]
    with pytest.raises(AuditFault, match="No space left"):
        log.record(record())
    log._file = good
    log.record(record())
    log.close()
    assert (records.verify().records, records.verify().findings) == (1, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"reader_id": "a b"},
        {"team": "x" * 129},
        {"chunk_ids": ("def f():",)},
        {"commits": ("main",)},
        {"repository_ids": ("acme/secret",)},
        {"request_id": "a\nb"},
        {"purpose": "prompt text"},
        {"verdict": "fine"},
        {"prompt_tokens": -1},
        {"duration_ms": float("nan")},
        {"time": datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
def test_a_record_accepts_identifiers_only(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageFault) as fault:
        record(**changes)
    assert not any(str(value) in str(fault.value) for value in changes.values())


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    FileSigner(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(SettingsFault, match="chmod 600"):
        FileSigner(tmp_path / "key")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield lambda service: boto3.client(service, region_name="us-east-1")


def test_a_kms_key_signs_and_verifies(records: Records, aws: Callable[[str], Any]) -> None:
    kms = aws("kms")
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    with AuditLog(records.folder, records.heads, KmsSigner(kms, key)) as log:
        log.record(record())
    assert records.verify(KmsSigner(kms, key)).is_intact
    other = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["Arn"]
    assert not records.verify(KmsSigner(kms, other)).is_intact
