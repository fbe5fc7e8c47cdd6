"""Listeners of load balancers."""

from awsread.services.lb import ACTION_NAMES, IDLE_TIMEOUT, LISTENER
from sandbox.aws.resource import Api, Props
from sandbox.aws.services.live import LiveResource
from sandbox.aws.services.requests import call

MOTO_MODIFIES = ("HTTP", "HTTPS", "TCP")  # moto accepts other protocols at creation only,
BEYOND_MOTO = frozenset({"protocol", "certificateArn", "sslPolicy"})  # so these are in the ledger after a change


class Listener(LiveResource):
    """A listener. The ledger has its balancer, so that the target group does not report it as drift."""

    token = LISTENER
    service = "elbv2"
    creation = ("create_listener", "Listeners.0.ListenerArn")
    deletion = ("delete_listener", "ListenerArn")
    names = {**ACTION_NAMES, "loadBalancerArn": "LoadBalancerArn"}
    in_ledger = frozenset({"alpnPolicy", "mutualAuthentication"})

    def make(self, api: Api, inputs: Props) -> str:
        return super().make(api, self._arguments(inputs))

    def configure(self, api: Api, id: str, inputs: Props) -> None:
        if inputs.get("tcpIdleTimeoutSeconds"):
            self._set_idle_timeout(api, id, inputs["tcpIdleTimeoutSeconds"])

    def owner_facts(self, found: Props) -> Props:
        return {"loadBalancerArn": found["loadBalancerArn"]}

    def change(self, api: Api, id: str, old: Props, new: Props, changed: frozenset[str]) -> None:
        arguments = self._arguments({name: new.get(name) for name in (changed | {"defaultActions"}) - {"tags"}})
        if new.get("protocol", "TCP") not in MOTO_MODIFIES:
            arguments = {name: value for name, value in arguments.items() if name not in ("protocol", "certificates")}
            self.note(api, id, **{name: new.get(name) for name in BEYOND_MOTO & changed})
        call(api.client("elbv2"), "modify_listener", arguments, self.names, ListenerArn=id)
        if "tcpIdleTimeoutSeconds" in changed:
            self._set_idle_timeout(api, id, new.get("tcpIdleTimeoutSeconds", 350))
        self.retag(api, id, old, new)

    def _arguments(self, inputs: Props) -> Props:
        certificate, alpn = inputs.get("certificateArn"), inputs.get("alpnPolicy")
        return {
            **{name: value for name, value in inputs.items() if name != "mutualAuthentication"},
            "certificates": [{"certificateArn": certificate}] if certificate else None,
            "alpnPolicy": [alpn] if alpn else None,
        }

    def _set_idle_timeout(self, api: Api, id: str, seconds: int) -> None:
        attributes = [{"Key": IDLE_TIMEOUT, "Value": str(seconds)}]
        api.client("elbv2").modify_listener_attributes(ListenerArn=id, Attributes=attributes)
