"""Listeners of load balancers."""

from typing import Any

from awsread.schema import schema_of
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.lb import LISTENER_TOKEN, retag_balancer, tags_of
from sandbox.aws.services.live import LiveResource, given, one, tag_list
from sandbox.aws.services.shapes import to_api, to_props

ACTION_NAMES = {
    "arn": "TargetGroupArn",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
    "duration": "DurationSeconds",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "jwtValidation": "JwtValidationConfig",
    "redirect": "RedirectConfig",
    "stickiness": "TargetGroupStickinessConfig",
    "targetGroupArn": "TargetGroupArn",
}
IDLE_TIMEOUT = "tcp.idle_timeout.seconds"
MOTO_MODIFIES = ("HTTP", "HTTPS", "TCP")  # other protocols it takes at creation only,
BEYOND_MOTO = frozenset({"protocol", "certificateArn", "sslPolicy"})  # so these are in the ledger after a change


class Listener(LiveResource):
    """A listener; the ledger names its balancer, so that the target group does not report it as a change."""

    token = LISTENER_TOKEN
    kept = frozenset({"alpnPolicy", "mutualAuthentication"})

    def make(self, api: Api, inputs: Props) -> str:
        answer = api.client("elbv2").create_listener(
            LoadBalancerArn=inputs["loadBalancerArn"],
            **self._arguments(api, inputs),
            **({"Tags": tag_list(inputs["tags"])} if inputs.get("tags") else {}),
        )
        return str(answer["Listeners"][0]["ListenerArn"])

    def settle(self, api: Api, id: str, inputs: Props) -> None:
        self.note(api, id, balancer=inputs["loadBalancerArn"])
        if inputs.get("tcpIdleTimeoutSeconds"):
            self._set_idle_timeout(api, id, inputs["tcpIdleTimeoutSeconds"])

    def look(self, api: Api, id: str, state: Props) -> Props | None:
        elb = api.client("elbv2")
        listener = one(elb.describe_listeners, "Listeners", ListenerArns=[id])
        if listener is None:
            return None
        certificates = listener.get("Certificates") or [{}]
        actions = schema_of(self.token).inputs.properties["defaultActions"]
        if "balancer" not in (noted := self.noted(api, id)):
            self.note(api, id, balancer=listener["LoadBalancerArn"])
        overridden = {name: noted[name] for name in BEYOND_MOTO if name in noted}
        protocol = listener.get("Protocol")
        return {
            "arn": id,
            "loadBalancerArn": listener["LoadBalancerArn"],
            "port": listener.get("Port"),
            "protocol": protocol,
            "sslPolicy": listener.get("SslPolicy") if protocol in ("HTTPS", "TLS") else None,
            "certificateArn": certificates[0].get("CertificateArn"),
            "defaultActions": to_props(listener["DefaultActions"], actions, ACTION_NAMES),
            "tcpIdleTimeoutSeconds": self._idle_timeout(elb, id) if protocol == "TCP" else None,
            "tags": tags_of(elb, id),
            **overridden,
        }

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        elb = api.client("elbv2")
        arguments = self._arguments(api, {name: new.get(name) for name in changed | {"defaultActions"}})
        protocol = new.get("protocol", "TCP")
        if protocol not in MOTO_MODIFIES:
            arguments = {key: value for key, value in arguments.items() if key not in ("Protocol", "Certificates")}
            self.note(api, id, **{name: new.get(name) for name in BEYOND_MOTO & changed})
        elb.modify_listener(ListenerArn=id, **arguments)
        if "tcpIdleTimeoutSeconds" in changed:
            self._set_idle_timeout(api, id, new.get("tcpIdleTimeoutSeconds", 350))
        retag_balancer(elb, id, old, new)

    def remove(self, api: Api, id: str, state: Props) -> None:
        api.client("elbv2").delete_listener(ListenerArn=id)

    def _arguments(self, api: Api, inputs: Props) -> Props:
        shape = api.client("elbv2").meta.service_model.shape_for("Actions")
        arguments = given(inputs, Port="port", Protocol="protocol", SslPolicy="sslPolicy")
        if inputs.get("certificateArn"):
            arguments["Certificates"] = [{"CertificateArn": inputs["certificateArn"]}]
        if inputs.get("alpnPolicy"):
            arguments["AlpnPolicy"] = [inputs["alpnPolicy"]]
        if inputs.get("defaultActions"):
            arguments["DefaultActions"] = to_api(inputs["defaultActions"], shape, ACTION_NAMES, "defaultActions")
        return arguments

    def _set_idle_timeout(self, api: Api, id: str, seconds: int) -> None:
        attributes = [{"Key": IDLE_TIMEOUT, "Value": str(seconds)}]
        api.client("elbv2").modify_listener_attributes(ListenerArn=id, Attributes=attributes)

    def _idle_timeout(self, elb: Any, id: str) -> int | None:
        answer = elb.describe_listener_attributes(ListenerArn=id)
        values = {item["Key"]: item["Value"] for item in answer["Attributes"]}
        return int(values[IDLE_TIMEOUT]) if IDLE_TIMEOUT in values else None
