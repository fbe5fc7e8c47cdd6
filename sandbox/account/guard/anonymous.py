"""Requests that nobody signed: what AWS answers them.

Sources: AWS STS API Reference, AssumeRoleWithWebIdentity and AssumeRoleWithSAML ("does not require the use of AWS
security credentials"); Amazon S3 User Guide, "How Amazon S3 authorizes a request" (anonymous requests); IAM User Guide,
"Common error types" (MissingAuthenticationToken). S3's access lists are not read: keeps switch them off.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from awsread.iam import Policies, Request, may
from awsread.iam.need import Place
from awsread.iam.operations import needs
from sandbox.account.guard.caller import bucket_policies
from sandbox.account.guard.operation import operation_of
from sandbox.account.guard.signature import Message

FORBIDDEN: Final = 403
OPEN: Final = ("AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")
FORM: Final = "application/x-www-form-urlencoded"
MISSING: Final = "Request is missing Authentication Token"
DENIED: Final = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
REGION: Final = "us-east-1"  # no ARN of S3 has one


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An answer in the form of the service's protocol."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def anonymous(message: Message) -> Refusal | None:
    """Lets a call pass that needs no credentials, or that a bucket's policy lets everybody make."""
    if "x-amz-target" in message.headers:
        return _json({"__type": "MissingAuthenticationTokenException", "message": MISSING})
    text = f"{message.query}&{message.body.decode('utf-8', 'replace')}"
    action = dict(parse_qsl(text)).get("Action", "") if message.headers.get("content-type", "").startswith(FORM) else ""
    if action in OPEN:
        return None
    if action:
        return _xml(
            f"<ErrorResponse><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>"
            f"<Message>{MISSING}</Message></Error></ErrorResponse>"
        )
    return None if _is_public(message) else _xml(DENIED)


def _is_public(message: Message) -> bool:
    """Whether policies of buckets let everybody do this."""
    operation = operation_of(message, "s3")
    if operation is None:
        return False
    known = Policies(resources=dict(bucket_policies()))
    context = {"aws:SecureTransport": "true", "aws:RequestedRegion": REGION}
    asked = needs("s3", operation.name, operation.parameters, Place(partition="aws", region=REGION, account=""))
    return all(
        may(known, Request(principal="", action=need.action, resource=need.resource, context=context)).allowed
        for need in asked
    )


def _json(body: Mapping[str, str]) -> Refusal:
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    return Refusal(status=FORBIDDEN, headers=headers, body=json.dumps(body).encode())


def _xml(body: str) -> Refusal:
    return Refusal(status=FORBIDDEN, headers={"Content-Type": "text/xml"}, body=body.encode())
