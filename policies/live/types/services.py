"""Clusters, node groups, search domains, image repositories, trails, detectors, balancers, zones and budgets."""

from collections.abc import Mapping
from typing import Any

from policies.graph import Node
from policies.live.reader import Props, Reader, attempted, camel, only, pick, reader, tags

CLUSTER = ("version", "roleArn", "kubernetesNetworkConfig", "upgradePolicy", "deletionProtection")
VPC_CONFIG = ("endpointPublicAccess", "endpointPrivateAccess", "subnetIds", "securityGroupIds")
NODE_GROUP = (
    "amiType",
    "capacityType",
    "diskSize",
    "instanceTypes",
    "labels",
    "launchTemplate",
    "nodeRepairConfig",
    "releaseVersion",
    "remoteAccess",
    "scalingConfig",
    "taints",
    "updateConfig",
    "version",
)


def _cluster(eks: Any, node: Node) -> Props:
    found = eks.describe_cluster(name=node.id)["cluster"]
    network = {name: found["resourcesVpcConfig"][name] for name in VPC_CONFIG if name in found["resourcesVpcConfig"]}
    if network.get("endpointPublicAccess"):
        network["publicAccessCidrs"] = found["resourcesVpcConfig"].get("publicAccessCidrs", [])
    logging = [each for each in found.get("logging", {}).get("clusterLogging", ()) if each["enabled"]]
    encryption = found.get("encryptionConfig") or [None]
    return {
        **{name: found[name] for name in CLUSTER if name in found},
        "vpcConfig": network,
        "enabledClusterLogTypes": [name for each in logging for name in each["types"]],
        "encryptionConfig": encryption[0],
        "tags": found.get("tags", {}),
    }


def _node_group(eks: Any, node: Node) -> Props:
    cluster, _, name = (node.id or "").partition(":")
    found = eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]
    known = {key: found[key] for key in NODE_GROUP if found.get(key) is not None}
    if "launchTemplate" in known:  # which then says how nodes start, and nothing else does
        known["launchTemplate"] = {key: known["launchTemplate"][key] for key in ("id", "version")}
        known = {key: value for key, value in known.items() if key not in ("diskSize", "remoteAccess")}
    return {
        **known,
        "clusterName": cluster,
        "nodeRoleArn": found.get("nodeRole"),
        "subnetIds": found.get("subnets"),
        "tags": found.get("tags", {}),
    }


DOMAIN = {
    "advancedSecurityOptions": "AdvancedSecurityOptions",
    "clusterConfig": "ClusterConfig",
    "domainEndpointOptions": "DomainEndpointOptions",
    "encryptAtRest": "EncryptionAtRestOptions",
    "nodeToNodeEncryption": "NodeToNodeEncryptionOptions",
}
SPELT = {"enforceHTTPS": "enforceHttps", "tLSSecurityPolicy": "tlsSecurityPolicy"}


def _domain(opensearch: Any, node: Node) -> Props:
    found = opensearch.describe_domain(DomainName=node.inputs["domainName"])["DomainStatus"]
    known = {name: camel(found[section]) for name, section in DOMAIN.items() if section in found}
    if "domainEndpointOptions" in known:
        options = known["domainEndpointOptions"]
        known["domainEndpointOptions"] = {SPELT.get(name, name): value for name, value in options.items()}
    before = node.inputs.get("advancedSecurityOptions")
    if "advancedSecurityOptions" in known and isinstance(before, Mapping) and "masterUserOptions" in before:
        known["advancedSecurityOptions"]["masterUserOptions"] = before["masterUserOptions"]  # AWS never tells it
    network = found.get("VPCOptions", {})
    logs = [
        {
            "logType": kind,
            "enabled": each.get("Enabled", False),
            "cloudwatchLogGroupArn": each["CloudWatchLogsLogGroupArn"],
        }
        for kind, each in found.get("LogPublishingOptions", {}).items()
    ]
    return {
        **{name: _subset(value, node.inputs.get(name)) for name, value in known.items()},
        "vpcOptions": pick(network, subnetIds="SubnetIds", securityGroupIds="SecurityGroupIds") or None,
        "logPublishingOptions": logs,
        "engineVersion": found.get("EngineVersion"),
        "accessPolicies": found.get("AccessPolicies"),
        "tags": tags(opensearch.list_tags(ARN=node.id)["TagList"]),
    }


def _subset(live: Mapping[str, Any], known: Any) -> Props:
    """Details that AWS adds by itself and the program never spoke of are left out."""
    return {name: value for name, value in live.items() if name in known} if isinstance(known, Mapping) else live


def _repository(ecr: Any, node: Node) -> Props | None:
    found = only(ecr.describe_repositories(repositoryNames=[node.id]), "repositories")
    if found is None:
        return None
    return {
        "imageTagMutability": found["imageTagMutability"],
        "imageScanningConfiguration": found.get("imageScanningConfiguration"),
        "encryptionConfigurations": [found["encryptionConfiguration"]] if "encryptionConfiguration" in found else None,
        "tags": tags(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]),
    }


