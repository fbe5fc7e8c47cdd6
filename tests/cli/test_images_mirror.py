"""`codekeep images mirror`: what a registry needs, the lock, and copies between two real registries (crane)."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from codekeep_contracts.faults import Fault, UsageFault

from components.controllers.charts import IMAGES
from stacks.controller_images import LOCK_FILE, LockError, controller_digests, locked_digests, write_lock
from stacks.project import Project
from stacks.sessions.mirror import Copy, copies, copy, lock
from tests.policies.tenants import ROOT

DIGEST = f"sha256:{'a' * 64}"


def test_a_keep_gets_every_image_in_a_repository_that_its_graph_has() -> None:
    from tests.stacks.programs import graph_of

    wanted = copies(Project.find(ROOT), "demo")
    repositories = {node.inputs["name"] for node in graph_of("demo").of_type("aws:ecr/repository:Repository")}
    assert len(wanted) == 8
    assert {each.target.split("/", 1)[1].rpartition(":")[0] for each in wanted} <= repositories
    assert {each.source for each in wanted} == set(IMAGES.values())


def test_the_images_of_a_pooled_keep_are_its_platforms() -> None:
    with pytest.raises(UsageFault, match="mirror platform-eu-central-1"):
        copies(Project.find(ROOT), "pico")


def test_a_deployment_to_aws_needs_every_digest(tmp_path: Path) -> None:
    one, *others = sorted(IMAGES.values())
    write_lock(tmp_path, {one: DIGEST, "quay.io/old:1": DIGEST})
    with pytest.raises(LockError, match=r"images mirror STACK --lock") as refused:
        controller_digests(tmp_path, deploying=True)
    assert one not in str(refused.value)
    assert all(reference in str(refused.value) for reference in others)
    previewed = controller_digests(tmp_path, deploying=False)
    assert previewed.keys() == IMAGES.keys()
    assert DIGEST in previewed.values()
    write_lock(tmp_path, dict.fromkeys(IMAGES.values(), DIGEST))
    assert set(controller_digests(tmp_path, deploying=True).values()) == {DIGEST}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": "sha256:1"}', '{"a": 1}'])
def test_a_lock_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / LOCK_FILE).write_text(text)
    with pytest.raises(LockError, match=LOCK_FILE):
        locked_digests(tmp_path)


def test_nothing_is_copied_without_its_digest() -> None:
    with pytest.raises(UsageFault, match=r"not locked: quay\.io/x:1"):
        copy([Copy(source="quay.io/x:1", target="localhost/x:1", digest=None)], print)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    crane = shutil.which("crane")
    if crane is None:
        pytest.skip("needs crane on PATH")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with subprocess.Popen([crane, "registry", "serve", "--address", address], stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            if subprocess.run([crane, "catalog", address], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.1)
        yield address
        server.terminate()


def test_an_image_arrives_with_the_digest_that_was_locked(registry: str, tmp_path: Path) -> None:
    layer = tmp_path / "layer.tar"
    subprocess.run(["tar", "-cf", layer, "-C", "/etc", "hostname"], check=True)
    source, target = f"{registry}/upstream/tool:v1", f"{registry}/keep/tool:v1"
    subprocess.run(["crane", "append", "--new_layer", layer, "--new_tag", source], check=True, capture_output=True)
    written = lock(tmp_path, [Copy(source=source, target=target, digest=None)], print)
    digest = json.loads(written.read_text())[source]
    copy([Copy(source=source, target=target, digest=digest)], print)
    found: Any = subprocess.run(["crane", "digest", target], check=True, capture_output=True, text=True).stdout
    assert found.strip() == digest
    again = ["crane", "append", "--new_layer", layer, "--new_tag", source, "--base", source]
    subprocess.run(again, check=True, capture_output=True)
    assert lock(tmp_path, [Copy(source=source, target=target, digest=digest)], print) == written  # the lock stays
    assert json.loads(written.read_text())[source] == digest
    with pytest.raises(Fault, match=r"crane copy .* failed"):
        copy([Copy(source=source, target=target, digest=DIGEST)], print)
