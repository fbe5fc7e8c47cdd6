"""Registration of a keep's snapshot repository; tests/real takes and restores snapshots."""

from unittest.mock import Mock

from codekeep_runtime.index.opensearch import Store
from codekeep_runtime.index.opensearch.snapshots import Snapshots
from opensearchpy import NotFoundError

ROLE = "arn:aws:iam::123456789012:role/acme-index-snapshots"


def test_a_keeps_snapshots_use_its_bucket_region_and_role() -> None:
    client = Mock()
    client.snapshot.get_repository.side_effect = NotFoundError(404, "repository_missing_exception", {})
    Snapshots(Store(client), "codekeep").register_bucket("acme-snapshots", "keeps/acme/", "eu-central-1", ROLE)
    settings = {"bucket": "acme-snapshots", "base_path": "keeps/acme", "region": "eu-central-1", "role_arn": ROLE}
    client.snapshot.create_repository.assert_called_once_with(
        repository="codekeep", body={"type": "s3", "settings": settings}
    )
