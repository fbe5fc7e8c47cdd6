"""Stored prompts are redacted, encrypted, bound to reader and time, and expire; by default none is stored."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from codekeep_contracts.faults import DataFault, SettingsFault, UsageFault
from codekeep_contracts.settings.governance import PromptStorage
from codekeep_contracts.settings.stores import BucketSettings
from codekeep_runtime.platform.aws.prompt_bucket import PromptBucket
from codekeep_runtime.prompts import PromptStore
from codekeep_runtime.prompts.wrapping import FileWrapping
from moto import mock_aws

READER, OTHER = "0123456789abcdef", "fedcba9876543210"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)

OFF = [{"enabled": False}, {"approved_by": None}, {"retention_days": None}, {"redaction": False}]


def store_in(folder: Path, **changes: Any) -> PromptStore:
    settings: dict[str, Any] = {"enabled": True, "redaction": True, "retention_days": 30, "approved_by": "DPO"}
    return PromptStore(folder / "prompts", PromptStorage(**{**settings, **changes}), FileWrapping(folder / "key"))


@pytest.mark.parametrize("changes", OFF)
def test_nothing_is_written_while_storage_is_disabled(tmp_path: Path, changes: dict[str, Any]) -> None:
    store = store_in(tmp_path, **changes)
    store.store(READER, "how do we log in?", AT)
    assert not (tmp_path / "prompts").exists()


def test_stored_prompts_are_redacted_and_encrypted(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.store(READER, "why does jo@example.com get 401 with a1b2c3d4e5f6a7b8c9d0e1f2a3?", AT)
    (stored,) = store.read(READER)
    assert stored.text == "why does [masked:email] get 401 with [masked:token]?"
    assert stored.at == AT
    (path,) = (tmp_path / "prompts").glob("*/*")
    assert b"why does" not in path.read_bytes()  # "401" may occur by chance in the hexadecimal digits of a seal
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("field", ["at", "expires", "sealed"])
def test_an_altered_prompt_is_refused(tmp_path: Path, field: str) -> None:
    store = store_in(tmp_path)
    store.store(READER, "question", AT)
    (path,) = (tmp_path / "prompts").glob("*/*")
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps({**document, field: "00" * 20 if field == "sealed" else "2027-01-01T00:00:00+00:00"}))
    with pytest.raises(DataFault):
        list(store.read(READER))


def test_a_prompt_moved_to_another_reader_is_refused(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.store(READER, "question", AT)
    (tmp_path / "prompts" / READER).rename(tmp_path / "prompts" / OTHER)
    with pytest.raises(DataFault):
        list(store.read(OTHER))


def test_prompts_expire_on_their_day_and_one_reader_can_be_forgotten(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    for reader in (READER, OTHER):
        store.store(reader, "question", AT)
    assert store.expire(AT + timedelta(days=29)) == 0
    store.forget(READER)
    assert (store.count(READER), store.count()) == (0, 1)
    assert store.expire(AT + timedelta(days=30)) == 1
    assert store.count() == 0


def test_a_readers_id_cannot_be_a_path(tmp_path: Path) -> None:
    with pytest.raises(UsageFault):
        store_in(tmp_path).store("../../etc/passwd", "question", AT)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    FileWrapping(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(SettingsFault):
        FileWrapping(tmp_path / "key")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="prompts-bucket")
        client.put_bucket_versioning(Bucket="prompts-bucket", VersioningConfiguration={"Status": "Enabled"})
        yield client


KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/prompt"


def bucket_of(s3: Any, **changes: Any) -> PromptBucket:
    settings: dict[str, Any] = {"enabled": True, "redaction": True, "retention_days": 30, "approved_by": "DPO"}
    bucket = BucketSettings(name="prompts-bucket", prefix="acme/", key_arn=KEY_ARN)
    return PromptBucket(bucket, PromptStorage(**{**settings, **changes}), s3)


@pytest.mark.parametrize("changes", OFF)
def test_a_keeps_bucket_stays_empty_while_storage_is_disabled(s3: Any, changes: dict[str, Any]) -> None:
    bucket_of(s3, **changes).store(READER, "how do we log in?", AT)
    assert s3.list_objects_v2(Bucket="prompts-bucket")["KeyCount"] == 0


def test_a_keeps_prompts_are_redacted_and_sealed_with_their_key(s3: Any) -> None:
    bucket_of(s3).store(READER, "why does jo@example.com get 401?", AT)
    (found,) = s3.list_objects_v2(Bucket="prompts-bucket")["Contents"]
    assert found["Key"].startswith(f"acme/prompts/{READER}/{int((AT + timedelta(days=30)).timestamp())}-")
    stored = s3.get_object(Bucket="prompts-bucket", Key=found["Key"])
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", KEY_ARN)
    assert json.loads(stored["Body"].read())["text"] == "why does [masked:email] get 401?"


def test_forgetting_a_reader_deletes_all_their_versions_and_no_others(s3: Any) -> None:
    store = bucket_of(s3)
    for reader in (READER, READER, OTHER):
        store.store(reader, "question", AT)
    key = s3.list_objects_v2(Bucket="prompts-bucket", Prefix=f"acme/prompts/{READER}/")["Contents"][0]["Key"]
    s3.delete_object(Bucket="prompts-bucket", Key=key)  # leaves a version and a marker
    assert store.count(READER) == 3
    store.forget(READER)
    assert (store.count(READER), store.count(OTHER)) == (0, 1)
    with pytest.raises(UsageFault):
        store.store("../../etc/passwd", "question", AT)
