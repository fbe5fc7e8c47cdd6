"""Publishing models to the bucket and fetching them into a folder."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import DataFault, UsageFault
from codekeep_contracts.model_files import LIST
from codekeep_contracts.settings.models import ModelSettings
from codekeep_contracts.settings.stores import BucketSettings
from codekeep_runtime.platform.aws.model_store import ModelStore

from stacks.sessions.models import publish
from stacks.supplies import ModelFiles
from tests.runtime.platform.conftest import REGION

BUCKET = BucketSettings(name="models-of-acme", prefix="acme/", key_arn=f"arn:aws:kms:{REGION}:111122223333:key/k")
MODEL = ModelSettings(
    role="embed",
    name="BAAI/bge-m3",
    revision="5" * 40,
    url="http://model-embed:8000",
    context_tokens=8192,
    dimension=1024,
    prefixes=None,
    requests_per_replica=32,
    max_adapters=0,
)
KEY = f"acme/models/{MODEL.revision}/"
FILES = ModelFiles(role=MODEL.role, name=MODEL.name, revision=MODEL.revision, bucket=BUCKET.name, prefix=BUCKET.prefix)


@pytest.fixture
def client(aws: Any) -> Any:
    found = aws("s3")
    found.create_bucket(Bucket=BUCKET.name, CreateBucketConfiguration={"LocationConstraint": REGION})
    return found


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "onnx").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "onnx" / "model.bin").write_bytes(bytes(range(256)) * 40)
    return folder


@pytest.fixture
def store(client: Any, source: Path) -> ModelStore:
    store = ModelStore(client, BUCKET)
    assert publish(client, FILES, source) == 2
    return store


def test_a_published_model_is_fetched_once(store: ModelStore, source: Path, client: Any, tmp_path: Path) -> None:
    into = tmp_path / "into"
    assert store.fetch(MODEL, into, verify_existing=True) == 2
    assert (into / "onnx" / "model.bin").read_bytes() == (source / "onnx" / "model.bin").read_bytes()
    assert sorted(path.name for path in into.rglob("*") if path.is_file()) == ["config.json", "model.bin"]
    assert store.fetch(MODEL, into, verify_existing=True) == 0


def test_a_truncated_local_file_is_fetched_again(store: ModelStore, tmp_path: Path) -> None:
    into = tmp_path / "into"
    store.fetch(MODEL, into, verify_existing=False)
    (into / "config.json").write_text("{")
    assert store.fetch(MODEL, into, verify_existing=False) == 0  # as it was asked
    assert store.fetch(MODEL, into, verify_existing=True) == 1
    assert (into / "config.json").read_text() == "{}"


def test_a_file_with_a_wrong_checksum_is_refused_and_deleted(store: ModelStore, client: Any, tmp_path: Path) -> None:
    client.put_object(Bucket=BUCKET.name, Key=f"{KEY}onnx/model.bin", Body=b"something else")
    with pytest.raises(DataFault, match="differs from its checksum"):
        store.fetch(MODEL, tmp_path / "into", verify_existing=False)
    assert not list((tmp_path / "into" / "onnx").iterdir())


@pytest.mark.parametrize("name", ["/etc/passwd", "../other", "a/../../other"])
def test_a_list_cannot_name_files_outside_its_folder(store: ModelStore, client: Any, tmp_path: Path, name: str) -> None:
    client.put_object(Bucket=BUCKET.name, Key=KEY + LIST, Body=json.dumps({"files": {name: "0" * 64}}).encode())
    with pytest.raises(DataFault, match="outside its folder"):
        store.fetch(MODEL, tmp_path / "into", verify_existing=False)


def test_a_missing_model_names_the_command_that_puts_it_there(client: Any, tmp_path: Path) -> None:
    with pytest.raises(DataFault, match="codekeep models push"):
        ModelStore(client, BUCKET).fetch(MODEL, tmp_path / "into", verify_existing=False)
    with pytest.raises(UsageFault, match=r"contains no config\.json"):
        publish(client, FILES, tmp_path)


def test_a_second_push_sends_what_is_missing_or_has_changed(store: ModelStore, client: Any, source: Path) -> None:
    assert publish(client, FILES, source) == 0
    client.delete_object(Bucket=BUCKET.name, Key=f"{KEY}onnx/model.bin")
    assert publish(client, FILES, source) == 1
    (source / "config.json").write_text("[]")
    with pytest.raises(UsageFault, match="a revision never changes: give its folder, or --replace"):
        publish(client, FILES, source)
    assert publish(client, FILES, source, replace=True) == 1
    assert publish(client, FILES, source) == 0


def test_the_model_store_imports_only_what_the_engines_images_contain() -> None:
    """They contain boto3, click and pydantic (images/requirements.py), and no library of the index."""
    missing = ("httpx", "numpy", "opensearchpy", "opentelemetry", "prometheus_client", "rich", "starlette", "uvicorn")
    script = (
        "import sys\n"
        f"for name in {missing!r}: sys.modules[name] = None\n"
        "from codekeep_runtime.cli.main import cli\n"
        "argv = ['model', 'fetch', '--role', 'embed', '--revision', 'x', '--into', 'y']\n"
        "try: cli.main(argv, standalone_mode=False)\n"
        "except Exception as fault: print(type(fault).__name__)\n"
        "import codekeep_runtime.platform.aws.clients, codekeep_runtime.platform.aws.model_store, boto3\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "SettingsFault\n"
