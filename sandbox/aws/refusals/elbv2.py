"""What Elastic Load Balancing refuses of listeners and target groups."""

from sandbox.aws.refusals.refusal import Call, Words, refusal

PROTOCOLS = {
    "application": frozenset({"HTTP", "HTTPS"}),
    "network": frozenset({"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}),
}
ENCRYPTED = frozenset({"HTTPS", "TLS"})


@refusal(
    "elbv2",
    "CreateListener",
    code="CertificateNotFound",
    source="botocore 1.44.5, elbv2 CreateListenerInput.Certificates: You must provide exactly one certificate",
)
def certificate_of_listener(call: Call) -> Words:
    if call.get("Protocol") in ENCRYPTED and len(call.items("Certificates")) != 1:
        return f"A certificate must be specified for {call.get('Protocol')} listeners"
    return None


@refusal(
    "elbv2",
    "CreateListener",
    code="ValidationError",
    source=(
        "botocore 1.44.5, elbv2 CreateListenerInput.Protocol: For Network Load Balancers, the supported protocols "
        "are TCP, TLS, UDP"
    ),
)
def protocol_of_load_balancer(call: Call) -> Words:
    arns = [call.get("LoadBalancerArn")]
    found = call.client("elbv2").describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"]
    allowed = PROTOCOLS.get(found[0]["Type"]) if found else None
    if allowed is None or call.get("Protocol") in allowed:
        return None
    return f"Protocol '{call.get('Protocol')}' must be one of: {', '.join(sorted(allowed))}"


@refusal(
    "elbv2",
    "CreateListener",
    code="ValidationError",
    source="botocore 1.44.5, elbv2 CreateListenerInput.SslPolicy: [HTTPS and TLS listeners]",
)
def security_policy_without_tls(call: Call) -> Words:
    if call.get("SslPolicy") and call.get("Protocol") not in ENCRYPTED:
        return f"A security policy cannot be specified for {call.get('Protocol')} listeners"
    return None


@refusal(
    "elbv2",
    "CreateTargetGroup",
    "ModifyTargetGroup",
    code="ValidationError",
    source="Elastic Load Balancing user guide, Health checks: the timeout is shorter than the interval",
)
def health_check_timeout(call: Call) -> Words:
    interval, timeout = call.get("HealthCheckIntervalSeconds"), call.get("HealthCheckTimeoutSeconds")
    if interval is None or timeout is None or timeout < interval:
        return None
    if timeout == interval and call.get("Protocol") not in PROTOCOLS["application"]:
        return None  # a Network Load Balancer's own defaults are 10 and 10
    return "Health check interval must be greater than the timeout."
