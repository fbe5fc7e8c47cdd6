"""The lock of the controllers' images: the digest of each, written once by `codekeep images mirror --lock`.

It is one file for all stacks of the project, committed beside their configurations. Pods name images by these digests,
in the registry of their keep; an entry counts only for the reference it was made for: a new version needs a new lock.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from codekeep_contracts.images import ControllerImage

from components.controllers.charts import IMAGES, stand_in_digests

LOCK_FILE = "controller-images.json"
DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")


class LockError(ValueError):
    """The lock is no mapping of references to digests, or lacks one."""


def locked_digests(root: Path) -> dict[ControllerImage, str]:
    """The digests in the project's lock; none where it has no lock yet.

    Raises:
        LockError: the file is not what `write_lock` writes.
    """
    path = root / LOCK_FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise LockError(f"{LOCK_FILE}: not JSON ({error}); restore it from git, or write it again") from error
    if not isinstance(found, dict) or not all(isinstance(each, str) and DIGEST.match(each) for each in found.values()):
        raise LockError(f"{LOCK_FILE}: must map each image to sha256:<64 hex digits>; restore it, or write it again")
    return {name: found[reference] for name, reference in IMAGES.items() if reference in found}


def write_lock(root: Path, digests: Mapping[str, str]) -> Path:
    """Writes the digests by reference; returns the file."""
    path = root / LOCK_FILE
    path.write_text(json.dumps(dict(digests), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def controller_digests(root: Path, *, deploying: bool) -> dict[ControllerImage, str]:
    """The digest of each image: the locked one, or a stand-in where nothing is `deploying` to AWS.

    Raises:
        LockError: the lock is malformed, or lacks an image that a deployment needs.
    """
    locked = locked_digests(root)
    missing = [IMAGES[name] for name in IMAGES if name not in locked]
    if deploying and missing:
        raise LockError(
            f"{LOCK_FILE}: got no digest of {', '.join(missing)}; allowed: a digest for every image of a controller, "
            "or no pod could pull it; remedy: run `codekeep images mirror STACK --lock`, and commit the file"
        )
    return {**stand_in_digests(), **locked}
