"""Runs Pulumi code with no engine, waits for everything it started, and returns what it registered.

recording = record(lambda: TenantKeys("acme-keys", TenantKeysArgs(keep=keep, ...)))
keys = recording.of_type("aws:kms/key:Key")        # inputs in Pulumi's camelCase, secrets unwrapped
recording.value(recording.result.ring.arn(DataClass.CODE))  # an Output of the component, resolved
"""

import asyncio
import contextvars
import gc
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import pulumi
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import rpc, settings
from pulumi.runtime.mocks import MockEngine, MockMonitor
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

from tests import event_loops

T = TypeVar("T")
Props = dict[str, Any]

ACCOUNT = "123456789012"
REGION = "eu-central-1"
UNKNOWN = "<unknown>"

_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One registration, as an engine would get it."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    provider: str
    inputs: Props
    id: str
    outputs: Props
    dependencies: frozenset[str]
    secrets: frozenset[str]  # top-level inputs that are or contain secrets
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]
    delete_before_replace: bool
    import_id: str

    def policy(self, key: str = "policy") -> Props:
        """The policy document in one of the inputs."""
        return dict(json.loads(self.inputs[key]))

    @property
    def tags(self) -> dict[str, str]:
        return dict(self.inputs.get("tags", {}))

    @property
    def region(self) -> str:
        """The region of the resource: its own, or the provider's."""
        return str(self.inputs.get("region", REGION))


@dataclass(frozen=True)
class Recording(Generic[T]):
    """What one program registered, and its result."""

    result: T
    nodes: Sequence[Node]
    component_outputs: Mapping[str, Props]
    invokes: Sequence[tuple[str, Props]]
    exports: Props
    _values: Callable[[Any], Any] = field(repr=False)

    def of_type(self, token: str) -> list[Node]:
        return [node for node in self.nodes if node.type == token]

    def one(self, token: str, name: str | None = None) -> Node:
        """The only resource of a type (and name); fails with the existing names."""
        found = [node for node in self.of_type(token) if name is None or node.name == name]
        assert len(found) == 1, f"{len(found)} of {token} {name or ''}; there are {sorted(self.names(token))}"
        return found[0]

    def names(self, token: str) -> set[str]:
        return {node.name for node in self.of_type(token)}

    def by_urn(self, urn: str) -> Node:
        return next(node for node in self.nodes if node.urn == urn)

    def depends_on(self, node: Node, other: Node) -> bool:
        """Whether `node` waits for `other`, by itself or through the resources between."""
        seen: set[str] = set()
        waiting = set(node.dependencies)
        while waiting:
            urn = waiting.pop()
            if urn == other.urn:
                return True
            if urn not in seen:
                seen.add(urn)
                waiting |= self.by_urn(urn).dependencies
        return False

    @property
    def resources(self) -> list[Node]:
        """The custom resources, which a cloud would create."""
        return [node for node in self.nodes if node.custom]

    @property
    def components(self) -> list[Node]:
        return [node for node in self.nodes if not node.custom]

    def value(self, output: Any) -> Any:
        """An Output (or a structure of Outputs) resolved; UNKNOWN where a preview does not know."""
        return self._values(output)


def record(
    program: Callable[[], T],
    *,
    preview: bool = False,
    outputs: Mapping[str, Props] | None = None,
    invokes: Mapping[str, Props] | None = None,
    config: Mapping[str, str] | None = None,
) -> Recording[T]:
    """Runs the program until all its Outputs are resolved. Raises exceptions that occur in an `apply`.

    `outputs` adds output properties by type token or by resource name; `invokes` answers functions by token.
    """
    gc.disable()  # as stacks/__main__.py: what a program creates lives until its end
    try:
        return contextvars.copy_context().run(_record, program, preview, outputs or {}, invokes or {}, config or {})
    finally:
        gc.enable()


def _record(
    program: Callable[[], T],
    preview: bool,
    outputs: Mapping[str, Props],
    invokes: Mapping[str, Props],
    config: Mapping[str, str],
) -> Recording[T]:
    monitor = _Monitor(preview, outputs, invokes)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    settings.configure(
        settings.Settings(
            project="codekeep",
            stack="test",
            monitor=monitor,
            engine=MockEngine(None),
            parallel=16,
            dry_run=preview,
            organization="organization",
        )
    )
    settings.set_root_resource(None)  # type: ignore[arg-type] - each recording has its own root
    pulumi.runtime.set_all_config(dict(config))
    results: list[T] = []
    try:
        loop.run_until_complete(run_in_stack(lambda: results.append(program())))
    except BaseException:
        event_loops.close(loop)  # the first exception is raised, those of other tasks would hide it
        raise

    def values(output: Any) -> Any:
        async def resolve() -> Any:
            resolved = pulumi.Output.from_input(output)
            return await resolved.future(with_unknowns=False) if await resolved.is_known() else UNKNOWN

        return loop.run_until_complete(resolve())

    return Recording(
        result=results[0],
        nodes=tuple(sorted(monitor.nodes.values(), key=lambda node: node.urn)),
        component_outputs=dict(monitor.component_outputs),
        invokes=tuple(monitor.invoked),
        exports=monitor.component_outputs.get(monitor.stack_urn, {}),
        _values=values,
    )


