"""Whether the machine that runs the program reaches the cluster's private API, and what to open where it does not.

EKS user guide, "Cluster API server endpoint" (repository awsdocs/amazon-eks-user-guide, read 2026-11-30): the name of a
private endpoint is resolved by public DNS servers to private addresses; its certificate is the cluster's own.
"""

import asyncio
import binascii
import os
import socket
import ssl
import time
from base64 import b64decode
from ipaddress import IPv4Address, IPv4Network
from urllib.parse import urlsplit

import pulumi
from codekeep_contracts.sandbox_variables import SANDBOX_ENDPOINT

from components.compute.kubernetes_access import ReachApi
from stacks.spec import Spec, TenantSpec, is_pooled
from stacks.spec.deployer import ApiAccess

HTTPS = 443
CONNECT_SECONDS = 10.0
WAIT_SECONDS = 180.0  # a new attachment or route takes a minute or two to carry traffic
PAUSE_SECONDS = 5.0


def require_way_in(spec: Spec) -> None:
    """Before anything is created: the spec names a way to the API, and this machine's address is on it.

    Raises:
        pulumi.RunError: a cluster would be created that this machine could not enter.
    """
    if pulumi.runtime.is_dry_run() or is_sandbox() or is_pooled(spec):
        return  # the cluster of a pooled keep stands already
    if spec.deployer is None:
        raise pulumi.RunError(
            "deployer.api_access: got nothing; allowed: the private ranges of the machines that run `up`; remedy: add "
            "it, since nobody but the nodes would reach the private Kubernetes API of the cluster"
        )
    access = spec.deployer.api_access
    own = source_address(_network_of(spec, access))
    if own and not access.translated and not _is_within(own, access):
        raise pulumi.RunError(
            f"deployer.api_access.cidrs: got {', '.join(access.cidrs)}, and this machine's address there is {own}; "
            "allowed: ranges with the address of every machine that runs `up`; remedy: add its range, or run `up` in "
            "one of these; where NAT or a container's bridge changes the address on the way, set "
            "deployer.api_access.translated"
        )


def reach_api(spec: Spec) -> ReachApi | None:
    """The check that runs once the cluster is there, before its first object; None on the sandbox, whose clusters have
    no address.
    """
    if is_sandbox():
        return None

    async def reach(endpoint: str, ca: str) -> None:
        fault, deadline = await asyncio.to_thread(fault_of, endpoint, ca), time.monotonic() + WAIT_SECONDS
        while fault and time.monotonic() < deadline:
            await asyncio.sleep(PAUSE_SECONDS)
            fault = await asyncio.to_thread(fault_of, endpoint, ca)
        if fault:
            raise pulumi.RunError(f"the Kubernetes API cannot be reached from here: {fault}. {what_to_open(spec)}")

    return reach


def fault_of(endpoint: str, ca: str, *, timeout_seconds: float = CONNECT_SECONDS) -> str:
    """What keeps this machine from the API; empty where it answers with the certificate of `ca` (base64 of PEM)."""
    url = urlsplit(endpoint)
    host, port = url.hostname or "", url.port or HTTPS
    try:
        address = socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except (OSError, UnicodeError) as error:
        return (
            f"the name {host} does not resolve ({error}): it is a public name of private addresses, which some "
            "resolvers withhold, so let yours answer it"
        )
    try:
        context = ssl.create_default_context(cadata=b64decode(ca, validate=True).decode())
        with (
            socket.create_connection((str(address), port), timeout_seconds) as connection,
            context.wrap_socket(connection, server_hostname=host),
        ):
            return ""
    except (binascii.Error, UnicodeError) as error:
        return f"the cluster's certificate authority cannot be read ({error})"
    except ssl.SSLError as error:
        return (
            f"{host} ({address}, port {port}) does not answer with the cluster's certificate ({error}): something on "
            "the way ends TLS, so exempt this name"
        )
    except OSError as error:
        own = source_address(str(address)) or "this machine"
        return f"no connection from {own} to {address}, port {port} ({error})"


def what_to_open(spec: Spec) -> str:
    """The remedy: ranges, port and key of the spec, and where to go on."""
    again = "then run `up` again, which goes on from here"
    if isinstance(spec, TenantSpec) and spec.platform is not None:
        return (
            f"The platform lets deployers in: add this machine's range to deployer.api_access.cidrs of "
            f"Pulumi.{spec.platform.stack}.yaml and bring it up, {again}"
        )
    if spec.deployer is None:
        return f"The spec names no way in: add deployer.api_access, {again}"
    access = spec.deployer.api_access
    ranges = ", ".join(access.cidrs)
    admits = f"The cluster admits {ranges} (deployer.api_access.cidrs) on port {HTTPS}"
    if access.transit_gateway is None:
        return (
            f"{admits}; the owner of the adopted network must route {ranges}, and let them in and the answers out "
            f"through its access lists; {again}"
        )
    network = spec.network.cidr if spec.network is not None else ""
    return (
        f"{admits}; the owner of {access.transit_gateway} must accept the attachment of the keep's network, associate "
        f"it with a route table and propagate {network} to the deployers; firewalls between must let TCP {HTTPS} "
        f"through from {ranges} to {network}; {again}"
    )


def source_address(target: str) -> str:
    """The address that this machine has towards another; empty where it has no route. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((target, HTTPS))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def is_sandbox() -> bool:
    """Whether the program runs for the sandbox, which has neither networks nor images."""
    return bool(os.environ.get(SANDBOX_ENDPOINT))


def _network_of(spec: Spec, access: ApiAccess) -> str:
    """An address of the keep's network; of the deployers' own where the network is adopted and its range unknown."""
    own = spec.network.cidr if spec.network is not None else None
    network = IPv4Network(own or access.cidrs[0])
    return str(network[min(1, network.num_addresses - 1)])


def _is_within(address: str, access: ApiAccess) -> bool:
    return any(IPv4Address(address) in IPv4Network(cidr) for cidr in access.cidrs)
