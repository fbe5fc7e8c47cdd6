"""A kubeconfig for the sandbox must name a server on this machine; errors name the field and the remedy."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.kubernetes.access import Access
from sandbox.plugin import PluginFault


def kubeconfig(folder: Path, server: str = "https://127.0.0.1:6443", **user: Any) -> Path:
    document = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": server, "certificate-authority": "ca.pem"}}],
        "users": [{"name": "u", "user": user}],
    }
    (folder / "ca.pem").write_text("the authority")
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(document))
    return path


def test_a_token_and_files_beside_the_kubeconfig_are_read(tmp_path: Path) -> None:
    found = Access.from_file(kubeconfig(tmp_path, token="t0k"))
    assert (found.server, found.authority, found.token) == ("https://127.0.0.1:6443", "the authority", "t0k")
    assert "t0k" not in repr(found)


def test_a_client_certificate_in_base64_is_read(tmp_path: Path) -> None:
    pair = {name: base64.b64encode(name.encode()).decode() for name in ("client-certificate-data", "client-key-data")}
    found = Access.from_file(kubeconfig(tmp_path, **pair))
    assert (found.certificate, found.key) == ("client-certificate-data", "client-key-data")


@pytest.mark.parametrize(
    "server",
    ["https://10.0.0.1:6443", "https://keep.example", "http://127.0.0.1:8080", "https://a@127.0.0.1", "127.0.0.1", ""],
)
def test_a_server_elsewhere_is_refused(tmp_path: Path, server: str) -> None:
    with pytest.raises(PluginFault, match="loopback interface only"):
        Access.from_file(kubeconfig(tmp_path, server, token="t"))


@pytest.mark.parametrize("way", ["exec", "auth-provider", "username"])
def test_a_user_with_a_program_or_a_password_is_refused(tmp_path: Path, way: str) -> None:
    with pytest.raises(PluginFault, match=f"a user with `{way}`; give the user a token"):
        Access.from_file(kubeconfig(tmp_path, "https://[::1]:6443", **{way: {"command": "aws"}}))


def test_missing_fields_are_named(tmp_path: Path) -> None:
    with pytest.raises(PluginFault, match="nowhere cannot be read: No such file"):
        Access.from_file(tmp_path / "nowhere")
    path = kubeconfig(tmp_path, tokenFile="token")
    with pytest.raises(PluginFault, match="token cannot be read: No such file"):
        Access.from_file(path)
    path.write_text(path.read_text().replace("current-context: c", "current-context: other"))
    with pytest.raises(PluginFault, match="no context 'other'; it has: c"):
        Access.from_file(path)


def test_without_the_variable_there_is_no_access(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CODEKEEP_SANDBOX_KUBECONFIG", raising=False)
    assert Access.from_environment() is None
