"""Every service account × verb × resource equals the committed table, with two keeps on one server."""

import os
from collections.abc import Iterator

import pytest

from components.naming import Tier
from sandbox.kubernetes.access import Access
from sandbox.kubernetes.client import ApiFault, Client
from tests.real.kubernetes.api import Api
from tests.real.kubernetes.keeps import standing
from tests.real.kubernetes.permissions import ACCOUNTS, DOCUMENT, VERBS, Row, allowed, rendered

UPDATE = "CODEKEEP_UPDATE_PERMISSIONS"
OURS, THEIRS = "codekeep-bond", "codekeep-pico"


@pytest.fixture(scope="module")
def keeps(api: Api) -> Iterator[None]:
    """Two pooled keeps."""
    with standing(api, "bond", Tier.POOLED), standing(api, "pico", Tier.POOLED):
        yield


@pytest.fixture(scope="module")
def rows(api: Api, keeps: None) -> list[Row]:
    return list(allowed(api, OURS, others=[THEIRS, "kube-system", "default"]))


def test_what_is_allowed_is_the_table_and_nothing_more(rows: list[Row]) -> None:
    assert rows, "nobody may do anything: the server was not asked, or the head cannot scale"
    if os.environ.get(UPDATE):
        DOCUMENT.write_text(rendered(DOCUMENT.read_text(), rows))
    text = DOCUMENT.read_text()
    assert text == rendered(text, rows), f"run again with {UPDATE}=1 and judge the difference"


def test_nobody_has_a_right_outside_the_own_namespace(rows: list[Row]) -> None:
    assert {place for _, place, _, _ in rows} == {"own namespace"}


def test_nobody_reads_secrets_of_either_keep(api: Api, keeps: None) -> None:
    asked = [
        (f"{keep}/{account}", verb, namespace)
        for keep, namespace in ((OURS, THEIRS), (THEIRS, OURS), (OURS, OURS), (OURS, None))
        for account in ACCOUNTS
        for verb in VERBS
    ]
    assert len(asked) > 300
    assert [each for each in asked if api.can_i(each[0], each[1], "secrets", each[2])] == []


def test_a_role_in_the_namespace_would_show(api: Api, keeps: None) -> None:
    """The table is the server's answer, not a wish: a right that somebody adds is found."""
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


def test_a_real_token_of_one_keep_opens_nothing_of_another(api: Api, keeps: None) -> None:
    """Not only by review: with a token as a pod of the head's would hold it, the only account that gets one."""
    path = f"/api/v1/namespaces/{OURS}/serviceaccounts/index-head/token"
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 600}}
    token = api.client.request("POST", path, request)["status"]["token"]
    administrator = Access.from_file(api.kubeconfig)
    head = Client(Access(server=administrator.server, authority=administrator.authority, token=token))
    assert head.request("GET", f"/api/v1/namespaces/{OURS}/pods")["items"] == []
    for closed in (f"{THEIRS}/pods", f"{THEIRS}/secrets", f"{OURS}/secrets", "kube-system/secrets"):
        with pytest.raises(ApiFault, match="forbidden"):
            head.request("GET", f"/api/v1/namespaces/{closed}")
