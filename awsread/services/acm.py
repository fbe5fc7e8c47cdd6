"""ACM certificates."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import pick, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads


@reads("acm", "aws:acm/certificate:Certificate")
def certificate(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    acm = aws.client("acm")
    answer = or_none(acm.describe_certificate, CertificateArn=id)
    if answer is None:
        return None
    found = answer["Certificate"]
    options = found.get("DomainValidationOptions", ())
    names = known.get("subjectAlternativeNames")
    # AWS lists the domain itself among them; it counts only where the program does so too.
    implied = found["DomainName"] if found["DomainName"] not in (names or ()) else None
    alternatives = [name for name in found.get("SubjectAlternativeNames", ()) if name != implied]
    return {
        "arn": id,
        **pick(found, "DomainName", "Status", "Type"),
        "subjectAlternativeNames": same_set(names, alternatives),
        "keyAlgorithm": str(found.get("KeyAlgorithm", "RSA_2048")).replace("-", "_"),
        "validationMethod": next((option.get("ValidationMethod") for option in options), None),
        "domainValidationOptions": [_validation(option) for option in options if option.get("ResourceRecord")],
        "pendingRenewal": False,
        "renewalEligibility": found.get("RenewalEligibility", "INELIGIBLE"),
        "tags": tag_map(acm.list_tags_for_certificate(CertificateArn=id)["Tags"]),
    }


def _validation(option: Mapping[str, Any]) -> Props:
    record = pick(
        option["ResourceRecord"], resourceRecordName="Name", resourceRecordType="Type", resourceRecordValue="Value"
    )
    return {"domainName": option["DomainName"], **record}
