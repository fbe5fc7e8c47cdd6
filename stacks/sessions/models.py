"""Puts models into a keep's bucket, from which its pods fetch them."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codekeep_contracts.faults import UsageFault
from codekeep_contracts.model_files import list_document

from awsread.errors import or_none
from stacks.engines.engine import Engine
from stacks.project import Project
from stacks.sessions.account import account_of
from stacks.sessions.preconditions import require_valid_spec
from stacks.spec import TenantSpec
from stacks.supplies import ModelFiles, models_of

ACTIONS = "s3:GetObject, s3:ListBucket and s3:PutObject"
CONFIG = "config.json"  # of every checkpoint that transformers, TensorRT-LLM or vLLM load
NO_FILES = list_document({})  # of a model that a stand-in only recorded
CHECKSUM = "sha256"  # metadata of each object: what is there already is not sent again


def push_model(
    project: Project,
    stack: str,
    engine: Engine,
    role: str,
    folder: Path,
    on_file: Callable[[str], None],
    *,
    replace: bool = False,
) -> int:
    """Puts a folder's files into the bucket as the model of a role, at the revision of the spec.

    Args:
        on_file: called with each file's path inside the folder before it is sent.
        replace: whether another model of the revision, that is complete, may be overwritten.

    Returns:
        How many files were sent; those that are in the bucket already are not.

    Raises:
        UsageFault: there is no such stack, its spec has problems or no model of the role, or as `publish`.
        Fault: the account refused.
    """
    project.stack_file(stack)
    spec = require_valid_spec(project, stack)
    if not isinstance(spec, TenantSpec):
        raise UsageFault(f"stack {stack} is no keep's, so it has no models")
    model = _model(spec, stack, role)
    failure = f"did not take the model into bucket {model.bucket}, made by `codekeep up {stack} --only-registry`"
    with account_of(engine, spec, failure, ACTIONS) as account:
        return publish(account.client("s3", None), model, folder, on_file, replace=replace)


def publish(
    client: Any,
    model: ModelFiles,
    folder: Path,
    on_file: Callable[[str], None] = lambda _: None,
    *,
    replace: bool = False,
) -> int:
    """Sends what the bucket lacks of a folder, then the list. After a kill nothing can be fetched before the next run.

    Args:
        client: boto3's `s3` client. The bucket encrypts with its own key what comes without one.

    Raises:
        UsageFault: the folder is no model's, or the bucket has other files of the revision.
    """
    checksums = {path.relative_to(folder).as_posix(): _sha256(path) for path in _files(folder)}
    document, before = list_document(checksums), list_of(client, model)
    if before not in (None, NO_FILES, document) and not replace:
        raise UsageFault(
            f"{model} is complete, with other files than {str(folder)!r}; a revision never changes: give its folder, "
            "or --replace where the bucket's files are the wrong ones"
        )
    sent = 0
    for name, checksum in checksums.items():
        if not _has(client, model.bucket, model.key(name), checksum):
            on_file(name)
            extra = {"Metadata": {CHECKSUM: checksum}}
            client.upload_file(str(folder / name), model.bucket, model.key(name), ExtraArgs=extra)
            sent += 1
    client.put_object(**model.list_object, Body=document)
    return sent


def _files(folder: Path) -> list[Path]:
    """Raises UsageFault where every engine would refuse the folder."""
    if not (folder / CONFIG).is_file():
        raise UsageFault(f"{str(folder)!r} contains no {CONFIG}; give the folder with the model's files")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def list_of(client: Any, model: ModelFiles) -> bytes | None:
    """The model's list as it is in the bucket; None where it, or the bucket, is not there."""
    found = or_none(client.get_object, **model.list_object)
    body: bytes | None = None if found is None else found["Body"].read()
    return body


def _model(spec: TenantSpec, stack: str, role: str) -> ModelFiles:
    models = models_of(spec)
    for model in models:
        if model.role == role:
            return model
    have = ", ".join(model.role for model in models) or "none"
    raise UsageFault(f"stack {stack} has no model of role {role!r}; it has: {have}")


def _has(client: Any, bucket: str, key: str, checksum: str) -> bool:
    found = or_none(client.head_object, Bucket=bucket, Key=key)
    return found is not None and found["Metadata"].get(CHECKSUM) == checksum


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
