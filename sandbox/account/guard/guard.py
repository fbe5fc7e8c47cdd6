"""Judges a request before moto sees it."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from moto.core.exceptions import ServiceException
from moto.core.serialize import get_serializer_class

from awsread.iam import Policies, Request, may, parsed
from awsread.iam.need import Need, Place
from awsread.iam.operations import needs
from awsread.reader import partition_of
from sandbox.account.guard.anonymous import FORBIDDEN, Refusal, anonymous
from sandbox.account.guard.caller import Caller, caller_of, is_inside, policies, role_arns, role_of
from sandbox.account.guard.named import with_named
from sandbox.account.guard.operation import Operation, operation_of
from sandbox.account.guard.signature import Message, Signed, has_expired, is_right, signed
from sandbox.account.guard.state import backend_of
from sandbox.account.guard.tags import with_tags
from sandbox.aws.api import LOOK_UP_HEADER

DENIED: Final = {"ec2": "UnauthorizedOperation", "query": "AccessDenied", "rest-xml": "AccessDenied"}
FORGED: Final = {"ec2": "AuthFailure", "json": "InvalidSignatureException", "rest-json": "InvalidSignatureException"}
WORDS: Final = "The request signature we calculated does not match the signature you provided."
OF_BOUND_ROLES: Final = ("iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:PutRolePolicy")


class NotAllowedError(ServiceException):  # type: ignore[misc]  # moto has no types
    """A class of ours, since moto looks for a service's model by the module of the error's class."""


def judge(message: Message) -> Refusal | None:
    """Lets a request pass that AWS would let pass.

    The sandbox's owner and roles that nobody made may do everything: a role that exists is held to its policies.
    """
    found = signed(message)
    if found is None:
        return anonymous(message)
    caller = caller_of(found.key)
    if caller.secret is not None and not is_right(message, found, caller.secret):
        return _answer(message, found, FORGED, "SignatureDoesNotMatch", WORDS)
    if has_expired(found, datetime.now(UTC)):
        return _answer(message, found, FORGED, "AccessDenied", "Request has expired")
    if LOOK_UP_HEADER.lower() in message.headers or (caller.role is None and found.service != "sts"):
        return None
    operation = operation_of(message, found.service)
    if operation is None:
        return None  # moto says that it knows no such operation
    refused = _refused(caller, operation, found)
    return None if refused is None else _answer(message, found, DENIED, "AccessDeniedException", refused, operation)


def _refused(caller: Caller, operation: Operation, found: Signed) -> str | None:
    """Why the caller may not, in AWS's words; None where they may."""
    place = Place(partition=partition_of(found.region), region=found.region, account=caller.account)
    asked = needs(found.service, operation.name, operation.parameters, place)
    for need in (each for one in asked for each in with_tags(one)):
        request, known = _request(caller, need, found)
        if request is None:
            continue
        answer = may(known, request)
        if not answer.allowed:
            who = request.session_arn or request.principal
            return (
                f"User: {who} is not authorized to perform: {need.action} on resource: {request.resource} "
                f"because of this: {answer.because}"
            )
    return None


def _request(caller: Caller, need: Need, found: Signed) -> tuple[Request | None, Policies]:
    if caller.role is None:
        return _trusted(caller, need)
    known = _with_holder(policies(caller.role), caller, need)
    known, resource = with_named(known, _whole(need, known, caller))
    context = {
        "aws:RequestedRegion": found.region,
        "aws:SecureTransport": "true",  # the sandbox stands for endpoints that speak TLS
        "s3:TlsVersion": "1.3",
        "aws:ResourceAccount": caller.account,
        **_boundary_of(need),
        **need.context,
    }
    if is_inside(caller.role):
        context["aws:SourceVpce"] = _endpoint(caller.account, found)
    request = Request(
        principal=caller.role.arn,
        session=caller.session,
        action=need.action,
        resource=resource,
        context=context,
    )
    return request, known


def _boundary_of(need: Need) -> dict[str, str]:
    """What a call that changes a role's permissions says of the role."""
    role = role_of(need.resource) if need.action in OF_BOUND_ROLES and need.resource.startswith("arn:") else None
    return {"iam:PermissionsBoundary": role.permissions_boundary_arn} if role and role.permissions_boundary_arn else {}


def _with_holder(known: Policies, caller: Caller, need: Need) -> Policies:
    """For two keys that the sandbox does not have, whose policy lets the caller's account decide.

    A key that the customer holds in an account of theirs has the policy that they were told to write. A key that is
    being made has none yet: its tags need the caller's own policies (AWS KMS Developer Guide, "Controlling access to
    tags").
    """
    fields = need.resource.split(":")
    absent = need.resource.endswith(":key/*") or (":key/" in need.resource and fields[4] != caller.account)
    if not need.action.startswith("kms:") or not absent:
        return known
    root = {"AWS": f"arn:{fields[1]}:iam::{caller.account}:root"}
    policy = parsed({"Statement": [{"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}]})
    return replace(known, resources={need.resource: policy, **known.resources})


def _trusted(caller: Caller, need: Need) -> tuple[Request | None, Policies]:
    """The owner assumes a role: its trust policy decides, if somebody made it.

    They have an account of their own, and are the root of every other.
    """
    role = role_of(need.resource) if need.action == "sts:AssumeRole" and need.resource.startswith("arn:") else None
    if role is None:
        return None, Policies()
    allow = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for account in (caller.account, role.account_id):
        owner = f"arn:{role.partition}:iam::{account}:root"
        known = Policies(identity={owner: [parsed(allow)]}, trusts=policies(role).trusts)
        request = Request(principal=owner, action=need.action, resource=need.resource, context=need.context)
        if may(known, request).allowed:
            break
    return request, known


def _whole(need: Need, known: Policies, caller: Caller) -> str:
    """The ARN of a key that is named by an id or an alias, and of a role with a path, as far as the account has it."""
    ending = f"/{need.resource.rpartition('/')[2]}"
    if need.action.startswith("kms:"):
        return next((arn for arn in known.resources if arn.endswith(ending)), need.resource)
    if ":role/" in need.resource and not ending.endswith("*"):
        return next((arn for arn in role_arns(caller.account) if arn.endswith(ending)), need.resource)
    return need.resource


def _endpoint(account: str, found: Signed) -> str:
    """The endpoint of the account through which a call to the service goes; "" where it has none."""
    backend = backend_of("ec2", account, found.region)
    for endpoint in [] if backend is None else backend.vpc_end_points.values():
        if endpoint.service_name.endswith(f".{found.service}"):
            return str(endpoint.id)
    return ""


def _answer(
    message: Message,
    found: Signed,
    codes: Mapping[str, str],
    otherwise: str,
    words: str,
    operation: Operation | None = None,
) -> Refusal | None:
    known = operation or operation_of(message, found.service)
    if known is None:
        return None
    error = NotAllowedError(codes.get(known.protocol, otherwise), words)
    kind = get_serializer_class(str(known.model.service_model.service_name), known.protocol)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moto expects errors that the service's model lists
        answer = kind(known.model).serialize(error)
    body = answer["body"]
    return Refusal(
        status=FORBIDDEN,
        headers={str(key): str(value) for key, value in answer["headers"].items()},
        body=body if isinstance(body, bytes) else body.encode(),
    )
