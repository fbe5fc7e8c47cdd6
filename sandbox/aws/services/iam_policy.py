"""Managed policies, identity providers, and the rendering of policy documents."""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Function, Props
from sandbox.aws.services.iam_role import POLICY_NAME_MAX
from sandbox.aws.services.live import LiveResource, args_of
from sandbox.aws.services.requests import retag

VERSIONS_MAX = 5  # of a managed policy
LANGUAGE_VERSION = "2012-10-17"
POLICY_TAGS = ("tag_policy", "untag_policy", "PolicyArn")
PROVIDER_TAGS = ("tag_open_id_connect_provider", "untag_open_id_connect_provider", "OpenIDConnectProviderArn")


class Policy(LiveResource):
    token = "aws:iam/policy:Policy"
    service = "iam"
    creation = ("create_policy", "Policy.Arn")
    names = {"name": "PolicyName", "policy": "PolicyDocument"}
    auto_name = "name"
    auto_name_max = POLICY_NAME_MAX
    in_state = frozenset({"delayAfterPolicyCreationInMs"})

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam = api.client("iam")
        if "policy" in changed:
            versions = self._other_versions(iam, id)
            if len(versions) >= VERSIONS_MAX - 1:
                iam.delete_policy_version(PolicyArn=id, VersionId=versions[0])
            iam.create_policy_version(PolicyArn=id, PolicyDocument=new["policy"], SetAsDefault=True)
        retag(iam, POLICY_TAGS, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        iam = api.client("iam")
        for version in self._other_versions(iam, id):
            iam.delete_policy_version(PolicyArn=id, VersionId=version)
        iam.delete_policy(PolicyArn=id)

    def _other_versions(self, iam: Any, arn: str) -> list[str]:
        """Versions that are not the default one, the oldest first."""
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        others = [version["VersionId"] for version in versions if not version["IsDefaultVersion"]]
        return sorted(others, key=lambda name: int(name.removeprefix("v")))


class OpenIdConnectProvider(LiveResource):
    token = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
    service = "iam"
    creation = ("create_open_id_connect_provider", "OpenIDConnectProviderArn")
    deletion = ("delete_open_id_connect_provider", "OpenIDConnectProviderArn")
    names = {"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"}
    delete_before_replace = True  # the ARN is made from the URL

    def make(self, api: Api, inputs: Props) -> str:
        url = inputs["url"] if "://" in inputs["url"] else f"https://{inputs['url']}"
        return super().make(api, {**inputs, "url": url})

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        iam = api.client("iam")
        if "clientIdLists" in changed:
            # moto cannot add or remove one; the ARN is made from the URL, so a new one is the same one.
            self.remove(api, id, old)
            self.make(api, new)
            return
        if "thumbprintLists" in changed:
            thumbprints = new.get("thumbprintLists") or []
            iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=id, ThumbprintList=thumbprints)
        retag(iam, PROVIDER_TAGS, id, old, new)


def get_policy_document(api: Api, arguments: Props) -> Props:
    """aws.iam.getPolicyDocument: renders a document as the official provider does, sources first, overrides last."""
    document: Props = {}
    for source in arguments.get("sourcePolicyDocuments") or ():
        document = _merged(document, json.loads(source), unique=True)
    own = {
        "Version": arguments.get("version") or LANGUAGE_VERSION,
        **args_of(arguments, Id="policyId"),
        "Statement": [_statement(item) for item in arguments.get("statements") or ()],
    }
    document = _merged(document, own)
    for override in arguments.get("overridePolicyDocuments") or ():
        document = _merged(document, json.loads(override))
    document = {key: document[key] for key in ("Version", "Id", "Statement") if document.get(key)}
    text = json.dumps(document, indent=2)
    minified = json.dumps(document, separators=(",", ":"))
    return {
        **arguments,
        "json": text,
        "minifiedJson": minified,
        "id": str(_checksum(text)),
        "version": document["Version"],
    }


def _merged(below: Props, above: Props, *, unique: bool = False) -> Props:
    """Merges statements; one of `above` replaces one of the same id. With `unique` that is an error."""
    statements = dict(enumerate(_as_list(below.get("Statement"))))
    positions = {item["Sid"]: index for index, item in statements.items() if item.get("Sid")}
    for item in _as_list(above.get("Statement")):
        sid = item.get("Sid")
        if sid and unique and sid in positions:
            raise StandInError(f"getPolicyDocument: sourcePolicyDocuments contain the statement id {sid!r} twice")
        position = positions.get(sid, len(statements)) if sid else len(statements)
        statements[position] = item
        if sid:
            positions[sid] = position
    return {**below, **above, "Statement": list(statements.values())}


def _statement(item: Mapping[str, Any]) -> Props:
    result = {
        "Sid": item.get("sid"),
        "Effect": item.get("effect") or "Allow",
        "Action": _few(item.get("actions")),
        "NotAction": _few(item.get("notActions")),
        "Resource": _few(_variables(item.get("resources"))),
        "NotResource": _few(_variables(item.get("notResources"))),
        "Principal": _principals(item.get("principals")),
        "NotPrincipal": _principals(item.get("notPrincipals")),
        "Condition": _conditions(item.get("conditions")),
    }
    return {key: value for key, value in result.items() if value}


def _principals(items: Iterable[Mapping[str, Any]] | None) -> Any:
    kinds: dict[str, list[str]] = {}
    for item in items or ():
        if item["type"] == "*":
            return "*"
        kinds.setdefault(item["type"], []).extend(_variables(item["identifiers"]))
    return {kind: _few(identifiers) for kind, identifiers in kinds.items()}


def _conditions(items: Iterable[Mapping[str, Any]] | None) -> Props:
    tests: dict[str, dict[str, Any]] = {}
    for item in items or ():
        values = _variables(item["values"])
        tests.setdefault(item["test"], {})[item["variable"]] = values[0] if len(values) == 1 else values
    return tests


def _few(values: Iterable[str] | None) -> Any:
    """A single value is not a list; several are sorted in descending order, like the official provider does."""
    found = sorted(set(values or ()), reverse=True)
    return found[0] if len(found) == 1 else found


def _variables(values: Iterable[str] | None) -> list[str]:
    """`&{aws:username}` is how a program writes `${aws:username}`, which Terraform would resolve itself."""
    return [value.replace("&{", "${") for value in values or ()]


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _checksum(text: str) -> int:
    """The id of the data source: a number that follows from the text."""
    return zlib.crc32(text.encode())


FUNCTIONS: dict[str, Function] = {"aws:iam/getPolicyDocument:getPolicyDocument": get_policy_document}
