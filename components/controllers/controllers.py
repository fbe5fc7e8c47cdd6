"""The cluster's controllers: what scales, balances, and runs what the release only describes.

One set in each cluster, a keep's own or a platform's. Namespaces, traffic and definitions come first, and the pods of a
controller after everything else of it. Whatever uses its kinds must depend on the component.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from codekeep_contracts.images import ControllerImage

from components.controllers.charts import CHARTS, Chart
from components.controllers.namespaces import ControllerNamespaces
from components.controllers.objects import KubernetesObject, Object, definition, filled, rendered
from components.controllers.traffic import ControllerTraffic, ControllerTrafficArgs
from components.naming import Keep
from components.network.network_ref import NetworkRef

RUNNING = ("Deployment", "DaemonSet")
FIRST = "Job"  # makes what the running pods need


@dataclass(frozen=True, kw_only=True)
class ControllersArgs:
    """`images` are in the keep's registry, by digest."""

    keep: Keep
    cluster_name: pulumi.Input[str]
    network: NetworkRef
    images: Mapping[ControllerImage, pulumi.Input[str]]
    after: Sequence[pulumi.Resource] = ()  # what pods need: nodes, and the roles of their accounts

    def __post_init__(self) -> None:
        wanted = {name for chart in CHARTS for name in chart.images.values()}
        if missing := sorted(wanted - self.images.keys()):
            raise ValueError(f"images must have every image of the charts; missing: {', '.join(missing)}")


class Controllers(pulumi.ComponentResource):
    """All of them. Needs the Kubernetes provider of the cluster."""

    def __init__(self, name: str, args: ControllersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("codekeep:controllers:Controllers", name, None, opts)
        self._name, self._args, child = name, args, pulumi.ResourceOptions(parent=self)

        namespaces = ControllerNamespaces(f"{name}-namespaces", opts=child)
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespaces])
        traffic = ControllerTraffic(f"{name}-traffic", ControllerTrafficArgs(network=args.network), opts=inside)
        for chart in CHARTS:
            self._install(chart, [namespaces, traffic])

        self.register_outputs({"versions": {chart.name: chart.version for chart in CHARTS}})

    def _install(self, chart: Chart, after: list[pulumi.Resource]) -> None:
        args, objects = self._args, rendered(chart.name)
        values = {"cluster": args.cluster_name, "region": args.keep.region, "vpc": args.network.vpc_id}
        images = {reference: args.images[name] for reference, name in chart.images.items()}
        definitions: list[pulumi.Resource] = [self._create(definition(each), after) for each in chart.definitions]
        others = [each for each in objects if each["kind"] not in (*RUNNING, FIRST)]
        ready = [*args.after, *after, *definitions, *(self._create(each, after) for each in others)]
        for kinds in ((FIRST,), RUNNING):
            found = [each for each in objects if each["kind"] in kinds]
            ready = [*ready, *(self._create(filled(each, values, images), ready) for each in found)]

    def _create(self, written: Object, after: list[pulumi.Resource]) -> KubernetesObject:
        label = f"{self._name}-{written['kind'].lower()}-{written['metadata']['name']}"
        return KubernetesObject(label, written, pulumi.ResourceOptions(parent=self, depends_on=after))
