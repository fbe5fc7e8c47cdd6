"""The Kubernetes objects of keeps in a test cluster: namespace, policies, quotas, accounts, roles and workloads."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from components.compute.cluster_ref import ClusterRef
from components.compute.kubernetes_access import KubernetesAccess, KubernetesAccessArgs
from components.compute.pool import PoolRole
from components.naming import Tier
from components.release.accounts import Accounts
from components.release.admission import Admission, AdmissionArgs
from components.release.index_workers import IndexWorkers, IndexWorkersArgs
from components.release.limits import Limits, LimitsArgs
from components.release.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.release.priorities import Priorities
from components.release.webhook import Webhook, WebhookArgs
from tests.components.builders import fake_network, known
from tests.components.recording import record
from tests.components.release.bases import make_base
from tests.components.release.test_runtime_release import PLAN
from tests.components.release.traffic import ALL_LINKS, PREFIXES, S3_RANGES
from tests.real.kubernetes.api import Api

Object = dict[str, Any]
ADMISSION = "admissionregistration.k8s.io/v1"
FIRST = ("Namespace", "PriorityClass", "ServiceAccount", "ResourceQuota", "LimitRange")
WORKLOADS = ("Deployment", "RayCluster", "RayJob", "Service", "PodDisruptionBudget")


def _program(tenant: str, tier: Tier) -> None:
    base = make_base(tier, tenant)
    cluster = ClusterRef(name=known("c"), arn=known("arn:c"), endpoint=known("https://c"), ca=known("Y2E="))
    KubernetesAccess(f"{tenant}-kubernetes", KubernetesAccessArgs(keep=base.keep, cluster=cluster))
    Priorities(f"{tenant}-priority", base)
    Accounts(f"{tenant}-account", base)
    Limits(f"{tenant}-limits", LimitsArgs(base=base, plan=PLAN))
    NetworkPolicies(f"{tenant}-traffic", NetworkPoliciesArgs(base=base, network=fake_network(), link_traffic=ALL_LINKS))
    index = IndexWorkersArgs(
        base=base, settings_digest="d", max_workers=2, reindex_workers=1, reindex_role=PoolRole.INGEST
    )
    IndexWorkers(f"{tenant}-index", index)
    Webhook(f"{tenant}-webhook", WebhookArgs(base=base, settings_digest="d"))
    Admission(f"{tenant}-admission", AdmissionArgs(base=base))


@cache
def _recorded(tenant: str, tier: Tier) -> tuple[Object, ...]:
    entries = [{"cidr": each, "description": ""} for each in S3_RANGES]
    recording = record(lambda: _program(tenant, tier), invokes={PREFIXES: {"id": "pl-1", "entries": entries}})
    return tuple(node.inputs for node in recording.resources if node.type.startswith("kubernetes:"))


def keep_objects(tenant: str, tier: Tier) -> list[Object]:
    """Every object of a keep but its workloads, in the order in which a server accepts them."""
    found = [each for each in _recorded(tenant, tier) if each["kind"] not in WORKLOADS]
    assert found
    return sorted(found, key=_apply_order)


def workloads(tenant: str, tier: Tier) -> list[Object]:
    """The webhook receiver and the index workers."""
    found = [each for each in _recorded(tenant, tier) if each["kind"] in WORKLOADS]
    assert found
    return found


@contextmanager
def deployed_keep(api: Api, tenant: str, tier: Tier) -> Iterator[str]:
    """Applies a keep's objects, waits until its admission policies are in force, and yields its namespace."""
    things = keep_objects(tenant, tier)
    namespace = f"codekeep-{tenant}"
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "probe", "namespace": namespace}}
    refused = {**config_map, "data": {"settings.json": '{"bodies": true}'}}
    policies = [each for each in things if each["apiVersion"] == ADMISSION]
    others = [each for each in things if each["apiVersion"] != ADMISSION]
    try:
        for thing in others:
            api.apply(thing)
        with api.enforced(*policies, probe=refused):
            yield namespace
    finally:
        for thing in reversed(others):
            api.delete(thing)


def _apply_order(thing: Object) -> tuple[int, str]:
    """Sort key: namespaces and accounts first, admission policies last, bindings after their policies."""
    if thing["apiVersion"] == ADMISSION:
        return len(FIRST) + 1 + thing["kind"].endswith("Binding"), thing["metadata"]["name"]
    position = FIRST.index(thing["kind"]) if thing["kind"] in FIRST else len(FIRST)
    return position, thing["metadata"]["name"]
