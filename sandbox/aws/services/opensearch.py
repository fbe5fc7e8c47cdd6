"""OpenSearch domains, their access policies, and the VPC endpoints that lead to them."""

import json
import re
import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any

from awsread.errors import or_none
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, given, same_json, same_set, tag_list, tag_map
from sandbox.aws.services.spelling import Spelling

DEFAULT_VERSION = "OpenSearch_2.19"  # of AWS, where none is given
NAME_MAX = 28
ENDPOINT_DIGITS = 26
INSTANCE_TYPE = re.compile(r"^[a-z0-9]+\.[a-z0-9]+\.search$")
NO_POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})

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
"""Property → section of the API that moto keeps at least a part of."""

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


class Domain(EchoedResource):
    token = "aws:opensearch/domain:Domain"
    auto_name = "domainName"
    auto_name_max = NAME_MAX
    kept = frozenset({"aimlOptions", "deploymentStrategyOptions", "identityCenterOptions", "ipAddressType"})
    partly = frozenset({*SECTIONS, "advancedOptions"})

    def name_for(self, name: str, inputs: Props) -> str:
        return name.lower()

    def faults(self, inputs: Props) -> Iterator[tuple[str, str]]:
        name = inputs.get("domainName")
        if isinstance(name, str) and len(name) > NAME_MAX:
            yield "domainName", f"must have at most {NAME_MAX} characters, got {name!r} with {len(name)}"
        cluster = inputs.get("clusterConfig")
        for key in ("instanceType", "dedicatedMasterType", "warmType"):
            kind = cluster.get(key) if isinstance(cluster, Mapping) else None
            if isinstance(kind, str) and not INSTANCE_TYPE.match(kind):
                yield f"clusterConfig.{key}", f"must be like r7g.large.search, got {kind!r}"
        security = inputs.get("advancedSecurityOptions")
        if isinstance(security, Mapping) and security.get("enabled") is True:
            yield from _needed_by_security(inputs)

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = set(super().replaces(old, new, changed))
        for name in changed & {"advancedSecurityOptions", "encryptAtRest", "nodeToNodeEncryption"}:
            if _enabled(old, name) and not _enabled(new, name):
                forced.add(name)  # what protects a domain cannot be switched off
        before, after = old.get("encryptAtRest") or {}, new.get("encryptAtRest") or {}
        if before.get("enabled") and before.get("kmsKeyId") != after.get("kmsKeyId"):
            forced |= changed & {"encryptAtRest"}
        if "vpcOptions" in changed and bool(old.get("vpcOptions")) != bool(new.get("vpcOptions")):
            forced.add("vpcOptions")
        if "engineVersion" in changed and _rank(new.get("engineVersion")) < _rank(old.get("engineVersion")):
            forced.add("engineVersion")
        return frozenset(forced)

    def make(self, api: Api, inputs: Props) -> str:
        opensearch = api.client("opensearch")
        name = inputs["domainName"]
        if or_none(opensearch.describe_domain, DomainName=name):  # moto would overwrite it
            raise StandInError(f"{self.token}: ResourceAlreadyExistsException: domain {name} already exists")
        answer = opensearch.create_domain(
            DomainName=name,
            EngineVersion=inputs.get("engineVersion", DEFAULT_VERSION),
            TagList=tag_list(inputs.get("tags")),
            **given(inputs, AccessPolicies="accessPolicies", AdvancedOptions="advancedOptions"),
            **_sections(inputs, fresh=True),
            **_vpc_request(api, inputs),
        )
        return str(answer["DomainStatus"]["ARN"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        opensearch = api.client("opensearch")
        answer = or_none(opensearch.describe_domain, DomainName=_name_of(id))
        if answer is None:
            return None
        found = answer["DomainStatus"]
        host = found.get("Endpoint") or found.get("Endpoints", {}).get("vpc")
        return {
            "accessPolicies": self._policy(found, state),
            "advancedOptions": found.get("AdvancedOptions"),
            "arn": found["ARN"],
            "dashboardEndpoint": f"{host}/_dashboards",
            "domainId": found["DomainId"],
            "domainName": found["DomainName"],
            "endpoint": host,
            "engineVersion": self.noted(api, id).get("engineVersion", found["EngineVersion"]),
            "ipAddressType": "ipv4",
            "logPublishingOptions": _logs(found, state),
            "tags": tag_map(opensearch.list_tags(ARN=id)["TagList"]),
            "vpcOptions": _vpc(api, found, state),
            **_live_sections(found),
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        opensearch = api.client("opensearch")
        wanted = {
            **_sections({name: new.get(name) for name in changed}, fresh=False),
            **given({name: new.get(name) for name in changed}, AdvancedOptions="advancedOptions"),
            **(_vpc_request(api, new) if "vpcOptions" in changed else {}),
        }
        if "accessPolicies" in changed:
            wanted["AccessPolicies"] = new.get("accessPolicies") or NO_POLICY
        if "logPublishingOptions" in changed:
            gone = {log["logType"]: {"Enabled": False} for log in old.get("logPublishingOptions") or ()}
            wanted["LogPublishingOptions"] = {**gone, **_log_request(new)}
        if wanted:
            opensearch.update_domain_config(DomainName=_name_of(id), **wanted)
        if "engineVersion" in changed:
            self.note(api, id, engineVersion=new.get("engineVersion"))  # moto knows no upgrade
        if "tags" in changed:
            _retag(opensearch, id, new.get("tags") or {})

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("opensearch").delete_domain(DomainName=_name_of(id))

    def _policy(self, found: Props, state: Props) -> str | None:
        """Only a domain that was given a policy owns it: it may be a resource of its own."""
        live = found.get("AccessPolicies")
        if _is_empty_policy(live) or (state and not state.get("accessPolicies")):
            return None
        return same_json(state.get("accessPolicies"), live)


class DomainPolicy(LiveResource):
    token = "aws:opensearch/domainPolicy:DomainPolicy"

    def make(self, api: Api, inputs: Props) -> str:
        self._put(api, inputs["domainName"], inputs["accessPolicies"])
        return f"esd-policy-{inputs['domainName']}"

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        name = id.removeprefix("esd-policy-")
        answer = or_none(api.client("opensearch").describe_domain, DomainName=name)
        live = answer["DomainStatus"].get("AccessPolicies") if answer else None
        if _is_empty_policy(live):
            return None
        return {"domainName": name, "accessPolicies": same_json(state.get("accessPolicies"), live)}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        self._put(api, new["domainName"], new["accessPolicies"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        name = id.removeprefix("esd-policy-")
        if or_none(api.client("opensearch").describe_domain, DomainName=name):
            self._put(api, name, NO_POLICY)  # moto does not hear an empty text

    def _put(self, api: Api, name: str, policy: str) -> None:
        opensearch = api.client("opensearch")
        opensearch.describe_domain(DomainName=name)  # moto's update answers an unknown name with an internal error
        opensearch.update_domain_config(DomainName=name, AccessPolicies=policy)


class VpcEndpoint(RecordedResource):
    token = "aws:opensearch/vpcEndpoint:VpcEndpoint"

    def identity(self, api: Api, inputs: Props) -> str:
        name = _name_of(inputs["domainArn"])
        api.client("opensearch").describe_domain(DomainName=name)
        digits = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(ENDPOINT_DIGITS))
        return f"aos-{digits}"

    def computed(self, api: Api, id: str, inputs: Props) -> Props:
        host = id.removeprefix("aos-")
        options = inputs["vpcOptions"]
        return {
            "endpoint": f"https://vpc-{_name_of(inputs['domainArn'])}-{host}.{api.region}.es.amazonaws.com",
            "vpcOptions": {**options, **_places(api, options["subnetIds"])},
        }


def _needed_by_security(inputs: Props) -> Iterator[tuple[str, str]]:
    """Fine-grained access control stands on these three."""
    for name, path in (
        ("encryptAtRest", "enabled"),
        ("nodeToNodeEncryption", "enabled"),
        ("domainEndpointOptions", "enforceHttps"),
    ):
        section = inputs.get(name)
        if section is None or (isinstance(section, Mapping) and section.get(path) in (None, False)):
            yield f"{name}.{path}", "must be true where advancedSecurityOptions are enabled"


def _sections(inputs: Props, *, fresh: bool) -> Props:
    result = {api: OPTIONS.to_api(inputs[name]) for name, api in SECTIONS.items() if inputs.get(name)}
    if fresh and "AutoTuneOptions" in result:
        result["AutoTuneOptions"].pop("RollbackOnDisable", None)  # means something for a change only
    if fresh and inputs.get("logPublishingOptions"):
        result["LogPublishingOptions"] = _log_request(inputs)
    return result


def _live_sections(found: Props) -> Props:
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


def _vpc_request(api: Api, inputs: Props) -> Props:
    options = inputs.get("vpcOptions")
    if not options:
        return {}
    _places(api, options.get("subnetIds") or [])  # AWS refuses subnets that are not there
    return {"VPCOptions": given(options, SubnetIds="subnetIds", SecurityGroupIds="securityGroupIds")}


def _vpc(api: Api, found: Props, state: Props) -> Props | None:
    live = found.get("VPCOptions")
    if not live:
        return None
    written = state.get("vpcOptions") or {}
    return {
        "subnetIds": same_set(written.get("subnetIds"), live.get("SubnetIds", ())),
        "securityGroupIds": same_set(written.get("securityGroupIds"), live.get("SecurityGroupIds", ())),
        **_places(api, live.get("SubnetIds", [])),
    }


def _places(api: Api, subnet_ids: list[str]) -> Props:
    """VPC and zones that follow from subnets."""
    if not subnet_ids:
        return {}
    subnets = api.client("ec2").describe_subnets(SubnetIds=subnet_ids)["Subnets"]
    return {
        "availabilityZones": sorted(subnet["AvailabilityZone"] for subnet in subnets),
        "vpcId": subnets[0]["VpcId"],
    }


def _log_request(inputs: Props) -> Props:
    return {
        log["logType"]: {
            "CloudWatchLogsLogGroupArn": log["cloudwatchLogGroupArn"],
            "Enabled": log.get("enabled", True),
        }
        for log in inputs.get("logPublishingOptions") or ()
    }


def _logs(found: Props, state: Props) -> list[Any]:
    written = {log["logType"]: log for log in state.get("logPublishingOptions") or ()}
    live = []
    for kind, log in (found.get("LogPublishingOptions") or {}).items():
        group = log.get("CloudWatchLogsLogGroupArn")
        if not group:
            continue  # switched off and forgotten
        enabled = log.get("Enabled", True)
        told = {} if enabled and kind in written and "enabled" not in written[kind] else {"enabled": enabled}
        live.append({"logType": kind, "cloudwatchLogGroupArn": group, **told})
    return same_set(state.get("logPublishingOptions"), live)


def _retag(opensearch: Any, arn: str, tags: Mapping[str, str]) -> None:
    live = tag_map(opensearch.list_tags(ARN=arn)["TagList"])
    if stale := sorted(live.keys() - tags.keys()):
        opensearch.remove_tags(ARN=arn, TagKeys=stale)
    if fresh := {key: value for key, value in tags.items() if live.get(key) != value}:
        opensearch.add_tags(ARN=arn, TagList=tag_list(fresh))


def _is_empty_policy(text: str | None) -> bool:
    return not text or not json.loads(text).get("Statement")


def _enabled(props: Props, name: str) -> bool:
    return bool((props.get(name) or {}).get("enabled"))


def _rank(version: Any) -> tuple[int, ...]:
    """OpenSearch stands above every Elasticsearch."""
    if not isinstance(version, str):
        return ()
    engine, _, number = version.rpartition("_")
    return (int(engine == "OpenSearch"), *(int(part) for part in number.split(".")))


def _name_of(arn: str) -> str:
    return arn.rpartition("/")[2]
