"""Policy documents of calls, as far as refusals read them."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from sandbox.aws.refusals.refusal import Call

OWN_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(?:.*/)?([^/]+)")


def statements(document: Any) -> list[Mapping[str, Any]]:
    """The statements of a policy in JSON; empty where it is none, which moto refuses itself."""
    try:
        parsed = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return []
    found = parsed.get("Statement", []) if isinstance(parsed, Mapping) else []
    return [each for each in listed(found) if isinstance(each, Mapping)]


def listed(value: Any) -> list[Any]:
    """A value that may stand alone or in a list."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def principals(statement: Mapping[str, Any], kind: str) -> list[str]:
    """Principals of a kind (`AWS`, `Service`); "*" is one of every kind."""
    found = statement.get("Principal")
    if found == "*":
        return ["*"]
    return [str(each) for each in listed(found.get(kind) if isinstance(found, Mapping) else None)]


def names_action(statement: Mapping[str, Any], action: str) -> bool:
    """Whether a statement is about an action."""
    excluded = "NotAction" in statement
    patterns = listed(statement.get("NotAction" if excluded else "Action"))
    return any(fnmatchcase(action.lower(), str(each).lower()) for each in patterns) != excluded


def allows_service(document: Any, service: str, *actions: str) -> bool:
    """Whether statements of a policy allow a service principal each of the actions."""
    allowed = [
        each
        for each in statements(document)
        if each.get("Effect") == "Allow" and {service, "*"} & set(principals(each, "Service"))
    ]
    return all(any(names_action(each, action) for each in allowed) for action in actions)


def missing_principals(call: Call, document: Any) -> Iterator[str]:
    """ARNs of roles and users of the account itself that a policy names and that do not exist."""
    for statement in statements(document):
        for arn in principals(statement, "AWS"):
            match = OWN_PRINCIPAL.fullmatch(arn)
            if match and match[1] == call.account_id and not _exists(call, match[2], match[3]):
                yield arn


def callers(call: Call, document: Any) -> list[str]:
    """ARNs of the caller, as policies name it: its role's where it has assumed one."""
    arn = call.client("sts").get_caller_identity()["Arn"]
    name = arn.split("/")[1] if ":assumed-role/" in arn else ""
    return [arn, *_role_arns(call, document, name)]


def size(document: Any) -> int:
    """Characters of a policy as IAM counts them: without white space."""
    return len(re.sub(r"\s", "", str(document or "")))


def _exists(call: Call, kind: str, name: str) -> bool:
    iam = call.client("iam")
    try:
        if kind == "role":
            iam.get_role(RoleName=name)
        else:
            iam.get_user(UserName=name)
    except ClientError as error:
        return error.response["Error"]["Code"] != "NoSuchEntity"
    return True


def _role_arns(call: Call, document: Any, name: str) -> list[str]:
    """Every ARN of a role that a policy may use for its name, whatever its path."""
    found = [arn for each in statements(document) for arn in principals(each, "AWS")]
    matches = [(arn, OWN_PRINCIPAL.fullmatch(arn)) for arn in found]
    return [arn for arn, match in matches if match and name and match[3] == name and match[1] == call.account_id]
