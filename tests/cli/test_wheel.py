"""The wheels of the three distributions contain the whole product and no tests."""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = "from setuptools.build_meta import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
ELSEWHERE = "policies.checkov.codekeep_rules"  # Checkov imports it, in its own environment
IMPORT_ALL = f"""
import importlib, pkgutil, sys
site, *folders = sys.argv[1:]
count = 0
for folder in folders:
    package = importlib.import_module(folder)
    assert package.__file__.startswith(site), package.__file__
    for module in pkgutil.walk_packages(package.__path__, folder + "."):
        if not module.name.endswith("__main__") and module.name != "{ELSEWHERE}":
            importlib.import_module(module.name)
            count += 1
print(count)
"""
FILES_MIN = {".": 150, "contracts": 15, "runtime": 150}
FOLDERS = {
    ".": ("stacks", "components", "policies", "images", "sandbox"),
    "contracts": ("codekeep_contracts",),
    "runtime": ("codekeep_runtime",),
}


def tracked(*patterns: str) -> list[str]:
    return subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")[:-1]


def copied(project: str, to: Path) -> Path:
    """A copy of the sources, because building writes into their folder."""
    names = FOLDERS[project]
    for name in tracked(*(f"{project}/{each}" for each in (*names, "pyproject.toml", "README.md"))):
        target = to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    return to / project


def built(project: str, folder: Path) -> Path:
    command = [sys.executable, "-c", BUILD, str(folder)]
    subprocess.run(command, cwd=copied(project, folder / "source"), capture_output=True, check=True)
    [wheel] = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module", params=FOLDERS)
def wheel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    return request.param, built(request.param, tmp_path_factory.mktemp("wheel"))


def test_a_wheel_contains_exactly_the_tracked_files(wheel: tuple[str, Path]) -> None:
    project, path = wheel
    names = FOLDERS[project]
    wanted = {os.path.relpath(name, project) for name in tracked(*(f"{project}/{each}" for each in names))}
    assert len(wanted) > FILES_MIN[project]
    held = {name for name in ZipFile(path).namelist() if ".dist-info/" not in name}
    assert held == wanted


def test_every_module_imports_from_the_wheel_alone(wheel: tuple[str, Path], tmp_path: Path) -> None:
    project, path = wheel
    ZipFile(path).extractall(tmp_path / "site")
    # -P and PYTHONPATH keep the checkout and its editable install from being imported instead of the wheel.
    finished = subprocess.run(
        [sys.executable, "-P", "-c", IMPORT_ALL, str(tmp_path / "site"), *FOLDERS[project]],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert int(finished.stdout) > FILES_MIN[project]
