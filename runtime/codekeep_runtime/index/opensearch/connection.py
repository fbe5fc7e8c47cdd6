"""A client for the keep's domain: requests are signed with the pod's identity and never logged; TLS is verified."""

import logging
from typing import Any
from urllib.parse import urlsplit

from codekeep_contracts.faults import SettingsFault
from opensearchpy import OpenSearch, Urllib3HttpConnection

SERVICE = "es"
TIMEOUT_SECONDS = 30
RETRIES, RETRIED = 4, (429, 502, 503, 504)  # every request is safe to repeat
CONNECTIONS = 32
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def connect(endpoint: str, region: str, *, retries: int = RETRIES) -> OpenSearch:
    """Plain HTTP is allowed for a server on this machine only, and is not signed.

    Raises:
        SettingsFault: the endpoint is neither HTTPS nor on this machine, or there are no AWS credentials.
    """
    for name in ("opensearch", "opensearchpy.trace", "opensearchpy.helpers"):  # at lower levels they log bodies
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address = urlsplit(endpoint)
    if address.scheme == "http" and address.hostname in LOOPBACK:
        return _client(endpoint, max_retries=retries)
    if address.scheme != "https":
        raise SettingsFault(f"index.endpoint must be an https:// address, got scheme {address.scheme!r}")
    return _client(endpoint, max_retries=retries, http_auth=_signer(region), use_ssl=True, verify_certs=True)


def _client(endpoint: str, **options: Any) -> OpenSearch:
    return OpenSearch(
        endpoint,
        connection_class=Urllib3HttpConnection,
        http_compress=True,
        timeout=TIMEOUT_SECONDS,
        retry_on_status=RETRIED,
        retry_on_timeout=True,
        pool_maxsize=CONNECTIONS,
        **options,
    )


def _signer(region: str) -> Any:
    import boto3
    from opensearchpy import Urllib3AWSV4SignerAuth

    credentials = boto3.Session().get_credentials()
    if credentials is None:
        raise SettingsFault("there are no AWS credentials to sign requests to index.endpoint with")
    return Urllib3AWSV4SignerAuth(credentials, region, SERVICE)