def _repository_policy(ecr: Any, node: Node) -> Props:
    return {"policy": ecr.get_repository_policy(repositoryName=node.id)["policyText"]}


def _repository_lifecycle(ecr: Any, node: Node) -> Props:
    return {"policy": ecr.get_lifecycle_policy(repositoryName=node.id)["lifecyclePolicyText"]}


def _trail(cloudtrail: Any, node: Node) -> Props:
    found = cloudtrail.get_trail(Name=node.id)["Trail"]
    told = cloudtrail.list_tags(ResourceIdList=[node.id])["ResourceTagList"]
    selectors = cloudtrail.get_event_selectors(TrailName=node.id)
    return {
        **pick(found, "S3BucketName", "S3KeyPrefix", "KmsKeyId", "IsMultiRegionTrail", "IsOrganizationTrail"),
        **pick(
            found,
            includeGlobalServiceEvents="IncludeGlobalServiceEvents",
            enableLogFileValidation="LogFileValidationEnabled",
            cloudWatchLogsGroupArn="CloudWatchLogsLogGroupArn",
            cloudWatchLogsRoleArn="CloudWatchLogsRoleArn",
        ),
        "enableLogging": bool(cloudtrail.get_trail_status(Name=node.id)["IsLogging"]),
        "advancedEventSelectors": [_selector(each) for each in selectors.get("AdvancedEventSelectors") or ()] or None,
        "tags": tags(told[0]["TagsList"] if told else ()),
    }


def _selector(found: Mapping[str, Any]) -> Props:
    plural = {"StartsWith": "startsWiths", "EndsWith": "endsWiths", "NotStartsWith": "notStartsWiths"}
    fields = [
        {plural.get(name, f"{name[:1].lower()}{name[1:]}"): value for name, value in each.items()}
        for each in found["FieldSelectors"]
    ]
    return {**pick(found, "Name"), "fieldSelectors": fields}


def _detector(guardduty: Any, node: Node) -> Props:
    found = guardduty.get_detector(DetectorId=node.id)
    return {"enable": found["Status"] == "ENABLED", **pick(found, "FindingPublishingFrequency")}


def _detector_feature(guardduty: Any, node: Node) -> Props | None:
    detector, _, name = (node.id or "").partition("/")
    features = guardduty.get_detector(DetectorId=detector).get("Features", ())
    found = next((each for each in features if each["Name"] == name), None)
    return None if found is None else {"detectorId": detector, "status": found["Status"]}


def _balancer(elb: Any, node: Node) -> Props | None:
    found = only(elb.describe_load_balancers(LoadBalancerArns=[node.id]), "LoadBalancers")
    if found is None:
        return None
    about = _attributes(elb.describe_load_balancer_attributes(LoadBalancerArn=node.id))
    logs = {
        "enabled": about.get("access_logs.s3.enabled") == "true",
        "bucket": about.get("access_logs.s3.bucket", ""),
        "prefix": about.get("access_logs.s3.prefix", ""),
    }
    return {
        "internal": found["Scheme"] == "internal",
        "loadBalancerType": found["Type"],
        "securityGroups": found.get("SecurityGroups"),
        "subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "enableDeletionProtection": about.get("deletion_protection.enabled") == "true",
        "accessLogs": logs,
        "tags": _balancer_tags(elb, node),
    }


def _target_group(elb: Any, node: Node) -> Props | None:
    found = only(elb.describe_target_groups(TargetGroupArns=[node.id]), "TargetGroups")
    if found is None:
        return None
    check = pick(
        found,
        protocol="HealthCheckProtocol",
        port="HealthCheckPort",
        path="HealthCheckPath",
        interval="HealthCheckIntervalSeconds",
        timeout="HealthCheckTimeoutSeconds",
        healthyThreshold="HealthyThresholdCount",
        unhealthyThreshold="UnhealthyThresholdCount",
        enabled="HealthCheckEnabled",
    )
    return {
        **pick(found, "Protocol", "Port", "VpcId", "TargetType"),
        "healthCheck": _subset(check, node.inputs.get("healthCheck")),
        "tags": _balancer_tags(elb, node),
    }


ENCRYPTED = ("HTTPS", "TLS")


def _listener(elb: Any, node: Node) -> Props | None:
    found = only(elb.describe_listeners(ListenerArns=[node.id]), "Listeners")
    if found is None:
        return None
    actions = [pick(each, "Type", "TargetGroupArn") for each in found.get("DefaultActions", ())]
    certificate = only(found, "Certificates") or {}
    return {
        **pick(found, "Protocol", "Port", "LoadBalancerArn"),
        **(pick(found, "SslPolicy") if found.get("Protocol") in ENCRYPTED else {}),
        **pick(certificate, "CertificateArn"),
        "defaultActions": actions,
        "tags": _balancer_tags(elb, node),
    }


