"""Source of published packages, pinned, downloaded once and unpacked, never imported."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

TUNED_ON = {
    "celery": "5.7.0",
    "click": "8.5.1",
    "jinja2": "3.1.6",
    "networkx": "3.6.1",
    "tornado": "6.6.1",
    "werkzeug": "3.1.9",
}
"""What the weights of retrieval were chosen on; nothing of it is reported as a result."""

MEASURED = {
    "aiohttp": "3.14.5",
    "django": "5.2.19",
    "flask": "3.1.3",
    "httpx": "0.28.1",
    "pandas": "3.1.1",
    "pydantic": "2.14.4",
    "requests": "2.34.2",
    "rich": "15.0.0",
    "scikit-learn": "1.9.1",
    "sqlalchemy": "2.1.9",
    "sympy": "1.14.0",
}
_WHEEL = ("--no-deps", "--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11")


def cache() -> Path:
    """CODEKEEP_CACHE, else codekeep's folder where the desktop keeps caches."""
    given = os.environ.get("CODEKEEP_CACHE")
    return Path(given or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codekeep")


def folder_of(package: str, version: str) -> Path:
    """Where its source lies in the cache, whether it does or not."""
    return cache() / "packages" / f"{package}-{version}"


def unpacked(package: str, version: str) -> Path:
    """Its source, downloaded where it is not yet in the cache: half of it never is."""
    folder = folder_of(package, version)
    if folder.is_dir():
        return folder
    half = folder.with_name(f".{folder.name}.{os.getpid()}")
    half.mkdir(parents=True)
    try:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, *_WHEEL, "--dest", str(half), f"{package}=={version}"], check=True)
        (archive,) = half.glob("*.whl")
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(half / "source")
        (half / "source").rename(folder)
    finally:
        shutil.rmtree(half)
    return folder
