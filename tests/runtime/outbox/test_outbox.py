"""Through the outbox the index gets what a direct ingest writes, also after kills."""

import contextlib
import json
from datetime import UTC, datetime

import pytest
from codekeep_contracts.log_fields import LOG_FIELDS
from codekeep_contracts.settings.stores import BucketSettings
from codekeep_runtime.access.files import FolderDocuments
from codekeep_runtime.core.repository import RepositoryId
from codekeep_runtime.index.embedded import EmbeddedIndex
from codekeep_runtime.ingest.embedding import Embedding
from codekeep_runtime.ingest.ingest import Ingest, Options, pipeline_version
from codekeep_runtime.ingest.source import Source
from codekeep_runtime.outbox import Outbox, Worker
from codekeep_runtime.outbox.outbox import STATES, STEPS
from codekeep_runtime.platform.aws.bucket import Bucket
from codekeep_runtime.purge import Tombstones
from codekeep_runtime.purge.targets import outbox_target
from codekeep_runtime.screen import Policy

from tests.runtime.embedders import HashEmbedder
from tests.runtime.platform.conftest import REGION, aws  # noqa: F401 - a fixture
from tests.runtime.repositories import Repository

EMBEDDER = HashEmbedder()
VERSION = pipeline_version(Policy())
FILES = {
    "shop.py": "import os\n\n\nclass Shop(Base):\n    def price(self):\n        return os.getcwd()\n",
    "README.md": "# Shop\n\nSells things.\n",
    "größe.py": "def größe():\n    return 1\n",
}


@pytest.fixture
def bucket(aws) -> Bucket:  # noqa: F811
    client = aws("s3")
    client.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    return Bucket(client, BucketSettings(name="code", prefix="keeps/acme/", key_arn=key), "outbox/")


@pytest.fixture
def repository(tmp_path) -> Repository:
    made = Repository(tmp_path / "code")
    made.commit(FILES)
    return made


def opened(folder) -> EmbeddedIndex:
    return EmbeddedIndex.open(folder, "acme", EMBEDDER.version, EMBEDDER.dimension)


def send_all(bucket, repository, folder):
    """One run of a pod, whose only knowledge of earlier runs is in the bucket."""
    source = Source(repository=RepositoryId("git.example", "acme", "shop"), location=str(repository.path))
    options = Options(workers=1, trusts_index=True)
    return Ingest(Outbox(bucket, VERSION), None, folder, options).run([source])


def worker_of(bucket, index, is_purged=lambda _: False) -> Worker:
    return Worker(bucket, index, Embedding(index, EMBEDDER).run, is_purged)


def direct(repository, tmp_path) -> str:
    index = opened(tmp_path / "direct")
    source = Source(repository=RepositoryId("git.example", "acme", "shop"), location=str(repository.path))
    Ingest(index, Embedding(index, EMBEDDER), tmp_path / "direct-state", Options(workers=1)).run([source])
    digest = index.digest()
    index.close()
    return digest


def test_the_outbox_gives_the_same_index_as_a_direct_ingest(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "first")
    index = opened(tmp_path / "index")
    worker = worker_of(bucket, index)
    assert worker.run_once() > 0
    assert index.digest() == direct(repository, tmp_path)
    assert not index.unembedded(10)
    assert index.head(index.branches()[0]).commit == repository.git("rev-parse", "HEAD")
    assert list(bucket.keys(STEPS)) == []
    assert worker.run_once() == 0
    index.close()


def test_another_pod_sends_only_what_changed(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "first")
    again = send_all(bucket, repository, tmp_path / "second")
    assert again.branches[0].written == 0
    repository.commit({"shop.py": "def price():\n    return 2\n", "README.md": None})
    changed = send_all(bucket, repository, tmp_path / "third")
    assert (changed.branches[0].written, changed.branches[0].removed) == (1, 1)
    index = opened(tmp_path / "index")
    worker_of(bucket, index).run_once()
    assert index.digest() == direct(repository, tmp_path)
    index.close()


def test_another_version_sends_everything_again(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "first")
    (branch,) = Outbox(bucket, VERSION).branches()
    assert set(Outbox(bucket, VERSION).blobs(branch)) == set(FILES)
    assert Outbox(bucket, "another-parser").blobs(branch) == {}


class KilledError(Exception):
    pass


@pytest.mark.parametrize("after", range(6))
def test_sender_and_indexer_continue_after_a_kill_at_any_step(bucket, repository, tmp_path, monkeypatch, after):
    """Simulates kills: the bucket fails after the given number of writes; then the index fails while it is written."""
    written = []
    put = Bucket.put

    def failing(self, key, document):
        if len(written) == after:
            written.append(key)
            raise KilledError
        written.append(key)
        put(self, key, document)

    monkeypatch.setattr(Bucket, "put", failing)
    with contextlib.suppress(KilledError):
        send_all(bucket, repository, tmp_path / "first")
    monkeypatch.setattr(Bucket, "put", put)
    send_all(bucket, repository, tmp_path / "second")
    index = opened(tmp_path / "index")
    delete = Bucket.delete
    monkeypatch.setattr(Bucket, "delete", lambda self, key: (_ for _ in ()).throw(KilledError()))
    with pytest.raises(KilledError):
        worker_of(bucket, index).run_once()
    monkeypatch.setattr(Bucket, "delete", delete)
    while worker_of(bucket, index).run_once():
        pass
    assert index.digest() == direct(repository, tmp_path)
    index.close()


