"""GuardDuty detectors and their features."""

import threading

from awsread.services.guardduty import detector_of
from sandbox.aws.errors import StandInError
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call

FREQUENCY = "SIX_HOURS"  # AWS's, where none is given

_features_lock = threading.Lock()  # moto replaces all features at once, where AWS changes the ones named


class Detector(LiveResource):
    token = "aws:guardduty/detector:Detector"
    in_ledger = frozenset({"datasources", "tags"})  # moto has no datasources, and no call that changes tags
    moto_omits = {"tags": {}}
    delete_before_replace = True

    def make(self, api: Api, inputs: Props) -> str:
        guardduty = api.client("guardduty")
        if found := guardduty.list_detectors()["DetectorIds"]:
            raise StandInError(
                "CreateDetector: BadRequestException: a detector already exists for the current account "
                f"{api.account_id} in {api.region}: {found[0]}; an account has one a region"
            )
        settings = {"findingPublishingFrequency": FREQUENCY, **inputs, "enable": bool(inputs.get("enable"))}
        answer = call(guardduty, "create_detector", {**settings, "datasources": None})
        return str(answer["DetectorId"])

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        if changed & {"enable", "findingPublishingFrequency"}:
            settings = {name: new.get(name) for name in ("enable", "findingPublishingFrequency")}
            call(api.client("guardduty"), "update_detector", settings, DetectorId=id)

    def remove(self, api: Api, id: str, state: Props) -> None:
        if detector_of(api, id) is not None:
            api.client("guardduty").delete_detector(DetectorId=id)


class DetectorFeature(LiveResource):
    """One feature of a detector. As with the official provider, deletion leaves it as it is."""

    token = "aws:guardduty/detectorFeature:DetectorFeature"

    def make(self, api: Api, inputs: Props) -> str:
        detector_id, name = inputs["detectorId"], inputs["name"]
        feature = {"Name": name, "Status": inputs["status"]}
        if more := inputs.get("additionalConfigurations"):
            feature["AdditionalConfiguration"] = [{"Name": one["name"], "Status": one["status"]} for one in more]
        with _features_lock:
            found = detector_of(api, detector_id)
            if found is None:
                raise StandInError(f"UpdateDetector: BadRequestException: no detector {detector_id!r}")
            others = [item for item in found.get("Features", []) if item["Name"] != name]
            features = [*others, feature]
            api.client("guardduty").update_detector(
                DetectorId=detector_id, Features=features, DataSources=_data_sources(features)
            )
        return f"{detector_id}/{name}"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self.make(api, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        """Leaves the feature as it is."""


def _data_sources(features: list[Props]) -> Props:
    """AWS shows these two features under their older names too (moto does not), which is where scanners read them."""
    on = {each["Name"] for each in features if each["Status"] == "ENABLED"}
    audit_logs = {"Enable": "EKS_AUDIT_LOGS" in on}
    return {"S3Logs": {"Enable": "S3_DATA_EVENTS" in on}, "Kubernetes": {"AuditLogs": audit_logs}}
