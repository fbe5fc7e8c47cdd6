"""A node with the security plugin, set up as AWS sets up a domain with fine-grained access control: IAM role ARNs are
backend roles, and one master role may do everything.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.real.opensearch.installation import KNN, SECURITY, Programs
from tests.real.opensearch.server import Server

USER_HEADER, ROLES_HEADER = "x-proxy-user", "x-proxy-roles"
NODE = "node"
# The plugin wants TLS between nodes even of one. Who sends a request is what the front says (iam_front.py).
SETTINGS = f"""\
plugins.security.ssl.transport.pemcert_filepath: {NODE}.pem
plugins.security.ssl.transport.pemkey_filepath: {NODE}.key
plugins.security.ssl.transport.pemtrustedcas_filepath: {NODE}.pem
plugins.security.ssl.transport.enforce_hostname_verification: false
plugins.security.nodes_dn: ["CN={NODE}"]
plugins.security.allow_default_init_securityindex: true
plugins.security.restapi.roles_enabled: [all_access]
"""
FRONT = {
    "http_enabled": True,
    "transport_enabled": True,
    "order": 0,
    "http_authenticator": {
        "type": "proxy",
        "challenge": False,
        "config": {"user_header": USER_HEADER, "roles_header": ROLES_HEADER},
    },
    "authentication_backend": {"type": "noop"},
}
CONFIG = {
    "dynamic": {
        "http": {
            "anonymous_auth_enabled": False,
            "xff": {"enabled": True, "internalProxies": "127\\.0\\.0\\.1", "remoteIpHeader": "x-forwarded-for"},
        },
        "authc": {"front": FRONT},
        "authz": {},
    }
}
EMPTY = {
    "roles": "roles",
    "internal_users": "internalusers",
    "action_groups": "actiongroups",
    "tenants": "tenants",
    "nodes_dn": "nodesdn",
}


class SecuredServer(Server):
    """`master_role_arn` is what a domain has as its master user. Where bodies may name indexes, as on AWS by default,
    only the roles are between the keeps.
    """

    plugins = (KNN, SECURITY)

    def __init__(self, programs: Programs, master_role_arn: str, *, names_indexes_in_bodies: bool) -> None:
        super().__init__(programs)
        self._master, self.names_indexes_in_bodies = master_role_arn, names_indexes_in_bodies

    def _configure(self, config: Path) -> None:
        with (config / "opensearch.yml").open("a") as settings:
            settings.write(SETTINGS)
        certificate(config, NODE)
        folder = config / "opensearch-security"
        folder.mkdir()
        for name, kind in EMPTY.items():
            _write(folder / f"{name}.yml", kind)
        _write(folder / "config.yml", "config", config=CONFIG)
        _write(folder / "roles_mapping.yml", "rolesmapping", all_access={"backend_roles": [self._master]})
        _write(folder / "audit.yml", "audit", config={"enabled": False})
        for name in ("allowlist", "whitelist"):
            _write(folder / f"{name}.yml", name, config={"enabled": False, "requests": {}})


def certificate(folder: Path, name: str) -> None:
    """Writes <name>.pem, signed by itself and valid for localhost, and <name>.key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


def _write(path: Path, kind: str, **content: Any) -> None:
    path.write_text(json.dumps({"_meta": {"type": kind, "config_version": 2}, **content}))  # JSON is YAML
