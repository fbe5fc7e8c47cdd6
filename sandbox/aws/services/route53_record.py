"""DNS records of a hosted zone."""

from typing import Any

from awsread.services.route53 import (
    LOCATION,
    QUOTED_TYPES,
    RECORD_ID,
    bare_id,
    clean,
    in_full,
    record_of,
    zone_name,
)
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource


class Record(LiveResource):
    """A record set; its id is `<zone>_<name>_<type>`, with `_<set identifier>` where a policy routes."""

    token = "aws:route53/record:Record"
    in_ledger = frozenset({"allowOverwrite", "cidrRoutingPolicy", "geoproximityRoutingPolicy"})

    def make(self, api: Api, inputs: Props) -> str:
        # UPSERT only if the program allows overwriting a record of others.
        self._apply(api, "UPSERT" if inputs.get("allowOverwrite") else "CREATE", inputs)
        parts = [bare_id(inputs["zoneId"]), clean(inputs["name"]), inputs["type"], inputs.get("setIdentifier")]
        return "_".join(part for part in parts if part)

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._apply(api, "UPSERT", new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        match = RECORD_ID.match(id)
        zone = zone_name(api, match["zone"]) if match else None
        found = record_of(api, match, zone) if match and zone else None
        if match and found is not None:
            _send(api, match["zone"], "DELETE", found)

    def _apply(self, api: Api, action: str, inputs: Props) -> None:
        zone_id = bare_id(inputs["zoneId"])
        _send(api, zone_id, action, _record_set(inputs, in_full(inputs["name"], zone_name(api, zone_id) or "")))


def _send(api: Api, zone_id: str, action: str, record_set: Props) -> None:
    changes = [{"Action": action, "ResourceRecordSet": record_set}]
    api.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def _record_set(inputs: Props, name: str) -> Props:
    record: Props = {"Name": name, "Type": inputs["type"]}
    if inputs.get("ttl") is not None:
        record["TTL"] = inputs["ttl"]
    if inputs.get("records"):
        record["ResourceRecords"] = [{"Value": _quoted(value, inputs["type"])} for value in inputs["records"]]
    for alias in inputs.get("aliases") or ():
        record["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    for name_, argument in (("setIdentifier", "SetIdentifier"), ("healthCheckId", "HealthCheckId")):
        if inputs.get(name_):
            record[argument] = inputs[name_]
    for policy in inputs.get("weightedRoutingPolicies") or ():
        record["Weight"] = policy["weight"]
    for policy in inputs.get("failoverRoutingPolicies") or ():
        record["Failover"] = policy["type"]
    for policy in inputs.get("latencyRoutingPolicies") or ():
        record["Region"] = policy["region"]
    for policy in inputs.get("geolocationRoutingPolicies") or ():
        record["GeoLocation"] = {LOCATION[key]: value for key, value in policy.items() if value}
    if inputs.get("multivalueAnswerRoutingPolicy"):
        record["MultiValueAnswer"] = True
    return record


def _quoted(value: Any, kind: str) -> str:
    text = str(value)
    return f'"{text}"' if kind in QUOTED_TYPES and not text.startswith('"') else text
