"""Signature version 4 of a request: as botocore signs it, computed again."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, quote

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

_CREDENTIAL: Final = r"(?P<key>[^/,]+)/\d{8}/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request"
_HEADER = re.compile(
    rf"AWS4-HMAC-SHA256 Credential={_CREDENTIAL}, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})$"
)
STREAMED = ("UNSIGNED-PAYLOAD", "STREAMING-")


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What an Authorization header says, or the query of a presigned URL, which holds for `seconds` from `date`."""

    key: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str
    date: str
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def signed(message: Message) -> Signed | None:
    """What the header, or the query, says of the signature; None where there is none of version 4."""
    match = _HEADER.match(message.headers.get("authorization", ""))
    if match is None:
        return _presigned(message)
    return Signed(
        key=match["key"],
        region=match["region"],
        service=match["service"],
        headers=tuple(match["headers"].split(";")),
        signature=match["signature"],
        date=message.headers.get("x-amz-date", ""),
    )


def _presigned(message: Message) -> Signed | None:
    query = dict(parse_qsl(message.query, keep_blank_values=True))
    match = re.fullmatch(_CREDENTIAL, query.get("X-Amz-Credential", ""))
    if match is None or query.get("X-Amz-Algorithm") != "AWS4-HMAC-SHA256":
        return None
    return Signed(
        key=match["key"],
        region=match["region"],
        service=match["service"],
        headers=tuple(query.get("X-Amz-SignedHeaders", "").split(";")),
        signature=query.get("X-Amz-Signature", ""),
        date=query.get("X-Amz-Date", ""),
        seconds=int(query["X-Amz-Expires"]) if query.get("X-Amz-Expires", "").isdigit() else 0,
    )


def has_expired(found: Signed, now: datetime) -> bool:
    """Whether a presigned URL no longer holds."""
    if found.seconds is None:
        return False
    try:
        since = datetime.strptime(found.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return True
    return now > since + timedelta(seconds=found.seconds)


def is_right(message: Message, found: Signed, secret: str) -> bool:
    """Whether the holder of the secret signed this message, its body included."""
    declared = message.headers.get("x-amz-content-sha256", "")
    if declared and not declared.startswith(STREAMED) and declared != hashlib.sha256(message.body).hexdigest():
        return False
    kinds = (S3SigV4Auth, S3SigV4QueryAuth) if found.service == "s3" else (SigV4Auth, SigV4QueryAuth)
    auth = kinds[found.seconds is not None](Credentials(found.key, secret), found.service, found.region)
    query = "&".join(each for each in message.query.split("&") if not each.startswith("X-Amz-Signature="))
    request = AWSRequest(
        method=message.method,
        url=f"http://{message.headers.get('host', '')}{_quoted(message.path)}?{query}".rstrip("?"),
        headers={name: message.headers.get(name, "") for name in found.headers},
        data=message.body,
    )
    request.context["timestamp"] = found.date
    if declared and "x-amz-content-sha256" not in found.headers:
        request.headers["X-Amz-Content-SHA256"] = declared
    text = auth.string_to_sign(request, auth.canonical_request(request))
    return bool(auth.signature(text, request) == found.signature)


def _quoted(path: str) -> str:
    return quote(path, safe="/~%")