def _attributes(answer: Mapping[str, Any]) -> Mapping[str, str]:
    return {each["Key"]: each["Value"] for each in answer["Attributes"]}


def _balancer_tags(elb: Any, node: Node) -> Props:
    return tags((only(elb.describe_tags(ResourceArns=[node.id]), "TagDescriptions") or {}).get("Tags"))


def _zone(route53: Any, node: Node) -> Props:
    found = route53.get_hosted_zone(Id=node.id)
    vpcs = [{"vpcId": each["VPCId"], "vpcRegion": each["VPCRegion"]} for each in found.get("VPCs", ())]
    told = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=node.id)
    return {"vpcs": vpcs, "tags": tags(told["ResourceTagSet"]["Tags"])}


def _budget(budgets: Any, node: Node) -> Props:
    account, _, name = (node.id or "").partition(":")
    found = budgets.describe_budget(AccountId=account, BudgetName=name)["Budget"]
    limit = found.get("BudgetLimit", {})
    told = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
    return {
        **pick(found, "BudgetType", "TimeUnit"),
        "limitAmount": str(limit.get("Amount", "")).removesuffix(".0"),
        "limitUnit": limit.get("Unit"),
        "notifications": attempted(lambda: [_notification(budgets, account, name, each) for each in told]),
    }


def _notification(budgets: Any, account: str, name: str, found: Mapping[str, Any]) -> Props:
    told = budgets.describe_subscribers_for_notification(AccountId=account, BudgetName=name, Notification=found)
    by_kind = {"EMAIL": "subscriberEmailAddresses", "SNS": "subscriberSnsTopicArns"}
    to = {
        ours: [each["Address"] for each in told["Subscribers"] if each["SubscriptionType"] == kind]
        for kind, ours in by_kind.items()
    }
    threshold = found["Threshold"]
    return {
        **pick(found, "ComparisonOperator", "NotificationType", "ThresholdType"),
        "threshold": int(threshold) if float(threshold).is_integer() else threshold,
        **{kind: addresses for kind, addresses in to.items() if addresses},
    }


CLUSTER_FIXED = (
    "accessConfig",
    "bootstrapSelfManagedAddons",
    "kubernetesNetworkConfig",
    "upgradePolicy",
    "zonalShiftConfig",
)
DOMAIN_FIXED = (
    "autoTuneOptions",
    "domainName",
    "ebsOptions",
    "ipAddressType",
    "offPeakWindowOptions",
    "softwareUpdateOptions",
)
BALANCER_FIXED = (
    "clientKeepAlive",
    "desyncMitigationMode",
    "dnsRecordClientRoutingPolicy",
    "dropInvalidHeaderFields",
    "enableCrossZoneLoadBalancing",
    "enableHttp2",
    "enableTlsVersionAndCipherSuiteHeaders",
    "enableWafFailOpen",
    "enableXffClientPort",
    "enableZonalShift",
    "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    "idleTimeout",
    "ipAddressType",
    "preserveHostHeader",
    "xffHeaderProcessingMode",
)
TARGET_FIXED = (
    "connectionTermination",
    "deregistrationDelay",
    "lambdaMultiValueHeadersEnabled",
    "preserveClientIp",
    "proxyProtocolV2",
    "slowStart",
)

READERS: Mapping[str, Reader] = {
    "aws:eks/cluster:Cluster": reader("eks", _cluster, *CLUSTER_FIXED),
    "aws:eks/nodeGroup:NodeGroup": reader("eks", _node_group, "nodeGroupName", "nodeGroupNamePrefix"),
    "aws:opensearch/domain:Domain": reader("opensearch", _domain, *DOMAIN_FIXED),
    "aws:ecr/repository:Repository": reader("ecr", _repository, "forceDelete"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": reader("ecr", _repository_policy, "repository"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": reader("ecr", _repository_lifecycle, "repository"),
    "aws:cloudtrail/trail:Trail": reader("cloudtrail", _trail, "insightSelectors"),
    "aws:guardduty/detector:Detector": reader("guardduty", _detector),
    "aws:guardduty/detectorFeature:DetectorFeature": reader("guardduty", _detector_feature, "additionalConfigurations"),
    "aws:lb/loadBalancer:LoadBalancer": reader("elbv2", _balancer, *BALANCER_FIXED),
    "aws:lb/targetGroup:TargetGroup": reader("elbv2", _target_group, *TARGET_FIXED),
    "aws:lb/listener:Listener": reader("elbv2", _listener),
    "aws:route53/zone:Zone": reader("route53", _zone, "comment", everywhere=True),
    "aws:budgets/budget:Budget": reader(
        "budgets", _budget, "timePeriodStart", "timePeriodEnd", "costFilters", everywhere=True
    ),
}
