"""RBAC of two keeps in one cluster: for every account, verb and resource the API server allows what the table says."""

import os
from collections.abc import Iterator

import pytest

from components.naming import Tier
from sandbox.kubernetes.access import Access
from sandbox.kubernetes.client import ApiFault, Client
from tests.real.kubernetes.api import Api
from tests.real.kubernetes.keeps import deployed_keep
from tests.real.kubernetes.permissions import ACCOUNTS, DOCUMENT, VERBS, Row, allowed, rendered

UPDATE = "CODEKEEP_UPDATE_PERMISSIONS"
OURS, THEIRS = "codekeep-bond", "codekeep-pico"


@pytest.fixture(scope="module")
def keeps(api: Api) -> Iterator[None]:
    """Two pooled keeps."""
    with deployed_keep(api, "bond", Tier.POOLED), deployed_keep(api, "pico", Tier.POOLED):
        yield


@pytest.fixture(scope="module")
def rows(api: Api, keeps: None) -> list[Row]:
    return list(allowed(api, OURS, others=[THEIRS, "kube-system", "default"]))


def test_permissions_equal_the_committed_table(rows: list[Row]) -> None:
    assert rows, "nobody may do anything: the server was not asked, or the head cannot scale"
    if os.environ.get(UPDATE):
        DOCUMENT.write_text(rendered(DOCUMENT.read_text(), rows))
    text = DOCUMENT.read_text()
    assert text == rendered(text, rows), f"run again with {UPDATE}=1 and judge the difference"


def test_accounts_have_permissions_in_their_own_namespace_only(rows: list[Row]) -> None:
    assert {place for _, place, _, _ in rows} == {"own namespace"}


def test_no_account_can_read_secrets(api: Api, keeps: None) -> None:
    questions = [
        (f"{keep}/{account}", verb, namespace)
        for keep, namespace in ((OURS, THEIRS), (THEIRS, OURS), (OURS, OURS), (OURS, None))
        for account in ACCOUNTS
        for verb in VERBS
    ]
    assert len(questions) > 300
    assert [each for each in questions if api.can_i(each[0], each[1], "secrets", each[2])] == []


def test_a_role_added_to_the_namespace_appears_in_the_table(api: Api, keeps: None) -> None:
    """A permission that somebody adds is found, which shows that the table is the server's answer."""
    rbac, metadata = "rbac.authorization.k8s.io", {"name": "more", "namespace": OURS}
    rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
    role = {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": metadata, "rules": [rule]}
    subject = {"kind": "ServiceAccount", "name": "gateway", "namespace": OURS}
    reference = {"apiGroup": rbac, "kind": "Role", "name": "more"}
    binding = {
        "apiVersion": f"{rbac}/v1",
        "kind": "RoleBinding",
        "metadata": metadata,
        "subjects": [subject],
        "roleRef": reference,
    }
    assert not api.can_i(f"{OURS}/gateway", "get", "configmaps", OURS)
    try:
        api.apply(role)
        api.apply(binding)
        assert ("gateway", "own namespace", "configmaps", "get") in list(allowed(api, OURS, others=[]))
    finally:
        api.delete(binding)
        api.delete(role)


def test_a_token_of_one_keep_is_refused_in_another_namespace(api: Api, keeps: None) -> None:
    """With a real token of the index head, the only account that gets one, and not by an access review."""
    path = f"/api/v1/namespaces/{OURS}/serviceaccounts/index-head/token"
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    token = api.client.request("POST", path, request)["status"]["token"]
    administrator = Access.from_file(api.kubeconfig)
    head = Client(Access(server=administrator.server, authority=administrator.authority, token=token))
    assert head.request("GET", f"/api/v1/namespaces/{OURS}/pods")["items"] == []
    for closed in (f"{THEIRS}/pods", f"{THEIRS}/secrets", f"{OURS}/secrets", "kube-system/secrets"):
        with pytest.raises(ApiFault, match="forbidden"):
            head.request("GET", f"/api/v1/namespaces/{closed}")
