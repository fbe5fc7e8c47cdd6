"""Fetches models from the keep's bucket."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from codekeep_contracts.faults import DataFault
from codekeep_contracts.model_files import LIST, listed, model_key
from codekeep_contracts.settings.models import ModelSettings
from codekeep_contracts.settings.stores import BucketSettings

from codekeep_runtime.platform.aws.clients import none_if_missing

PART = ".part"


class ModelStore:
    """
    Args:
        client: boto3's `s3` client.
        bucket: the keep's bucket for models.
    """

    def __init__(self, client: Any, bucket: BucketSettings) -> None:
        self._client, self._bucket = client, bucket

    def fetch(self, model: ModelSettings, into: Path, *, verify_existing: bool) -> int:
        """Downloads missing files; returns how many. Each is checked before it gets its name.

        Args:
            verify_existing: checks the files that are already there, too.

        Raises:
            DataFault: the revision is not in the bucket, or a file differs from its checksum.
        """
        fetched = 0
        for name, checksum in self._files(model):
            path = into / name
            if path.exists():
                if not verify_existing or _sha256(path) == checksum:
                    continue
                path.unlink()
            self._download(self._key(model, name), path, checksum)
            fetched += 1
        return fetched

    def _download(self, key: str, path: Path, checksum: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + PART)
        self._client.download_file(self._bucket.name, key, str(part))
        if _sha256(part) != checksum:
            part.unlink()
            raise DataFault(f"{path.name!r} differs from its checksum; push the model again")
        part.rename(path)

    def _files(self, model: ModelSettings) -> Iterator[tuple[str, str]]:
        found = none_if_missing(self._client.get_object, Bucket=self._bucket.name, Key=self._key(model, LIST))
        if found is None:
            revision = f"{model.name} at {model.revision[:12]}"
            raise DataFault(f"{revision} is not in bucket {self._bucket.name}; `codekeep models push` puts it there")
        for name, checksum in listed(found["Body"].read()).items():
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise DataFault("the model's list names a file outside its folder; push the model again")
            yield name, checksum

    def _key(self, model: ModelSettings, name: str) -> str:
        return model_key(model.revision, name, self._bucket.prefix)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
