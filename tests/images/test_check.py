"""The checks find nothing in the committed images, and each finds what it should in changed ones."""

import json
import sys

import pytest
from packaging.requirements import Requirement

from images import check
from images.catalog import BUILDS, IMAGES, Kind, find_image
from images.lock import LockError, Pin, locks, parse
from images.render import ROOT
from images.sbom import bill, bills, schema_error
from tests.images.documents import copy_of_images, replace

PIN = f"click==8.3.1 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n    # via -r x.in\n"


def test_nothing_is_wrong_with_the_committed_images():
    assert [str(problem) for problem in check.stale_files()] == []
    assert [str(problem) for problem in check.lock_problems()] == []
    assert [str(problem) for problem in check.invalid_bills()] == []
    assert [str(problem) for problem in check.hadolint_findings()] == []


def test_an_edited_or_missing_file_is_named(tmp_path):
    root = copy_of_images(tmp_path)
    replace(root / "images/compat/Dockerfile", "USER 65532:65532", "USER 0")
    (root / "images/code-symbol-index/Dockerfile.dockerignore").unlink()
    found = {problem.file: problem.message for problem in check.stale_files(root)}
    assert set(found) == {"images/compat/Dockerfile", "images/code-symbol-index/Dockerfile.dockerignore"}
    assert "codekeep images render" in found["images/compat/Dockerfile"]


def test_hadolint_reads_every_dockerfile(tmp_path):
    root = copy_of_images(tmp_path)
    for image in BUILDS:
        file = root / image.dockerfile
        file.write_text(file.read_text() + "USER root\n")
    found = {problem.file for problem in check.hadolint_findings(root) if problem.check == "DL3002"}
    assert found == {image.dockerfile for image in BUILDS}


def test_a_lock_without_a_hash_or_a_requirement_is_named(tmp_path):
    root = copy_of_images(tmp_path)
    lock = root / "images/code-batch-review/requirements.txt"
    lock.write_text("click==8.3.1\n")
    (root / "images/compat/requirements.txt").write_text(PIN)
    found = [str(problem) for problem in check.lock_problems(root)]
    assert any("code-batch-review" in line and "not a pin with its hashes" in line for line in found)
    assert any("compat" in line and "boto3>=1.40,<2 is not locked" in line for line in found)


def test_a_lock_at_a_version_outside_the_range_is_named():
    pins = (Pin(name="click", version="7.0", hashes=("a" * 64,)),)
    assert list(check.unmet_requirements(("click>=8.2,<9",), pins)) == ["click>=8.2,<9 is locked at 7.0"]
    assert list(check.unmet_requirements(("Click>=7",), pins)) == []


@pytest.mark.parametrize("image", [image for image in IMAGES if image.kind is Kind.CUDA], ids=lambda image: image.name)
def test_our_own_wheels_have_the_baseline_cuda(image):
    pins = parse((ROOT / image.lock).read_text())
    assert any(pin.name == check.CUDA_RUNTIME and pin.version.startswith("12.8.") for pin in pins)
    assert list(check.wrong_cuda_wheels(image, pins)) == []


def test_another_cuda_is_named():
    image = find_image("code-finetune-cu12")
    pins = (Pin(name="nvidia-cuda-runtime", version="13.0.96", hashes=("a" * 64,)),)
    problems = list(check.wrong_cuda_wheels(image, pins))
    assert problems == [
        "nvidia-cuda-runtime-cu12 must be 12.8.x, the baseline, got none",
        "nvidia-cuda-runtime does not belong to the baseline CUDA 12.8",
    ]


def test_images_lock_the_dependencies_of_the_runtime_and_its_contracts():
    image = next(image for image in IMAGES if image.kind is Kind.CPU)
    names = {Requirement(each).name for each in image.requirements}
    assert {"pydantic", "starlette", "click"} <= names
    assert not [name for name in names if name.startswith("codekeep")]


def test_a_lock_is_read_with_all_its_hashes():
    assert parse(f"# a comment\n{PIN}") == (Pin(name="click", version="8.3.1", hashes=("a" * 64, "b" * 64)),)
    for broken in ("click>=8\n", "git+https://example.test/x\n", "-r other.txt\n", "click==8.3.1\n"):
        with pytest.raises(LockError, match="codekeep images lock"):
            parse(broken)


def test_every_lock_pins_and_hashes_and_names_no_registry():
    assert len(locks()) == 9
    for path in locks():
        text = (ROOT / path).read_text()
        assert parse(text)
        assert "index-url" not in text
        assert "://" not in text


FAKE_UV = """#!{python}
import pathlib, sys
pathlib.Path(sys.argv[sys.argv.index("--output-file") + 1]).write_text({answer!r})
"""


@pytest.mark.parametrize(
    ("offered", "message"),
    [
        (PIN, None),
        (PIN.replace("b" * 64, "c" * 64), f"no file with hash sha256:{'b' * 64}"),
        (PIN.replace("8.3.1", "8.3.2"), "click==8.3.1 is not what resolves, got 8.3.2"),
    ],
)
def test_a_file_that_the_registry_no_longer_has_is_named(tmp_path, monkeypatch, offered, message):
    """A fake uv answers for the registry; `codekeep images check --locks` asks the real one."""
    uv = tmp_path / "uv"
    uv.write_text(FAKE_UV.format(python=sys.executable, answer=offered))
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "requirements.txt").write_text(PIN)
    found = [problem.message for problem in check.unresolvable_locks(("requirements.txt",), tmp_path)]
    assert len(found) == (message is not None)
    assert message is None or message in found[0]


def test_a_bill_names_the_base_the_packages_and_every_locked_distribution():
    image = find_image("code-ingest-parse")
    pins = parse((ROOT / image.lock).read_text())
    document = json.loads((ROOT / image.sbom).read_text())
    purls = {part["purl"] for part in document["components"]}
    assert len(purls) == len(pins) + len(image.packages) + 2
    assert {f"pkg:pypi/{pin.name}@{pin.version}" for pin in pins} <= purls
    assert any(purl.startswith("pkg:deb/debian/git@") for purl in purls)
    assert any(image.base.digest in purl.replace("%3A", ":") for purl in purls)


def test_bills_are_the_same_each_time_and_differ_between_builds():
    assert bills() == bills()
    serials = {json.loads(text)["serialNumber"] for text in bills().values()}
    assert len(serials) == len(BUILDS)


def test_the_schema_refuses_an_invalid_bill():
    document = json.loads(bill(find_image("compat"), parse(PIN)))
    assert schema_error(json.dumps(document)) is None
    document["components"][0]["type"] = "spaceship"
    assert schema_error(json.dumps(document)) is not None


def test_a_check_fails_if_its_tool_is_missing(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(check.ToolError, match="crane is not on PATH"):
        list(check.unknown_bases())
