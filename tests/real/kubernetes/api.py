"""What tests ask of a test cluster.

api.apply(thing)                                   the live object; ApiFault where it is refused
api.refused(thing)                                 why it would be refused, None where it would not
api.get(thing), api.delete(thing)                  by kind, namespace and name
api.can_i("acme/gateway", "get", "secrets", "acme")
api.pods_of(deployment)                            the pods that a controller would make: admission judges those
api.kubectl("get", "pods", "-A")
"""

import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sandbox.kubernetes.client import ApiFault, Client, Object
from tests.real.kubernetes.canary import canary_policy
from tests.real.kubernetes.cluster import Cluster
from tests.real.kubernetes.installation import Programs
from tests.real.kubernetes.workloads import templates_in

PATIENCE_SECONDS = 60.0
REVIEW_PATH = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


class Api:
    """One cluster as its administrator."""

    def __init__(self, cluster: Cluster, programs: Programs) -> None:
        self.client: Client = cluster.client
        self.kubeconfig = cluster.kubeconfig
        self._programs = programs

    def apply(self, thing: Mapping[str, Any], *, force: bool = False) -> Object:
        """Server-side apply, strict: an unknown or repeated field is an error. A quota is waited for to be counted."""
        live = self.client.apply(thing, force=force)
        if thing["kind"] != "ResourceQuota":
            return live
        self._wait(lambda: self._is_counted(thing), f"quota {thing['metadata']['name']} is not counted")
        return self.client.get(thing) or live

    def _is_counted(self, quota: Mapping[str, Any]) -> bool:
        """Whether the quota says what is used: the server admits no pod before."""
        live = self.client.get(quota)
        return live is not None and (live.get("status") or {}).get("hard") == live["spec"].get("hard")

    def _wait(self, done: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < deadline, f"{otherwise} after {PATIENCE_SECONDS:.0f} s"
            time.sleep(0.1)

    def refused(self, thing: Mapping[str, Any]) -> str | None:
        """The server's reason for refusing the object (dry run: nothing is kept), None where it would take it."""
        try:
            self.client.apply(thing, dry_run=True)
        except ApiFault as fault:
            if fault.code == 0:  # no answer is no verdict
                raise
            return str(fault)
        return None

    def get(self, thing: Mapping[str, Any]) -> Object | None:
        return self.client.get(thing)

    def delete(self, thing: Mapping[str, Any]) -> None:
        """Deletes and waits until it is gone; a namespace goes with what is in it."""
        self.client.delete(thing)

    @contextmanager
    def enforced(self, *things: Mapping[str, Any], probe: Mapping[str, Any]) -> Iterator[None]:
        """The objects in force (admission policies and their bindings, say) until the block ends.

        The server needs a moment to take a policy up: `probe` is an object that it must refuse once it has.
        """
        try:
            for thing in things:
                self.apply(thing)
            self.until_refused(probe)
            yield
        finally:
            for thing in reversed(things):
                self.delete(thing)

    def until_refused(self, thing: Mapping[str, Any]) -> str:
        """The reason, once the server refuses the object: policies and labels reach its judgement with a delay."""
        self._wait(lambda: self.refused(thing) is not None, f"not refused: {thing}")
        return str(self.refused(thing))

    def settle(self) -> None:
        """Waits until the admission policies that are there now are in force, and those that were are not.

        The server takes them up in their order: when one more is enforced, so are those before it.
        """
        name = f"canary-{uuid.uuid4().hex[:8]}"
        canary = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default"}}
        with self.enforced(*canary_policy(name), probe=canary):
            pass

    def can_i(
        self,
        service_account: str,
        verb: str,
        resource: str,
        namespace: str | None = None,
        *,
        name: str | None = None,
    ) -> bool:
        """Whether RBAC lets a service account (`namespace/name`) do it, as `kubectl auth can-i --as` answers.

        `resource` is a plural, with its group where that is not the core one, with a subresource where one is meant:
        `pods`, `jobs.batch`, `pods/log`. Without a namespace: in all of them, or of the cluster's own kinds.
        """
        space, account = service_account.split("/")
        whole, _, subresource = resource.partition("/")
        plural, _, group = whole.partition(".")
        asked = {
            "verb": verb,
            "group": group,
            "resource": plural,
            "subresource": subresource,
            "namespace": namespace or "",
            "name": name or "",
        }
        spec = {
            "user": f"system:serviceaccount:{space}:{account}",
            "groups": ["system:serviceaccounts", f"system:serviceaccounts:{space}", "system:authenticated"],
            "resourceAttributes": asked,
        }
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        return bool(self.client.request("POST", REVIEW_PATH, review)["status"]["allowed"])

    def pods_of(self, thing: Mapping[str, Any]) -> Iterator[Object]:
        """The pods that a controller would make of a workload: Deployment, Job, CronJob, RayCluster and their like."""
        metadata = thing["metadata"]
        for number, template in enumerate(templates_in(thing)):
            made = template.get("metadata") or {}
            yield {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {**made, "name": f"{metadata['name']}-{number}", "namespace": metadata["namespace"]},
                "spec": template["spec"],
            }

    def kubectl(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs kubectl as the administrator; the caller judges its exit code."""
        return subprocess.run(
            [str(self._programs.kubectl), "--kubeconfig", str(self.kubeconfig), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
