"""Collects what a distroless stage needs beyond its base: Debian packages, folders, and the libraries they load.

Runs in the build stage. Left out: what the base has already, documentation, and every script whose interpreter is not
in the last stage (git's shell and perl helpers, hook samples).
"""

import argparse
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

NOT_NEEDED = (
    "/usr/share/doc",
    "/usr/share/man",
    "/usr/share/locale",
    "/usr/share/lintian",
    "/usr/share/bash-completion",
    "/usr/bin/git-shell",
)
NOT_NEEDED_FOLDERS = {"__pycache__", "test", "idlelib", "ensurepip", "turtledemo", "include"}
ELF = b"\x7fELF"


def main() -> None:
    """`collect.py --base BASE --to ROOT [--package NAME]... [PATH]...`"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="root of the image that the last stage starts from")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--package", action="append", default=[])
    parser.add_argument("path", nargs="*", type=Path)
    args = parser.parse_args()
    wanted = [*files_of_packages(args.package), *files_below(args.path)]
    for file in (*wanted, *libraries_of(wanted)):
        place(file, args.base, args.to)
    for package in args.package:
        record(package, args.to)


def files_of_packages(packages: Iterable[str]) -> Iterator[Path]:
    for package in packages:
        for line in _run("dpkg", "-L", package).splitlines():
            file = Path(line)
            if not line.startswith(NOT_NEEDED) and (file.is_symlink() or file.is_file()) and not is_script(file):
                yield file


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        for file in [path] if path.is_symlink() or path.is_file() else sorted(path.rglob("*")):
            if NOT_NEEDED_FOLDERS.isdisjoint(file.relative_to(path).parts) and (file.is_symlink() or file.is_file()):
                yield file


def libraries_of(files: Iterable[Path]) -> list[Path]:
    """Every shared library that `files` load, directly or not.

    Raises:
        RuntimeError: a library is missing.
    """
    found: set[Path] = set()
    for file in files:
        if file.is_symlink() or not is_elf(file):
            continue
        for line in _ldd(file):
            if "not found" in line:
                raise RuntimeError(f"{file} needs {line.strip()}")
            for word in line.split():
                if word.startswith("/") and ".so" in word:
                    found.add(Path(word))
    return sorted(found)


def place(file: Path, base: Path, root: Path) -> None:
    """Copies to the canonical path (/lib is a link to /usr/lib); a link stays a link, and its target is copied too."""
    canonical = file.parent.resolve() / file.name
    inside = canonical.relative_to("/")
    target = root / inside
    if (base / inside).exists() or (base / inside).is_symlink() or target.exists() or target.is_symlink():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(canonical, target, follow_symlinks=False)
    if canonical.is_symlink() and canonical.exists() and canonical.resolve().is_file():
        place(canonical.resolve(), base, root)


def record(package: str, root: Path) -> None:
    """Writes the package's entry where scanners of distroless images look for it."""
    entry = root / "var/lib/dpkg/status.d" / package
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(_run("dpkg-query", "--status", package))


def is_script(file: Path) -> bool:
    return not file.is_symlink() and file.read_bytes()[:2] == b"#!"


def is_elf(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(len(ELF)) == ELF


def _ldd(file: Path) -> list[str]:
    """ldd's lines; none for a program that loads nothing."""
    done = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.splitlines()


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


if __name__ == "__main__":
    main()
