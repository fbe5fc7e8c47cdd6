"""Source code of pinned packages: downloaded once, unpacked, never imported."""

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
"""Packages on which the weights of retrieval were chosen; no result is reported for them."""

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
    """The folder of CODEKEEP_CACHE, else codekeep's folder in the user's cache."""
    configured = os.environ.get("CODEKEEP_CACHE")
    return Path(configured or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codekeep")


def folder_of(package: str, version: str) -> Path:
    """The folder for a package's source in the cache, which may not exist yet."""
    return cache() / "packages" / f"{package}-{version}"


def unpacked(package: str, version: str) -> Path:
    """The folder of a package's source, downloaded first if needed. It appears once it is complete."""
    folder = folder_of(package, version)
    if folder.is_dir():
        return folder
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        subprocess.run([*pip, *_WHEEL, "--dest", str(partial), f"{package}=={version}"], check=True)
        (archive,) = partial.glob("*.whl")
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(partial / "source")
        (partial / "source").rename(folder)
    finally:
        shutil.rmtree(partial)
    return folder
