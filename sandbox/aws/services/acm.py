"""Certificates that ACM issues, validated by DNS."""

from awsread.errors import or_none
from sandbox.aws.errors import InvalidParameterError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, given, same_set, tag_list, tag_map

IMPORTED_ONLY = ("certificateBody", "certificateChain", "privateKey", "privateKeyWo")


class Certificate(LiveResource):
    token = "aws:acm/certificate:Certificate"
    kept = frozenset({"certificateAuthorityArn", "earlyRenewalDuration", "options", "validationOptions"})

    def make(self, api: Api, inputs: Props) -> str:
        for name in IMPORTED_ONLY:
            if inputs.get(name):
                raise InvalidParameterError(
                    f"{name}: the sandbox issues certificates, it imports none; give a domainName"
                )
        answer = api.client("acm").request_certificate(
            **given(
                inputs,
                DomainName="domainName",
                ValidationMethod="validationMethod",
                SubjectAlternativeNames="subjectAlternativeNames",
                KeyAlgorithm="keyAlgorithm",
                CertificateAuthorityArn="certificateAuthorityArn",
            ),
            **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
        )
        return str(answer["CertificateArn"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        acm = api.client("acm")
        answer = or_none(acm.describe_certificate, CertificateArn=id)
        if answer is None:
            return None
        certificate = answer["Certificate"]
        options = certificate.get("DomainValidationOptions", ())
        known = state.get("subjectAlternativeNames")
        # AWS lists the domain itself among them; it counts only where the program does so too.
        implied = certificate["DomainName"] if certificate["DomainName"] not in (known or ()) else None
        alternatives = [name for name in certificate.get("SubjectAlternativeNames", ()) if name != implied]
        algorithm = str(certificate.get("KeyAlgorithm", "RSA_2048")).replace("-", "_")
        return {
            "arn": id,
            "domainName": certificate["DomainName"],
            "subjectAlternativeNames": same_set(known, alternatives),
            "keyAlgorithm": algorithm,
            "validationMethod": next((option.get("ValidationMethod") for option in options), None),
            "domainValidationOptions": [_validation(option) for option in options if option.get("ResourceRecord")],
            "status": state.get("status", certificate["Status"]),
            "type": certificate["Type"],
            "pendingRenewal": False,
            "renewalEligibility": certificate.get("RenewalEligibility", "INELIGIBLE"),
            "tags": tag_map(acm.list_tags_for_certificate(CertificateArn=id)["Tags"]),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        acm = api.client("acm")
        before, after = old.get("tags") or {}, new.get("tags") or {}
        if stale := {key: value for key, value in before.items() if key not in after}:
            acm.remove_tags_from_certificate(CertificateArn=id, Tags=tag_list(stale))
        if fresh := {key: value for key, value in after.items() if before.get(key) != value}:
            acm.add_tags_to_certificate(CertificateArn=id, Tags=tag_list(fresh))

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("acm").delete_certificate(CertificateArn=id)


def _validation(option: Props) -> Props:
    record = option["ResourceRecord"]
    return {
        "domainName": option["DomainName"],
        "resourceRecordName": record["Name"],
        "resourceRecordType": record["Type"],
        "resourceRecordValue": record["Value"],
    }
