"""Locks pin every Python distribution of an image to one version, with the hashes of its files, for its platform."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from images.catalog import IMAGES
from images.render import BUILD_REQUIREMENTS, ROOT
from images.requirements import PYTHON_VERSION, WHEEL_PLATFORM

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
PLATFORM_OPTIONS = ("--python-platform", WHEEL_PLATFORM, "--python-version", PYTHON_VERSION, "--only-binary", ":all:")
TIMEOUT_SECONDS = 600


class LockError(RuntimeError):
    """A lock cannot be made or read; the text says why and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One locked distribution; `hashes` are sha256 digests of its files, sorted."""

    name: str
    version: str
    hashes: tuple[str, ...]


def locks() -> tuple[str, ...]:
    """Paths of all locks below the project: the build stages' and one per image."""
    return (BUILD_REQUIREMENTS.replace(".in", ".txt"), *(image.lock for image in IMAGES))


def parse(text: str) -> tuple[Pin, ...]:
    """Returns the pins of a lock.

    Raises:
        LockError: a line is no pin, or a pin has no hash.
    """
    pins: list[Pin] = []
    for entry in text.replace("\\\n", " ").splitlines():
        if not entry.strip() or entry.lstrip().startswith("#"):
            continue
        pin, hashes = PIN.match(entry), HASH.findall(entry)
        if pin is None or not hashes:
            raise LockError(f"not a pin with its hashes: {entry.strip()[:80]}; make it by `codekeep images lock`")
        pins.append(Pin(name=pin[1].lower().replace("_", "-"), version=pin[2], hashes=tuple(sorted(hashes))))
    return tuple(pins)


def make_locks(paths: Iterable[str], root: Path = ROOT, *, upgrade: bool = False) -> None:
    """Resolves each requirements.in beside `paths`; versions already locked stay where they fit, unless `upgrade`."""
    for path in paths:
        _compile(root, path, root / path, upgrade=upgrade)


def check_resolves(path: str, root: Path = ROOT) -> None:
    """Checks that the registry still has every file of the lock, for its platform, with the same hash.

    The locked versions are resolved again without their hashes, since uv trusts hashes in its input.

    Raises:
        LockError: a version or a file is not there.
    """
    locked = parse((root / path).read_text())
    with TemporaryDirectory(prefix="codekeep-lock-") as folder:
        fresh = Path(folder) / "requirements.txt"
        fresh.write_text("".join(f"{pin.name}=={pin.version}\n" for pin in locked))
        _compile(root, path, fresh)
        offered = {pin.name: pin for pin in parse(fresh.read_text())}
    for pin in locked:
        found = offered.get(pin.name)
        if found is None or found.version != pin.version:
            raise LockError(f"{pin.name}=={pin.version} is not what resolves, got {found.version if found else 'none'}")
        for missing in sorted(set(pin.hashes) - set(found.hashes)):
            raise LockError(f"{pin.name}=={pin.version}: the registry has no file with hash sha256:{missing}")


def _compile(root: Path, path: str, output: Path, *, upgrade: bool = False) -> None:
    options = [
        "--generate-hashes",
        "--no-header",
        "--no-emit-index-url",
        "--quiet",
        *(["--upgrade"] if upgrade else []),
    ]
    source = path.replace(".txt", ".in")
    _uv(root, "pip", "compile", source, *PLATFORM_OPTIONS, *options, "--output-file", str(output))


def _uv(root: Path, *arguments: str) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise LockError("uv is not on PATH; install it (`pip install uv`) and run the command again")
    done = subprocess.run(  # noqa: S603 - our own arguments
        [uv, *arguments], cwd=root, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS
    )
    if done.returncode != 0:
        raise LockError(f"uv {' '.join(arguments[:3])} failed: {done.stderr.strip()[-2000:]}")
