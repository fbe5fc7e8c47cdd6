"""Certificates requested from ACM with validation by DNS. moto issues them at once."""

from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource

IMPORTED_ONLY = ("certificateBody", "certificateChain", "privateKey", "privateKeyWo")


class Certificate(LiveResource):
    token = "aws:acm/certificate:Certificate"
    service = "acm"
    creation = ("request_certificate", "CertificateArn")
    deletion = ("delete_certificate", "CertificateArn")
    in_ledger = frozenset({"certificateAuthorityArn", "earlyRenewalDuration", "options", "validationOptions"})

    def make(self, api: Api, inputs: Props) -> str:
        for name in IMPORTED_ONLY:
            if inputs.get(name):
                raise InvalidParameterError(
                    f"{name}: the sandbox issues certificates, it imports none; give a domainName"
                )
        return super().make(api, {**inputs, "options": None})

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        """moto issues a certificate without waiting for its DNS records: the status stays as first seen."""
        found = super().read_live(api, id, state)
        return found and {**found, "status": state.get("status", found["status"])}
