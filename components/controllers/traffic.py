"""Network policies of the controllers' namespaces: nothing passes but what each controller needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from codekeep_contracts.pods import METRICS_PORT
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.compute.cluster import api_addresses
from components.compute.peers import DNS, POD_IDENTITY_AGENT, deny_all, pods_in, ranges
from components.controllers.charts import DEVICE_NAMESPACE
from components.identity.workload import SYSTEM_NAMESPACE
from components.naming import LABEL_PREFIX
from components.network.endpoints import HTTPS
from components.network.network_ref import NetworkRef

NAME: Final = "app.kubernetes.io/name"
ADAPTER, OPERATOR = "keda-operator-metrics-apiserver", "keda-operator"
CONTROLLERS = (
    OPERATOR,
    ADAPTER,
    "kuberay-operator",
    "aws-load-balancer-controller",
    "aws-cluster-autoscaler",
    "prometheus",
    "webhook-certificate",
)
"""Names of the pods, by the label `app.kubernetes.io/name`; each may ask for names and use the Kubernetes API."""
CALLING_AWS = (OPERATOR, "aws-load-balancer-controller", "aws-cluster-autoscaler")
GRPC_PORT, ADAPTER_PORT, PROMETHEUS_PORT, RAY_PORT = 9_666, 6_443, 9_090, 8_265
Spec = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ControllerTrafficArgs:
    """`network` is the one of the cluster's nodes."""

    network: NetworkRef


class ControllerTraffic(pulumi.ComponentResource):
    """One policy that denies everything in each namespace, and those that let pass."""

    def __init__(self, name: str, args: ControllerTrafficArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:controllers:ControllerTraffic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        policies = {(SYSTEM_NAMESPACE, policy): spec for policy, spec in _specs(args.network)}
        for (namespace, policy), spec in {
            (SYSTEM_NAMESPACE, "deny-all"): deny_all(),
            (DEVICE_NAMESPACE, "deny-all"): deny_all(),
            **policies,
        }.items():
            metadata: Any = {"name": policy, "namespace": namespace}
            NetworkPolicy(f"{name}-{namespace}-{policy}", metadata=metadata, spec=spec, opts=child)

        self.register_outputs({"policyNames": sorted(policy for _, policy in policies)})


def _specs(network: NetworkRef) -> Iterator[tuple[str, Spec]]:
    api = pulumi.Output.all(network.cidr, *network.private_cidrs).apply(
        lambda cidrs: api_addresses(cidrs[0], cidrs[1:])
    )
    endpoints = pulumi.Output.all(*network.endpoint_cidrs)
    control_plane = pulumi.Output.all(*network.private_cidrs)
    labelled: Spec = {"matchExpressions": [{"key": f"{LABEL_PREFIX}/tenant", "operator": "Exists"}]}
    keeps = {"namespaceSelector": labelled, "podSelector": labelled}
    yield "controllers-to-dns", _out(CONTROLLERS, [pods_in(*DNS)], 53, udp=True)
    yield "controllers-to-kubernetes-api", _out(CONTROLLERS, ranges(api), HTTPS)
    yield "controllers-to-aws", _out(CALLING_AWS, ranges(endpoints), HTTPS)
    yield "controllers-to-pod-identity", _out(CALLING_AWS, ranges([POD_IDENTITY_AGENT]), 80)
    yield "keda-adapter-from-kubernetes-api", _into(ADAPTER, ranges(control_plane), ADAPTER_PORT)
    yield "keda-adapter-to-keda", _out((ADAPTER,), [_pods(OPERATOR)], GRPC_PORT)
    yield "keda-from-keda-adapter", _into(OPERATOR, [_pods(ADAPTER)], GRPC_PORT)
    yield "keda-to-prometheus", _out((OPERATOR,), [_pods("prometheus")], PROMETHEUS_PORT)
    yield "prometheus-from-keda", _into("prometheus", [_pods(OPERATOR)], PROMETHEUS_PORT)
    yield "prometheus-to-keeps", _out(("prometheus",), [keeps], METRICS_PORT)
    yield "kuberay-to-keeps", _out(("kuberay-operator",), [keeps], RAY_PORT)


def _pods(*names: str) -> Spec:
    return {"podSelector": {"matchExpressions": [{"key": NAME, "operator": "In", "values": list(names)}]}}


def _ports(port: int, *, udp: bool = False) -> list[Spec]:
    return [{"protocol": each, "port": port} for each in (("TCP", "UDP") if udp else ("TCP",))]


def _out(names: tuple[str, ...], peers: Any, port: int, *, udp: bool = False) -> Spec:
    return {**_pods(*names), "policyTypes": ["Egress"], "egress": [{"to": peers, "ports": _ports(port, udp=udp)}]}


def _into(name: str, peers: Any, port: int) -> Spec:
    return {**_pods(name), "policyTypes": ["Ingress"], "ingress": [{"from": peers, "ports": _ports(port)}]}
