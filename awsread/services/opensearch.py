"""OpenSearch domains and their access policies."""

import json
from collections.abc import Mapping
from typing import Any

from awsread.answers import same_json, same_set, tag_map
from awsread.errors import or_none
from awsread.reader import Aws, Props, reads
from awsread.spelling import Spelling

SECTIONS = {
    "advancedSecurityOptions": "AdvancedSecurityOptions",
    "autoTuneOptions": "AutoTuneOptions",
    "clusterConfig": "ClusterConfig",
    "cognitoOptions": "CognitoOptions",
    "domainEndpointOptions": "DomainEndpointOptions",
    "ebsOptions": "EBSOptions",
    "encryptAtRest": "EncryptionAtRestOptions",
    "nodeToNodeEncryption": "NodeToNodeEncryptionOptions",
    "offPeakWindowOptions": "OffPeakWindowOptions",
    "snapshotOptions": "SnapshotOptions",
    "softwareUpdateOptions": "SoftwareUpdateOptions",
}
"""Property → section of the API."""

OPTIONS = Spelling(
    {
        "ebsEnabled": "EBSEnabled",
        "enforceHttps": "EnforceHTTPS",
        "jwtOptions": "JWTOptions",
        "jwksUrl": "JwksUrl",
        "masterUserArn": "MasterUserARN",
        "multiAzWithStandbyEnabled": "MultiAZWithStandbyEnabled",
        "tlsSecurityPolicy": "TLSSecurityPolicy",
    }
)
POLICY_PREFIX = "esd-policy-"  # of the provider's id for a domain's policy


@reads(
    "opensearch",
    "aws:opensearch/domain:Domain",
    fixed="autoTuneOptions domainName ebsOptions ipAddressType offPeakWindowOptions softwareUpdateOptions",
)
def domain(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    found = domain_of(aws, id)
    if found is None:
        return None
    host = found.get("Endpoint") or found.get("Endpoints", {}).get("vpc")
    return {
        "accessPolicies": same_json(known.get("accessPolicies"), _policy(found)),
        "advancedOptions": found.get("AdvancedOptions"),
        "arn": found["ARN"],
        "dashboardEndpoint": f"{host}/_dashboards" if host else None,
        "domainId": found["DomainId"],
        "domainName": found["DomainName"],
        "endpoint": host,
        "engineVersion": found["EngineVersion"],
        "ipAddressType": found.get("IPAddressType"),
        "logPublishingOptions": _logs(found, known),
        "tags": tag_map(aws.client("opensearch").list_tags(ARN=id)["TagList"]),
        "vpcOptions": _vpc(aws, found, known.get("vpcOptions") or {}),
        **_sections(found),
    }


@reads("opensearch", "aws:opensearch/domainPolicy:DomainPolicy")
def domain_policy(aws: Aws, id: str, known: Mapping[str, Any]) -> Props | None:
    name = id.removeprefix(POLICY_PREFIX)
    policy = _policy(domain_of(aws, name) or {})
    return {"domainName": name, "accessPolicies": same_json(known.get("accessPolicies"), policy)} if policy else None


def domain_of(aws: Aws, id: str) -> Props | None:
    """DescribeDomain's answer by ARN or name, None where there is no such domain."""
    answer = or_none(aws.client("opensearch").describe_domain, DomainName=id.rpartition("/")[2])
    return dict(answer["DomainStatus"]) if answer else None


def zones_of(aws: Aws, subnet_ids: list[str]) -> Props:
    """VPC and zones of subnets."""
    if not subnet_ids:
        return {}
    subnets = aws.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]
    zones = sorted(subnet["AvailabilityZone"] for subnet in subnets)
    return {"availabilityZones": zones, "vpcId": subnets[0]["VpcId"]}


def _policy(found: Mapping[str, Any]) -> str | None:
    text = found.get("AccessPolicies")
    return text if text and json.loads(text).get("Statement") else None


def _sections(found: Mapping[str, Any]) -> Props:
    result = {name: OPTIONS.to_props(found[api]) for name, api in SECTIONS.items() if found.get(api) is not None}
    if not result.get("cognitoOptions", {}).get("enabled"):
        result.pop("cognitoOptions", None)
    if "autoTuneOptions" in result:
        tuned = result["autoTuneOptions"]
        on = str(tuned.get("state", "")).startswith("ENABLE")
        result["autoTuneOptions"] = {
            "desiredState": "ENABLED" if on else "DISABLED",
            "useOffPeakWindow": tuned.get("useOffPeakWindow", False),
        }
    return result


def _vpc(aws: Aws, found: Mapping[str, Any], known: Mapping[str, Any]) -> Props | None:
    live = found.get("VPCOptions")
    if not live:
        return None
    return {
        "subnetIds": same_set(known.get("subnetIds"), live.get("SubnetIds", ())),
        "securityGroupIds": same_set(known.get("securityGroupIds"), live.get("SecurityGroupIds", ())),
        **zones_of(aws, live.get("SubnetIds", [])),
    }


def _logs(found: Mapping[str, Any], known: Mapping[str, Any]) -> list[Any]:
    written = {log["logType"]: log for log in known.get("logPublishingOptions") or ()}
    live = []
    for kind, log in (found.get("LogPublishingOptions") or {}).items():
        group = log.get("CloudWatchLogsLogGroupArn")
        if not group:
            continue  # disabled, and not in the state
        enabled = log.get("Enabled", True)
        implied = enabled and kind in written and "enabled" not in written[kind]
        live.append({"logType": kind, "cloudwatchLogGroupArn": group, **({} if implied else {"enabled": enabled})})
    return same_set(known.get("logPublishingOptions"), live)
