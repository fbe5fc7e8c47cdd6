"""Which operation of which service a request is, from botocore's models, and its parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from moto.core.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.utils import get_service_model
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from sandbox.account.guard.signature import Message

# Signing name → botocore's name of the service, where they differ.
SERVICES = {
    "access-analyzer": "accessanalyzer",
    "elasticloadbalancing": "elbv2",
    "es": "opensearch",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation, and the parameters of one call of it."""

    model: OperationModel
    protocol: str
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.model.name)


def operation_of(message: Message, signing_name: str) -> Operation | None:
    """The operation that a request asks for; None where the service has none like it."""
    service = get_service_model(SERVICES.get(signing_name, signing_name))
    protocol = _protocol(service, message)
    name, placed = _name(service, message, protocol)
    if name not in service.operation_names:
        return None
    model = service.operation_model(name)
    return Operation(model=model, protocol=protocol, parameters=_parameters(model, protocol, message, placed))


def _protocol(service: ServiceModel, message: Message) -> str:
    offered = (*service.metadata.get("protocols", ()), service.metadata["protocol"])
    known = [each for each in offered if each in PROTOCOL_PARSERS]
    if "x-amz-target" in message.headers and "json" in known:
        return "json"
    if message.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return next((each for each in ("ec2", "query") if each in known), known[0])
    return str(known[0])


def _name(service: ServiceModel, message: Message, protocol: str) -> tuple[str, dict[str, str]]:
    if protocol == "json":
        return message.headers.get("x-amz-target", "").rpartition(".")[2], {}
    if protocol in ("query", "ec2"):
        return _form(message).get("Action", ""), {}
    return _routed(service, message)


def _form(message: Message) -> dict[str, str]:
    text = f"{message.query}&{message.body.decode('utf-8', 'replace')}"
    return dict(parse_qsl(text, keep_blank_values=True))


def _routed(service: ServiceModel, message: Message) -> tuple[str, dict[str, str]]:
    """The most specific operation whose method, path and query fit."""
    query = dict(parse_qsl(message.query, keep_blank_values=True))
    for route in _routes(str(service.service_name)):
        match = route.path.fullmatch(message.path.rstrip("/") or "/")
        if route.method == message.method and match and route.fits(query, message.headers):
            return route.operation, {
                key: unquote(value) for key, value in match.groupdict().items() if value is not None
            }
    return "", {}


@dataclass(frozen=True, kw_only=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    required: tuple[str, ...]  # query parameters that the operation cannot be without
    headers: tuple[str, ...]

    def fits(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        return (
            all(query.get(key) == value or (value == "" and key in query) for key, value in self.query.items())
            and all(key in query for key in self.required)
            and all(key in headers for key in self.headers)
        )


@cache
def _routes(service: str) -> tuple[_Route, ...]:
    model = get_service_model(service)
    models = [model.operation_model(name) for name in model.operation_names]
    routes = [_route(each) for each in models if not each.deprecated]  # S3 has two of the same path
    return tuple(sorted(routes, key=_specific, reverse=True))


def _specific(route: _Route) -> tuple[int, int]:
    fixed = len(re.sub(r"\(\?P<[^>]+>[^)]*\)", "", route.path.pattern))
    return len(route.query) + len(route.required) + len(route.headers), fixed


def _route(model: OperationModel) -> _Route:
    path, _, query = model.http["requestUri"].partition("?")
    shape = model.input_shape
    members = {} if shape is None else {name: shape.members[name].serialization for name in shape.required_members}
    return _Route(
        operation=str(model.name),
        method=model.http["method"],
        path=_pattern(path.rstrip("/") or "/"),
        query={key: value for key, value in parse_qsl(query, keep_blank_values=True) if key != "x-id"},
        required=_located(members, "querystring"),
        headers=tuple(each.lower() for each in _located(members, "header") if each.lower() == "x-amz-copy-source"),
    )


def _located(members: Mapping[str, Mapping[str, Any]], where: str) -> tuple[str, ...]:
    return tuple(str(each["name"]) for each in members.values() if each.get("location") == where)


def _pattern(path: str) -> re.Pattern[str]:
    """`/{Bucket}/{Key+}` as an expression; names may have signs that groups may not."""
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile("".join(_part(each) for each in parts))


def _part(text: str) -> str:
    if not text.startswith("{"):
        return re.escape(text)
    name = re.sub(r"\W", "_", text.strip("{}+"))
    return f"(?P<{name}>.+)" if text.endswith("+}") else f"(?P<{name}>[^/]+)"


def _parameters(model: OperationModel, protocol: str, message: Message, placed: Mapping[str, str]) -> Mapping[str, Any]:
    values = MultiDict(parse_qsl(message.query, keep_blank_values=True))
    if protocol in ("query", "ec2"):
        form = MultiDict(parse_qsl(message.body.decode("utf-8", "replace"), keep_blank_values=True))
        values = CombinedMultiDict([values, form])
    request = {
        "method": message.method,
        "values": values,
        "headers": dict(message.headers),
        "body": message.body,
        "url_path": message.path,
        "url_params": placed,
    }
    found = PROTOCOL_PARSERS[protocol](model).parse(request)
    return found if isinstance(found, Mapping) else {}