class _Monitor(MockMonitor):
    """Pulumi's mock monitor, keeping parents, dependencies and options as well."""

    def __init__(self, preview: bool, outputs: Mapping[str, Props], invokes: Mapping[str, Props]) -> None:
        super().__init__(None)  # type: ignore[arg-type] - every method that would ask the mocks is overridden
        self.preview = preview
        self.outputs = outputs
        self.answers = invokes
        self.nodes: dict[str, Node] = {}
        self.component_outputs: dict[str, Props] = {}
        self.invoked: list[tuple[str, Props]] = []
        self.stack_urn = ""
        self._lock = threading.Lock()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            self.stack_urn = urn
            return resource_pb2.RegisterResourceResponse(urn=urn)
        raw = json_format.MessageToDict(request.object)
        inputs = _plain(raw)
        known = bool(request.importId) or not self.preview
        id_ = (request.importId or _id(request.type, request.name)) if request.custom and known else ""
        added = _aws_outputs(request.type, request.name, inputs) if request.custom and known else {}
        state = {**inputs, **added, **self.outputs.get(request.type, {}), **self.outputs.get(request.name, {})}
        node = Node(
            urn=urn,
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=request.custom,
            provider=request.provider or request.providers.get("aws", ""),
            inputs=inputs,
            id=id_,
            outputs=state,
            dependencies=frozenset(request.dependencies),
            secrets=frozenset(key for key, value in raw.items() if _contains_secret(value)),
            protect=request.protect,
            retain_on_delete=request.retainOnDelete,
            ignore_changes=tuple(request.ignoreChanges),
            delete_before_replace=request.deleteBeforeReplace,
            import_id=request.importId,
        )
        with self._lock:
            assert urn not in self.nodes, f"registered twice: {urn}"
            self.nodes[urn] = node
        returned = {**raw, **{key: value for key, value in state.items() if key not in raw}} if request.custom else raw
        return resource_pb2.RegisterResourceResponse(urn=urn, id=id_, object=_struct(returned))

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - gRPC
        urn = self.make_urn(request.parent, request.type, request.name)
        added = _aws_outputs(request.type, request.name, {})
        state = {**_plain(json_format.MessageToDict(request.properties)), **added, **self.outputs.get(request.type, {})}
        return resource_pb2.ReadResourceResponse(urn=urn, properties=_struct(state))

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - gRPC
        with self._lock:
            assert request.urn not in self.component_outputs, f"outputs registered twice: {request.urn}"
            self.component_outputs[request.urn] = _plain(json_format.MessageToDict(request.outputs))
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - gRPC
        arguments = _plain(json_format.MessageToDict(request.args))
        self.invoked.append((request.tok, arguments))
        answer = self.answers.get(request.tok, _INVOKES.get(request.tok))
        if answer is None:
            raise AssertionError(f"no answer for {request.tok}({arguments}): pass invokes={{{request.tok!r}: ...}}")
        return resource_pb2.ResourceInvokeResponse(**{"return": _struct({**arguments, **answer})})


_INVOKES: dict[str, Props] = {
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/t"},
    "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"},
    "aws:index/getRegion:getRegion": {"name": REGION, "region": REGION, "id": REGION},
    "aws:index/getAvailabilityZones:getAvailabilityZones": {
        "names": [REGION + zone for zone in "abc"],
        "zoneIds": ["euc1-az1", "euc1-az2", "euc1-az3"],
        "id": REGION,
    },
    "aws:ec2/getPrefixList:getPrefixList": {"id": "pl-6ea54007", "prefixListId": "pl-6ea54007", "cidrBlocks": []},
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": "pl-6ea54007", "entries": []},
    "aws:ssm/getParameter:getParameter": {"value": "ami-0123456789abcdef0", "arn": "arn:aws:ssm:::parameter/x"},
}


def _id(token: str, name: str) -> str:
    return f"{name}-id"


