"""The worked examples of CONTRIBUTING.md apply to the tree as it is, and their own tests pass on it."""

import subprocess
import venv
from pathlib import Path
from sysconfig import get_path

import pytest

from tests.docs.worked_examples import DOCUMENT, ROOT, CodeBlock, examples

TESTS = {
    "component": ("tests/components/observe/test_health_notices.py",),
    "policy rule": ("tests/policies/rules/test_cost.py",),
    "runtime command": ("tests/runtime/cli/test_repositories.py",),
    "image": ("tests/images/test_catalog.py", "tests/components/storage/test_image_registry.py"),
}
IMPORTED_FROM = (".", "contracts", "runtime")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project, and an environment of its own in `.venv` that imports the copy and not this checkout."""
    root = tmp_path / "codekeep"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0")[:-1]:
        if (ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes((ROOT / name).read_bytes())
    venv.create(root / ".venv", symlinks=True)
    [packages] = (root / ".venv" / "lib").glob("python*/site-packages")
    # A folder named in a .pth file is searched, but .pth files in it are not read: those of the editable installs.
    folders = [*(str((root / name).resolve()) for name in IMPORTED_FROM), get_path("purelib")]
    (packages / "codekeep.pth").write_text("\n".join(folders))
    return root


@pytest.mark.parametrize("name", TESTS)
def test_an_example_applies_and_its_test_passes(name: str, checkout: Path) -> None:
    for block in examples(DOCUMENT.read_text())[name]:
        block.apply(checkout)
    python = checkout / ".venv" / "bin" / "python"
    command = [python, "-m", "pytest", "-x", "-p", "no:xdist", *TESTS[name]]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_example_is_tested() -> None:
    found = examples(DOCUMENT.read_text())
    assert found.keys() == TESTS.keys()
    assert all(len(blocks) >= 2 for blocks in found.values())


def test_an_edit_that_fits_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("one\ntwo\n")
    with pytest.raises(ValueError, match=r"occur 0 times in a\.py"):
        CodeBlock(path="a.py", code=" three\n+four\n", is_diff=True).apply(tmp_path)
    CodeBlock(path="a.py", code=" one\n-two\n+three\n", is_diff=True).apply(tmp_path)
    assert (tmp_path / "a.py").read_text() == "one\nthree\n"
    with pytest.raises(ValueError, match=r"a\.py exists"):
        CodeBlock(path="a.py", code="", is_diff=False).apply(tmp_path)