def test_a_deleted_branch_is_removed_from_the_index(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "first")
    index = opened(tmp_path / "index")
    worker = worker_of(bucket, index)
    worker.run_once()
    repository.git("branch", "-m", "main", "trunk")
    send_all(bucket, repository, tmp_path / "second")
    worker.run_once()
    assert [branch.name for branch in index.branches()] == ["trunk"]
    index.close()


def test_everything_is_sent_again_on_request(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "first")
    index = opened(tmp_path / "index")
    worker = worker_of(bucket, index)
    worker.run_once()
    worker.request_everything()
    assert list(bucket.keys(STATES)) == []
    again = send_all(bucket, repository, tmp_path / "second")
    assert again.branches[0].written == len(FILES)
    index.close()


def test_objects_have_the_keeps_prefix_and_are_encrypted_with_its_key(bucket, repository, tmp_path, aws):  # noqa: F811
    send_all(bucket, repository, tmp_path / "first")
    client = aws("s3")
    objects = client.list_objects_v2(Bucket="code")["Contents"]
    assert objects
    for each in objects:
        assert each["Key"].startswith("keeps/acme/outbox/")
        head = client.head_object(Bucket="code", Key=each["Key"])
        assert (head["ServerSideEncryption"], bool(head["SSEKMSKeyId"])) == ("aws:kms", True)
    assert "shop.py" not in json.dumps([each["Key"] for each in objects])


def test_only_the_purged_repository_is_deleted_from_the_outbox(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "pod")
    whole = list(bucket.keys(""))
    assert whole
    outbox_target(bucket, RepositoryId("git.example", "acme", "other")).remove()
    assert list(bucket.keys("")) == whole
    target = outbox_target(bucket, RepositoryId("git.example", "acme", "shop"))
    assert target.count() == len(whole)
    target.remove()
    assert target.count() == 0
    assert list(bucket.keys("")) == []


def test_purged_repositories_are_refused_and_logged(bucket, repository, tmp_path, monkeypatch):
    logged = []
    monkeypatch.setattr("codekeep_runtime.outbox.worker.emit", lambda event, **fields: logged.append((event, fields)))
    tombstones = Tombstones(FolderDocuments(tmp_path / "tombstones"))
    shop = RepositoryId("git.example", "acme", "shop")
    tombstones.add(shop.id, datetime.now(UTC))
    send_all(bucket, repository, tmp_path / "first")
    index = opened(tmp_path / "index")
    worker = worker_of(bucket, index, tombstones.is_purged)
    worker.run_once()
    assert (list(bucket.keys(STEPS)), index.branches()) == ([], [])
    refused = [fields for event, fields in logged if event == "purged-not-taken"]
    assert {fields["repository_id"] for fields in refused} == {shop.id}
    assert sum(fields["chunk_count"] for fields in refused) > 0
    assert refused[0].keys() - {"component", "level"} <= set(LOG_FIELDS)
    index.close()


def test_a_repository_that_is_allowed_again_is_ingested_completely(bucket, repository, tmp_path):
    tombstones = Tombstones(FolderDocuments(tmp_path / "tombstones"))
    shop = RepositoryId("git.example", "acme", "shop")
    tombstones.add(shop.id, datetime.now(UTC))
    send_all(bucket, repository, tmp_path / "first")
    index = opened(tmp_path / "index")
    worker = worker_of(bucket, index, tombstones.is_purged)
    worker.run_once()
    tombstones.allow(shop)
    outbox_target(bucket, shop).remove()
    send_all(bucket, repository, tmp_path / "second")
    worker.run_once()
    assert index.digest() == direct(repository, tmp_path)
    index.close()


def test_a_repository_purged_during_a_write_is_removed_again(bucket, repository, tmp_path):
    send_all(bucket, repository, tmp_path / "first")
    index = opened(tmp_path / "index")
    asked = []

    def purged_after_the_first_look(each) -> bool:
        asked.append(each)
        return len(asked) > 1

    worker_of(bucket, index, purged_after_the_first_look).run_once()
    assert len(asked) > 1
    assert index.branches() == []
    index.close()


def test_more_keys_than_a_page_holds_are_all_listed(bucket):
    for number in range(1_005):
        bucket.put(f"{STATES}{number:05d}", {})
    assert len(list(bucket.keys(STATES, 10_000))) == 1_005
    assert len(list(bucket.keys(STATES, 7))) == 7
