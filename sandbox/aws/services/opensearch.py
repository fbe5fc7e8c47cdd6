"""OpenSearch domains, their access policies, and the VPC endpoints that lead to them."""

import json
import re
import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any

from awsread.services.opensearch import OPTIONS, POLICY_PREFIX, SECTIONS, domain_of, zones_of
from sandbox.aws.errors import StandInError
from sandbox.aws.recorded import RecordedResource
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.echoed import EchoedResource
from sandbox.aws.services.live import LiveResource, args_of, tag_list

DEFAULT_VERSION = "OpenSearch_2.19"  # AWS's, where none is given
NAME_MAX = 28
ENDPOINT_DIGITS = 26
INSTANCE_TYPE = re.compile(r"^[a-z0-9]+\.[a-z0-9]+\.search$")
NO_POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


class Domain(EchoedResource):
    token = "aws:opensearch/domain:Domain"
    service = "opensearch"
    auto_name = "domainName"
    auto_name_max = NAME_MAX
    in_ledger = frozenset({"aimlOptions", "deploymentStrategyOptions", "identityCenterOptions", "ipAddressType"})
    partly = frozenset({*SECTIONS, "advancedOptions"})
    moto_omits = {"ipAddressType": "ipv4"}

    def name_for(self, name: str, inputs: Props) -> str:
        return name.lower()

    def problems(self, inputs: Props) -> Iterator[tuple[str, str]]:
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
            yield from _security_problems(inputs)

    def replaces(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        forced = set(super().replaces(old, new, changed))
        for name in changed & {"advancedSecurityOptions", "encryptAtRest", "nodeToNodeEncryption"}:
            if _enabled(old, name) and not _enabled(new, name):
                forced.add(name)  # security features cannot be disabled
        before, after = old.get("encryptAtRest") or {}, new.get("encryptAtRest") or {}
        if before.get("enabled") and before.get("kmsKeyId") != after.get("kmsKeyId"):
            forced |= changed & {"encryptAtRest"}
        if "vpcOptions" in changed and bool(old.get("vpcOptions")) != bool(new.get("vpcOptions")):
            forced.add("vpcOptions")
        if "engineVersion" in changed and _rank(new.get("engineVersion")) < _rank(old.get("engineVersion")):
            forced.add("engineVersion")
        return frozenset(forced)

    def make(self, api: Api, inputs: Props) -> str:
        name = inputs["domainName"]
        if domain_of(api, name):  # moto would overwrite it
            raise StandInError(f"{self.token}: ResourceAlreadyExistsException: domain {name} already exists")
        answer = api.client("opensearch").create_domain(
            DomainName=name,
            EngineVersion=inputs.get("engineVersion", DEFAULT_VERSION),
            TagList=tag_list(inputs.get("tags")),
            **args_of(inputs, AccessPolicies="accessPolicies", AdvancedOptions="advancedOptions"),
            **_sections(inputs, is_new=True),
            **_vpc_request(api, inputs),
        )
        return str(answer["DomainStatus"]["ARN"])

    def read_live(self, api: Api, id: str, state: Props) -> Props | None:
        """Leaves the access policy out unless the domain's inputs have one: it may be a separate resource."""
        found = super().read_live(api, id, state)
        apart = bool(state) and not state.get("accessPolicies")
        return {**found, "accessPolicies": None} if found and apart else found

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        wanted = {
            **_sections({name: new.get(name) for name in changed}, is_new=False),
            **args_of({name: new.get(name) for name in changed}, AdvancedOptions="advancedOptions"),
            **(_vpc_request(api, new) if "vpcOptions" in changed else {}),
        }
        if "accessPolicies" in changed:
            wanted["AccessPolicies"] = new.get("accessPolicies") or NO_POLICY
        if "logPublishingOptions" in changed:
            gone = {log["logType"]: {"Enabled": False} for log in old.get("logPublishingOptions") or ()}
            wanted["LogPublishingOptions"] = {**gone, **_log_request(new)}
        if wanted:
            api.client("opensearch").update_domain_config(DomainName=_name_of(id), **wanted)
        if "engineVersion" in changed:
            self.note(api, id, engineVersion=new.get("engineVersion"))  # moto knows no upgrade
        self.retag(api, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("opensearch").delete_domain(DomainName=_name_of(id))


class DomainPolicy(LiveResource):
    token = "aws:opensearch/domainPolicy:DomainPolicy"

    def make(self, api: Api, inputs: Props) -> str:
        self.change(api, "", {}, inputs, frozenset())
        return f"{POLICY_PREFIX}{inputs['domainName']}"

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        opensearch, name = api.client("opensearch"), new["domainName"]
        opensearch.describe_domain(DomainName=name)  # moto's update answers an unknown name with an internal error
        opensearch.update_domain_config(DomainName=name, AccessPolicies=new["accessPolicies"])

    def remove(self, api: Api, id: str, state: Props) -> None:
        name = id.removeprefix(POLICY_PREFIX)
        if domain_of(api, name):  # moto ignores an empty text
            self.change(api, id, {}, {"domainName": name, "accessPolicies": NO_POLICY}, frozenset())


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
            "vpcOptions": {**options, **zones_of(api, options["subnetIds"])},
        }


def _security_problems(inputs: Props) -> Iterator[tuple[str, str]]:
    """Problems with the three settings that fine-grained access control requires."""
    for name, path in (
        ("encryptAtRest", "enabled"),
        ("nodeToNodeEncryption", "enabled"),
        ("domainEndpointOptions", "enforceHttps"),
    ):
        section = inputs.get(name)
        if section is None or (isinstance(section, Mapping) and section.get(path) in (None, False)):
            yield f"{name}.{path}", "must be true where advancedSecurityOptions are enabled"


def _sections(inputs: Props, *, is_new: bool) -> Props:
    result = {api: OPTIONS.to_api(inputs[name]) for name, api in SECTIONS.items() if inputs.get(name)}
    if is_new and "AutoTuneOptions" in result:
        result["AutoTuneOptions"].pop("RollbackOnDisable", None)  # has a meaning for changes only
    if is_new and inputs.get("logPublishingOptions"):
        result["LogPublishingOptions"] = _log_request(inputs)
    return result


def _vpc_request(api: Api, inputs: Props) -> Props:
    options = inputs.get("vpcOptions")
    if not options:
        return {}
    zones_of(api, options.get("subnetIds") or [])  # AWS refuses subnets that do not exist
    return {"VPCOptions": args_of(options, SubnetIds="subnetIds", SecurityGroupIds="securityGroupIds")}


def _log_request(inputs: Props) -> Props:
    return {
        log["logType"]: {
            "CloudWatchLogsLogGroupArn": log["cloudwatchLogGroupArn"],
            "Enabled": log.get("enabled", True),
        }
        for log in inputs.get("logPublishingOptions") or ()
    }


def _enabled(props: Props, name: str) -> bool:
    return bool((props.get(name) or {}).get("enabled"))


def _rank(version: Any) -> tuple[int, ...]:
    """Sorts versions; every OpenSearch is newer than any Elasticsearch."""
    if not isinstance(version, str):
        return ()
    engine, _, number = version.rpartition("_")
    return (int(engine == "OpenSearch"), *(int(part) for part in number.split(".")))


def _name_of(arn: str) -> str:
    return arn.rpartition("/")[2]
