"""Headless Chromium from one pinned npm package, kept outside the repository.

`python -m tests.real.chromium.installation` fetches it and prints its path: half a minute. Needs npm and node, and
Linux on x86-64; elsewhere set CODEKEEP_CHROMIUM to the path of a Chromium or Chrome.
"""

import hashlib
import shutil
import subprocess
import tarfile
from pathlib import Path

from tests.real.cache import made_once

PACKAGE, VERSION = "@sparticuz/chromium", "147.0.0"
SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"  # of the package as npm packs it
PROGRAM = "chromium"
_UNPACK = (
    "const fs = require('fs'), zlib = require('zlib');"
    "require('stream').pipeline(process.stdin, zlib.createBrotliDecompress(),"
    " fs.createWriteStream(process.argv[1], {mode: 0o755}), (error) => process.exit(error ? 1 : 0))"
)


class NoChromiumError(Exception):
    """Chromium cannot be downloaded here."""


def installed() -> Path:
    """The path of the program, which the first call downloads.

    Raises:
        NoChromiumError: npm or node is missing, or the package is not the pinned one.
    """
    return made_once(f"chromium-{VERSION}", _make) / PROGRAM


def _make(folder: Path) -> None:
    missing = [name for name in ("npm", "node") if shutil.which(name) is None]
    if missing:
        raise NoChromiumError(f"Chromium is downloaded with npm and unpacked with node; missing: {', '.join(missing)}")
    subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, capture_output=True)
    (package,) = folder.glob("*.tgz")
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    if digest != SHA256:
        raise NoChromiumError(f"{PACKAGE} {VERSION} has SHA-256 {digest}, not the pinned {SHA256}")
    with tarfile.open(package) as archive:
        compressed = archive.extractfile("package/bin/chromium.br")
        assert compressed is not None
        subprocess.run(["node", "-e", _UNPACK, str(folder / PROGRAM)], input=compressed.read(), check=True)
    package.unlink()


def main() -> None:
    """Downloads and prints the path. A failure is only reported: the tests are then skipped with the same reason."""
    try:
        print(f"Chromium {VERSION} in {installed()}")
    except (NoChromiumError, subprocess.CalledProcessError) as error:
        print(f"no Chromium: {error}")


if __name__ == "__main__":
    main()
