"""User data of nodes: the kubelet's configuration and the encrypted cache on instance stores."""

import base64
import subprocess
from dataclasses import replace
from email import message_from_string
from email.message import Message

import pytest
import yaml

from components.compute.node_user_data import CACHED_DIRECTORIES, encoded_user_data, user_data
from tests.components.environments import BATCH, INGEST, SERVE, SYSTEM

POOLS = (SYSTEM, INGEST, SERVE, BATCH)


def parts(text: str) -> dict[str, str]:
    message = message_from_string(text)
    assert message.is_multipart()
    found: dict[str, str] = {}
    for part in message.get_payload():
        assert isinstance(part, Message)
        found[part.get_content_type()] = str(part.get_payload())
    return found


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.name)
def test_every_pool_configures_its_kubelet(pool) -> None:  # type: ignore[no-untyped-def]
    config = yaml.safe_load(parts(user_data(pool))["application/node.eks.aws"])
    assert config["apiVersion"] == "node.eks.aws/v1alpha1"
    assert config["kind"] == "NodeConfig"
    kubelet = config["spec"]["kubelet"]["config"]
    assert kubelet["seccompDefault"] is True
    assert kubelet["podPidsLimit"] == 4096
    assert ("topologyManagerPolicy" in kubelet) == pool.is_gpu
    assert base64.b64decode(encoded_user_data(pool)).decode() == user_data(pool)


@pytest.mark.parametrize("pool", POOLS, ids=lambda pool: pool.name)
def test_only_nvme_pools_create_a_cache(pool) -> None:  # type: ignore[no-untyped-def]
    assert ("text/x-shellscript" in parts(user_data(pool))) == pool.nvme


def test_the_cache_is_encrypted_with_a_key_that_is_not_stored_and_kubelet_waits_for_it() -> None:
    script = parts(user_data(SERVE))["text/x-shellscript"]
    assert "/dev/urandom plain,cipher=aes-xts-plain64,size=512" in script
    assert "RequiredBy=containerd.service kubelet.service" in script
    assert "Before=containerd.service kubelet.service" in script
    for directory in CACHED_DIRECTORIES:
        assert f'mount --bind "$mount/{directory.replace("/", "_")}" {directory}' in script


def test_the_scripts_are_well_formed_shell() -> None:
    script = parts(user_data(SERVE))["text/x-shellscript"]
    inner = script.split("<<'SCRIPT'\n")[1].split("\nSCRIPT\n")[0]
    for text in (script, inner):
        assert text.startswith("#!/usr/bin/env bash\n")
        checked = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


def test_a_machine_without_an_instance_store_logs_it_and_does_not_join(tmp_path) -> None:  # type: ignore[no-untyped-def]
    script = parts(user_data(SERVE))["text/x-shellscript"]
    inner = script.split("<<'SCRIPT'\n")[1].split("\nSCRIPT\n")[0].replace("/dev/disk/by-id", str(tmp_path))
    ran = subprocess.run(["bash"], input=inner, text=True, capture_output=True, check=False)
    assert ran.returncode == 1
    assert "no NVMe instance store" in ran.stderr


def test_user_data_is_the_same_for_every_keep() -> None:
    assert user_data(replace(SERVE, name="other", max_nodes=9)) == user_data(SERVE)


def test_a_document_longer_than_ec2_accepts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.compute.node_user_data.USER_DATA_BYTES_MAX", 100)
    with pytest.raises(ValueError, match="longer than 100 bytes"):
        user_data(SERVE)
