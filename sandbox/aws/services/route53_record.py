"""DNS records of a hosted zone."""

import re
from typing import Any

from botocore.exceptions import ClientError

from awsread.errors import is_gone
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource, same_set
from sandbox.aws.services.route53 import bare_id

ID = re.compile(r"^(?P<zone>[^_]+)_(?P<name>.*)_(?P<type>[A-Z]+[0-9]*)(?:_(?P<set>.*))?$")
QUOTED_TYPES = ("TXT", "SPF")


class Record(LiveResource):
    """A record set; its id is `<zone>_<name>_<type>`, with `_<set identifier>` where a policy routes."""

    token = "aws:route53/record:Record"
    kept = frozenset({"allowOverwrite", "cidrRoutingPolicy", "geoproximityRoutingPolicy"})

    def make(self, api: Api, inputs: Props) -> str:
        # UPSERT only where the program allows to overwrite what somebody else wrote.
        self._apply(api, "UPSERT" if inputs.get("allowOverwrite") else "CREATE", inputs)
        parts = [bare_id(inputs["zoneId"]), _clean(inputs["name"]), inputs["type"], inputs.get("setIdentifier")]
        return "_".join(part for part in parts if part)

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        match = ID.match(id)
        if match is None:
            return None
        zone = _zone_name(api, match["zone"])
        found = None if zone is None else self._find(api, match, f"{_full(match['name'], zone)}.")
        if zone is None or found is None:
            return None
        fqdn = _clean(found["Name"])
        name = str(state.get("name", fqdn))
        values = [_unquoted(record["Value"], found["Type"]) for record in found.get("ResourceRecords", ())]
        return {
            "zoneId": match["zone"],
            "name": name if _full(name, zone) == fqdn else fqdn,
            "fqdn": fqdn,
            "type": found["Type"],
            "ttl": found.get("TTL"),
            "records": same_set(state.get("records"), values),
            "aliases": _aliases(found),
            "setIdentifier": found.get("SetIdentifier"),
            "healthCheckId": found.get("HealthCheckId"),
            **_routing(found),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._apply(api, "UPSERT", new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        match = ID.match(id)
        zone = _zone_name(api, match["zone"]) if match else None
        if match is None or zone is None:
            return
        found = self._find(api, match, f"{_full(match['name'], zone)}.")
        if found is not None:
            _send(api, match["zone"], "DELETE", found)

    def _apply(self, api: Api, action: str, inputs: Props) -> None:
        zone_id = bare_id(inputs["zoneId"])
        zone = _zone_name(api, zone_id)
        _send(api, zone_id, action, _record_set(inputs, _full(inputs["name"], zone or "")))

    def _find(self, api: Api, match: re.Match[str], name: str) -> Props | None:
        answer = api.client("route53").list_resource_record_sets(
            HostedZoneId=match["zone"], StartRecordName=name, StartRecordType=match["type"]
        )
        for item in answer["ResourceRecordSets"]:
            same = _clean(item["Name"]) == _clean(name) and item["Type"] == match["type"]
            if same and item.get("SetIdentifier") == match["set"]:
                return dict(item)
        return None


def _send(api: Api, zone_id: str, action: str, record_set: Props) -> None:
    changes = [{"Action": action, "ResourceRecordSet": record_set}]
    api.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


def _zone_name(api: Api, zone_id: str) -> str | None:
    try:
        return _clean(api.client("route53").get_hosted_zone(Id=zone_id)["HostedZone"]["Name"])
    except ClientError as error:
        if is_gone(error):
            return None
        raise


def _clean(name: str) -> str:
    return name.rstrip(".").lower().replace("\\052", "*")


def _full(name: str, zone: str) -> str:
    """A name relative to its zone in full, as the official provider takes it."""
    cleaned = _clean(name)
    if not cleaned:
        return zone
    return cleaned if cleaned == zone or cleaned.endswith(f".{zone}") else f"{cleaned}.{zone}"


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
        names = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
        record["GeoLocation"] = {names[key]: value for key, value in policy.items() if value}
    if inputs.get("multivalueAnswerRoutingPolicy"):
        record["MultiValueAnswer"] = True
    return record


def _routing(found: Props) -> Props:
    geo = found.get("GeoLocation") or {}
    names = {"continent": "ContinentCode", "country": "CountryCode", "subdivision": "SubdivisionCode"}
    location = {key: geo[name] for key, name in names.items() if geo.get(name)}
    return {
        "weightedRoutingPolicies": [{"weight": int(found["Weight"])}] if found.get("Weight") is not None else None,
        "failoverRoutingPolicies": [{"type": found["Failover"]}] if found.get("Failover") else None,
        "latencyRoutingPolicies": [{"region": found["Region"]}] if found.get("Region") else None,
        "geolocationRoutingPolicies": [location] if location else None,
        "multivalueAnswerRoutingPolicy": True if found.get("MultiValueAnswer") else None,
    }


def _aliases(found: Props) -> list[Props] | None:
    target = found.get("AliasTarget")
    if not target:
        return None
    return [
        {
            "name": _clean(target["DNSName"]),
            "zoneId": target["HostedZoneId"],
            "evaluateTargetHealth": bool(target["EvaluateTargetHealth"]),
        }
    ]


def _quoted(value: Any, kind: str) -> str:
    text = str(value)
    return f'"{text}"' if kind in QUOTED_TYPES and not text.startswith('"') else text


def _unquoted(value: str, kind: str) -> str:
    return value[1:-1] if kind in QUOTED_TYPES and value.startswith('"') and value.endswith('"') else value