def _aws_outputs(token: str, name: str, inputs: Props) -> Props:
    """Outputs that the provider would add: an ARN for every resource, and those that components read."""
    service, kind = token.split(":")[1].split("/", maxsplit=1)[0], token.rsplit(":", 1)[-1]
    region = inputs.get("region", REGION)
    physical = next((inputs[key] for key in ("name", "bucket", "domainName") if isinstance(inputs.get(key), str)), name)
    arn = f"arn:aws:{service}:{region}:{ACCOUNT}:{kind[0].lower()}{kind[1:]}/{physical}"
    specific: dict[str, Props] = {
        "aws:kms/key:Key": {"keyId": f"{name}-key", "arn": f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}"},
        "aws:kms/replicaKey:ReplicaKey": {"keyId": f"{name}-key", "arn": f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}"},
        "aws:iam/role:Role": {"arn": f"arn:aws:iam::{ACCOUNT}:role/{physical}", "uniqueId": f"AROA{name}"},
        "aws:iam/policy:Policy": {"arn": f"arn:aws:iam::{ACCOUNT}:policy/{physical}"},
        "aws:iam/instanceProfile:InstanceProfile": {"arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{physical}"},
        "aws:s3/bucket:Bucket": {
            "bucket": physical,
            "arn": f"arn:aws:s3:::{physical}",
            "bucketDomainName": f"{physical}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{physical}.s3.{region}.amazonaws.com",
        },
        "aws:sqs/queue:Queue": {
            "arn": f"arn:aws:sqs:{region}:{ACCOUNT}:{physical}",
            "url": f"https://sqs.{region}.amazonaws.com/{ACCOUNT}/{physical}",
        },
        "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:{region}:{ACCOUNT}:{physical}"},
        "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{physical}"},
        "aws:secretsmanager/secret:Secret": {
            "arn": f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{physical}-AbCdEf"
        },
        "aws:opensearch/domain:Domain": {
            "arn": f"arn:aws:es:{region}:{ACCOUNT}:domain/{physical}",
            "endpoint": f"vpc-{physical}.{region}.es.amazonaws.com",
            "domainId": f"{ACCOUNT}/{physical}",
        },
        "aws:ecr/repository:Repository": {
            "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{physical}",
        },
        "aws:eks/cluster:Cluster": {
            "arn": f"arn:aws:eks:{region}:{ACCOUNT}:cluster/{physical}",
            "endpoint": f"https://{physical}.gr7.{region}.eks.amazonaws.com",
            "certificateAuthority": {"data": "Y2VydA=="},
            "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/ABC"}]}],
        },
        "aws:ec2/vpc:Vpc": {
            "mainRouteTableId": f"{name}-main-rtb",
            "defaultRouteTableId": f"{name}-default-rtb",
            "defaultNetworkAclId": f"{name}-default-acl",
            "defaultSecurityGroupId": f"{name}-default-sg",
        },
        "aws:ec2/vpcEndpoint:VpcEndpoint": {
            "dnsEntries": [{"dnsName": f"{name}.vpce.amazonaws.com", "hostedZoneId": "Z1"}],
            "networkInterfaceIds": [],
            "prefixListId": "pl-6ea54007",
        },
        "aws:ec2/vpcEndpointService:VpcEndpointService": {
            "serviceName": f"com.amazonaws.vpce.{region}.vpce-svc-{name}",
            "baseEndpointDnsNames": [f"vpce-svc-{name}.{region}.vpce.amazonaws.com"],
        },
        "aws:networkfirewall/firewall:Firewall": {
            "firewallStatuses": [
                {
                    "syncStates": [
                        {"availabilityZone": f"{region}{zone}", "attachments": [{"endpointId": f"vpce-{zone}"}]}
                        for zone in "abc"
                    ]
                }
            ]
        },
        "aws:lb/loadBalancer:LoadBalancer": {
            "dnsName": f"{name}.elb.{region}.amazonaws.com",
            "zoneId": "Z2",
            "arnSuffix": f"net/{physical}/0123456789abcdef",
        },
        "aws:lb/targetGroup:TargetGroup": {"arnSuffix": f"targetgroup/{physical}/0123456789abcdef"},
        "aws:route53/zone:Zone": {"zoneId": f"{name}-zone", "nameServers": []},
        "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1, "defaultVersion": 1},
        "aws:ec2/eip:Eip": {"allocationId": f"{name}-alloc", "publicIp": "203.0.113.10"},
    }
    return {"arn": arn, **specific.get(token, {})}


def _plain(value: Any) -> Any:  # noqa: PLR0911 - one case a line
    """Plain values from the wire form: secrets unwrapped, unknowns as UNKNOWN, whole numbers as int."""
    match value:
        case {"4dabf18193072939515e22adb298388d": signature, **rest} if signature == _SECRET_SIGNATURE:
            return _plain(rest.get("value"))
        case {"4dabf18193072939515e22adb298388d": _, "urn": urn}:
            return urn
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list():
            return [_plain(item) for item in value]
        case float() if value.is_integer():
            return int(value)
        case rpc.UNKNOWN:
            return UNKNOWN
        case _:
            return value


def _contains_secret(value: Any) -> bool:
    match value:
        case {"4dabf18193072939515e22adb298388d": signature} if signature == _SECRET_SIGNATURE:
            return True
        case dict():
            return any(map(_contains_secret, value.values()))
        case list():
            return any(map(_contains_secret, value))
        case _:
            return False


def _struct(values: Props) -> Any:
    struct = resource_pb2.RegisterResourceRequest().object
    json_format.ParseDict(_wire(values), struct)
    return struct


def _wire(value: Any) -> Any:
    match value:
        case dict():
            return {key: _wire(item) for key, item in value.items()}
        case list():
            return [_wire(item) for item in value]
        case _ if value == UNKNOWN:
            return rpc.UNKNOWN
        case _:
            return value


def listed(value: Any) -> list[Any]:
    """A list of the values: a policy may contain a single one without a list."""
    return value if isinstance(value, list) else [value]
