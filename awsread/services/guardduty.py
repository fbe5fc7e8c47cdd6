"""GuardDuty detectors and their features."""

from collections.abc import Mapping
from typing import Any

from awsread.answers import arn, pick, tag_map
from awsread.errors import code_of
from awsread.reader import Aws, Props, reads


@reads("guardduty", "aws:guardduty/detector:Detector")
def detector(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = detector_of(aws, id)
    if found is None:
        return None
    return {
        "accountId": aws.account_id,
        "arn": arn(aws, "guardduty", f"detector/{id}"),
        "enable": found["Status"] == "ENABLED",
        **pick(found, "FindingPublishingFrequency"),
        "tags": tag_map(found["Tags"]) if "Tags" in found else None,
    }


@reads("guardduty", "aws:guardduty/detectorFeature:DetectorFeature", fixed="additionalConfigurations")
def detector_feature(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    """The id is `detector/feature`."""
    detector_id, _, name = id.partition("/")
    features = (detector_of(aws, detector_id) or {}).get("Features", ())
    found = next((each for each in features if each["Name"] == name), None)
    if found is None:
        return None
    more = [pick(each, "Name", "Status") for each in found.get("AdditionalConfiguration") or ()]
    return {"detectorId": detector_id, **pick(found, "Name", "Status"), "additionalConfigurations": more or None}


def detector_of(aws: Aws, id: str) -> Props | None:
    """GetDetector's answer, None where the detector is gone, which GuardDuty calls a bad request."""
    try:
        return dict(aws.client("guardduty").get_detector(DetectorId=id))
    except Exception as error:
        if code_of(error) != "BadRequestException":
            raise
        return None
