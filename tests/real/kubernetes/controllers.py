"""Does three tasks of the controller manager, which a test cluster does not run and the API server relies on.

Deleted namespaces are emptied and finalized; each namespace gets its default service account; quotas get a status
(nothing is used), without which the API server admits no pod.
"""

import threading
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from sandbox.kubernetes.client import ApiFault, Client

POLL_SECONDS = 0.1
CONTENT_VERSIONS = (
    "v1",
    "apps/v1",
    "autoscaling/v2",
    "batch/v1",
    "networking.k8s.io/v1",
    "policy/v1",
    "rbac.authorization.k8s.io/v1",
    "keda.sh/v1alpha1",
    "ray.io/v1",
)
MERGE = "application/merge-patch+json"
MAX_REFUSALS = 100  # in a row


class Controllers:
    """A thread that works on one cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._ended = threading.Event()
        self._fault: ApiFault | None = None
        self._with_account: set[str] = set()  # namespaces that have their default service account
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread. Raises the fault that made it give up, if any."""
        self._ended.set()
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        """Retries after a refusal, as controllers do; gives up after MAX_REFUSALS in a row."""
        refusals = 0
        while not self._ended.wait(POLL_SECONDS):
            try:
                self._reconcile()
                refusals = 0
            except ApiFault as fault:
                refusals += 1
                if refusals == MAX_REFUSALS:
                    self._fault = fault
                    return

    def _reconcile(self) -> None:
        for space in self._client.request("GET", "/api/v1/namespaces")["items"]:
            if space["metadata"].get("deletionTimestamp"):
                self._finalise(space)
            elif space["metadata"]["name"] not in self._with_account:
                self._create_account(space["metadata"]["name"])
        for quota in self._client.request("GET", "/api/v1/resourcequotas")["items"]:
            self._write_status(quota)

    def _create_account(self, namespace: str) -> None:
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
        try:
            self._client.request("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", account)
        except ApiFault as fault:
            if fault.reason != "AlreadyExists":
                raise
        self._with_account.add(namespace)

    def _finalise(self, space: Mapping[str, Any]) -> None:
        name = space["metadata"]["name"]
        for path in self._contents(name):
            self._client.request("DELETE", path, {"propagationPolicy": "Background"})
        self._with_account.discard(name)
        freed = {**space, "apiVersion": "v1", "kind": "Namespace", "spec": {"finalizers": []}}
        self._client.request("PUT", f"/api/v1/namespaces/{name}/finalize", freed)

    def _contents(self, namespace: str) -> Iterator[str]:
        for api_version in CONTENT_VERSIONS:
            root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            for kind in self._served(root):
                if kind["namespaced"] and "/" not in kind["name"] and {"delete", "list"} <= set(kind["verbs"]):
                    listed = f"{root}/namespaces/{namespace}/{kind['name']}"
                    for thing in self._client.request("GET", listed)["items"]:
                        yield f"{listed}/{thing['metadata']['name']}"

    def _served(self, root: str) -> list[dict[str, Any]]:
        """The kinds of a version; none where no definition adds them."""
        try:
            found: list[dict[str, Any]] = self._client.request("GET", root)["resources"]
        except ApiFault as fault:
            if fault.code != HTTPStatus.NOT_FOUND:
                raise
            return []
        return found

    def _write_status(self, quota: Mapping[str, Any]) -> None:
        hard = (quota.get("spec") or {}).get("hard") or {}
        status = quota.get("status") or {}
        if status.get("hard") == hard:
            return
        metadata = quota["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/resourcequotas/{metadata['name']}/status"
        used = dict.fromkeys(hard, "0") | (status.get("used") or {})
        body = {"status": {"hard": hard, "used": {name: used[name] for name in hard}}}
        self._client.request("PATCH", path, body, content_type=MERGE)
