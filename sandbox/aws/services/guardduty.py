"""GuardDuty detectors and their features."""

import threading
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import code_of
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, arn, given

FREQUENCY = "SIX_HOURS"  # of AWS, where none is given

_features_lock = threading.Lock()  # moto replaces all features at once, where AWS changes the ones named


class Detector(LiveResource):
    token = "aws:guardduty/detector:Detector"
    kept = frozenset({"datasources", "tags"})  # moto has neither the one nor changes of the other
    delete_before_replace = True

    def make(self, api: Api, inputs: Props) -> str:
        guardduty = api.client("guardduty")
        if found := guardduty.list_detectors()["DetectorIds"]:
            raise StandInError(
                "CreateDetector: BadRequestException: a detector already exists for the current account "
                f"{api.account_id} in {api.region}: {found[0]}; an account has one a region"
            )
        answer = guardduty.create_detector(
            Enable=bool(inputs.get("enable")),
            FindingPublishingFrequency=inputs.get("findingPublishingFrequency", FREQUENCY),
        )
        return str(answer["DetectorId"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        found = _detector(api, id)
        if found is None:
            return None
        return {
            "accountId": api.account_id,
            "arn": arn(api, "guardduty", f"detector/{id}"),
            "enable": found["Status"] == "ENABLED",
            "findingPublishingFrequency": found["FindingPublishingFrequency"],
            "tags": {},
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed & {"enable", "findingPublishingFrequency"}:
            api.client("guardduty").update_detector(
                DetectorId=id,
                Enable=bool(new.get("enable")),
                **given(new, FindingPublishingFrequency="findingPublishingFrequency"),
            )

    def remove(self, api: Api, id: str, state: Props) -> None:
        if _detector(api, id) is not None:
            api.client("guardduty").delete_detector(DetectorId=id)


class DetectorFeature(LiveResource):
    """A switch of a detector. Like the official provider, deleting it leaves the switch where it is."""

    token = "aws:guardduty/detectorFeature:DetectorFeature"

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs)
        return f"{inputs['detectorId']}/{inputs['name']}"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        detector_id, _, name = id.partition("/")
        found = _detector(api, detector_id)
        feature = next((item for item in (found or {}).get("Features", []) if item["Name"] == name), None)
        if feature is None:
            return None
        more = feature.get("AdditionalConfiguration") or []
        return {
            "detectorId": detector_id,
            "name": name,
            "status": feature["Status"],
            "additionalConfigurations": [{"name": item["Name"], "status": item["Status"]} for item in more] or None,
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        return None

    def _put(self, api: Api, inputs: Props) -> None:
        more = [
            {"Name": item["name"], "Status": item["status"]} for item in inputs.get("additionalConfigurations") or []
        ]
        feature = {
            "Name": inputs["name"],
            "Status": inputs["status"],
            **({"AdditionalConfiguration": more} if more else {}),
        }
        with _features_lock:
            found = _detector(api, inputs["detectorId"])
            if found is None:
                raise StandInError(f"UpdateDetector: BadRequestException: no detector {inputs['detectorId']!r}")
            others = [item for item in found.get("Features", []) if item["Name"] != inputs["name"]]
            api.client("guardduty").update_detector(DetectorId=inputs["detectorId"], Features=[*others, feature])


def _detector(api: Api, id: str) -> Mapping[str, Any] | None:
    """None where it is gone, which GuardDuty calls a bad request."""
    try:
        return dict(api.client("guardduty").get_detector(DetectorId=id))
    except ClientError as error:
        if code_of(error) != "BadRequestException":
            raise
        return None
