"""What tests can do with a test cluster.

api.apply(thing)                                   the live object; ApiFault where it is refused
api.refused(thing)                                 the reason of a refusal (dry run); None where it is accepted
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

WAIT_SECONDS = 60.0
REVIEW_PATH = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


def version_of(live: Object) -> str:
    """Changes with an object; of an aggregated API without the status, which the server writes whenever it asks it."""
    if live["kind"] == "APIService":
        return str(live["spec"])
    return str(live["metadata"]["resourceVersion"])


class Api:
    """Access to one cluster as its administrator."""

    def __init__(self, cluster: Cluster, programs: Programs) -> None:
        self.client: Client = cluster.client
        self.kubeconfig = cluster.kubeconfig
        self._programs = programs

    def apply(self, thing: Mapping[str, Any], *, force: bool = False) -> Object:
        """Server-side apply with strict validation: an unknown or repeated field is an error.

        Returns after a ResourceQuota has its status, because the server admits no pod before, and after a definition is
        served.
        """
        live = self.client.apply(thing, force=force)
        if thing["kind"] == "CustomResourceDefinition":
            self.client.await_served(thing)
            return self.client.get(thing) or live
        if thing["kind"] != "ResourceQuota":
            return live
        self._wait(lambda: self._has_status(thing), f"quota {thing['metadata']['name']} has no status")
        return self.client.get(thing) or live

    def _has_status(self, quota: Mapping[str, Any]) -> bool:
        live = self.client.get(quota)
        return live is not None and (live.get("status") or {}).get("hard") == live["spec"].get("hard")

    def _wait(self, done: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + WAIT_SECONDS
        while not done():
            assert time.monotonic() < deadline, f"{otherwise} after {WAIT_SECONDS:.0f} s"
            time.sleep(0.1)

    def refused(self, thing: Mapping[str, Any]) -> str | None:
        """The server's reason for refusing the object, None where it would accept it. A dry run: nothing is stored."""
        try:
            self.client.apply(thing, dry_run=True)
        except ApiFault as fault:
            if fault.code == 0:  # the server did not answer
                raise
            return str(fault)
        return None

    def get(self, thing: Mapping[str, Any]) -> Object | None:
        return self.client.get(thing)

    def delete(self, thing: Mapping[str, Any]) -> None:
        """Deletes the object (a namespace with its content) and waits until it is gone."""
        self.client.delete(thing)

    @contextmanager
    def enforced(self, *things: Mapping[str, Any], probe: Mapping[str, Any]) -> Iterator[None]:
        """Applies objects such as admission policies and their bindings for the length of the block.

        The server enforces a new policy after a delay. The block starts once it refuses `probe`.
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
        """Waits until the server refuses the object, since policies and labels take effect with a delay; the reason."""
        self._wait(lambda: self.refused(thing) is not None, f"not refused: {thing}")
        return str(self.refused(thing))

    def settle(self) -> None:
        """Waits until the server enforces the present admission policies, and deleted ones no longer.

        It processes changes in order: once a further policy is enforced, earlier changes have taken effect.
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
        """Whether RBAC allows a service account (`namespace/name`) the verb, like `kubectl auth can-i --as`.

        `resource` is a plural with its group, unless that is the core one, and optionally a subresource: `pods`,
        `jobs.batch`, `pods/log`. Without a namespace: in all namespaces, or for kinds that belong to the cluster.
        """
        space, account = service_account.split("/")
        kind, _, subresource = resource.partition("/")
        plural, _, group = kind.partition(".")
        attributes = {
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
            "resourceAttributes": attributes,
        }
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        return bool(self.client.request("POST", REVIEW_PATH, review)["status"]["allowed"])

    def pods_of(self, thing: Mapping[str, Any]) -> Iterator[Object]:
        """The pods that a controller would create for a workload such as a Deployment, Job, CronJob or RayCluster."""
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
