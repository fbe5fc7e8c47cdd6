"""Copies the controllers' images into the registry of a stack's cluster, and locks their digests."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codekeep_contracts.faults import Fault, UsageFault

from components.arns import dns_suffix
from components.controllers.charts import IMAGES
from components.naming import Keep
from stacks.controller_images import LockError, locked_digests, write_lock
from stacks.project import Project
from stacks.sessions.preconditions import own_platform, require_valid_spec
from stacks.spec import TenantSpec
from stacks.translation import keep_of

TOOLS = ("crane", "skopeo")
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """An image to copy; `digest` is None until it is locked."""

    source: str
    target: str  # with the tag
    digest: str | None


def copies(project: Project, stack: str) -> list[Copy]:
    """What the registry of a stack's cluster needs.

    Raises:
        UsageFault: there is no such stack, its spec has problems, or it lives on another stack's platform.
        Fault: the lock is malformed.
    """
    spec = require_valid_spec(project, stack)
    if spec is None:
        raise UsageFault(f"stack {stack} contains no keep and no platform")
    if isinstance(spec, TenantSpec) and spec.platform is not None:
        owner = own_platform(spec) or spec.platform.stack
        raise UsageFault(f"stack {stack} lives on a platform, whose cluster has the controllers: mirror {owner}")
    try:
        locked = locked_digests(project.root)
    except LockError as error:
        raise Fault(str(error)) from error
    registry = registry_of(keep_of(spec))
    return [
        Copy(source=source, target=f"{registry}/{name}:{source.rpartition(':')[2]}", digest=locked.get(name))
        for name, source in sorted(IMAGES.items())
    ]


def registry_of(keep: Keep) -> str:
    """Where the keep's repositories are."""
    return f"{keep.account_id}.dkr.ecr.{keep.region}.{dns_suffix(keep.region)}/{keep.physical()}"


def lock(root: Path, wanted: list[Copy], say: Say) -> Path:
    """Asks the sources for the digests and writes all of them; one that is locked stays as it is.

    Raises:
        Fault: there is no tool, or a source does not answer.
    """
    found: dict[str, str] = {}
    for each in wanted:
        found[each.source] = each.digest or _digest(each.source)
        say(f"{each.source} {found[each.source]}")
    return write_lock(root, found)


def copy(wanted: list[Copy], say: Say) -> None:
    """Copies every image at its locked digest, for every architecture that it has.

    Raises:
        UsageFault: an image is not locked.
        Fault: there is no tool, or a copy failed.
    """
    if unlocked := [each.source for each in wanted if each.digest is None]:
        raise UsageFault(f"not locked: {', '.join(unlocked)}; run it with --lock first")
    for each in wanted:
        _run(*_copying(each))
        say(f"{each.target} {each.digest}")


def _copying(each: Copy) -> tuple[str, ...]:
    tool, source = _tool(), f"{each.source.rpartition(':')[0]}@{each.digest}"
    if tool.endswith("crane"):
        return (tool, "copy", source, each.target)
    return (tool, "copy", "--all", "--preserve-digests", f"docker://{source}", f"docker://{each.target}")


def _digest(reference: str) -> str:
    """The digest of the tag's index, over all architectures."""
    tool = _tool()
    if tool.endswith("crane"):
        return _run(tool, "digest", reference).decode().strip()
    raw = _run(tool, "inspect", "--raw", f"docker://{reference}")
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def has_tool() -> bool:
    """Whether images can be copied from this machine."""
    return _on_path() is not None


def _tool() -> str:
    found = _on_path()
    if found is None:
        raise Fault(f"copying images needs {' or '.join(TOOLS)} on PATH; install one of them")
    return found


def _on_path() -> str | None:
    return next((path for tool in TOOLS if (path := shutil.which(tool))), None)


def _run(*command: str) -> bytes:
    try:
        return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - a tool, and references of ours
    except subprocess.CalledProcessError as error:
        raise Fault(f"{' '.join(command)} failed: {error.stderr.decode(errors='replace').strip()}") from error
