"""Verifies that a webhook comes from the Git host that has the link's secret."""

import hashlib
import hmac
from collections.abc import Mapping

GITHUB_HEADER, GITLAB_HEADER = "x-hub-signature-256", "x-gitlab-token"


def is_signed(kind: str, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """GitHub signs the body with HMAC-SHA256; GitLab sends the secret itself over TLS. Compares in constant time.

    Args:
        kind: of the link, "github-enterprise" or "gitlab".
        headers: by lower-case name.
    """
    if not secret:
        return False
    if kind == "gitlab":
        return hmac.compare_digest(headers.get(GITLAB_HEADER, "").encode(), secret.encode())
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(headers.get(GITHUB_HEADER, "").encode(), expected.encode())
