"""What of a keep is made first, so that images and models have a place: registry, bucket of models, and their keys."""

from collections.abc import Iterator

from codekeep_contracts.roles import BucketRole

from policies.graph.model import STACK_TYPE, Node, ResourceGraph

REGISTRY = "codekeep:image_registry:ImageRegistry"
BUCKET = "codekeep:bucket:KeepBucket"


def foundation(graph: ResourceGraph) -> frozenset[str]:
    """URNs of the registry and the bucket of models, and of all that they need."""
    found: set[str] = set()
    waiting = list(_first(graph))
    while waiting:
        node = waiting.pop()
        if node.urn not in found:
            found.add(node.urn)
            above = [node.parent] if node.parent else []
            waiting += [each for urn in (*above, *graph.needs(node)) if (each := graph.get(urn)) is not None]
    return frozenset(urn for urn in found if graph.node(urn).type != STACK_TYPE)


def _first(graph: ResourceGraph) -> Iterator[Node]:
    for component in graph.components:
        if component.type == REGISTRY or (component.type == BUCKET and _is_models(component)):
            yield from (component, *graph.descendants(component.urn))


def _is_models(component: Node) -> bool:
    return component.name.endswith(f"-{BucketRole.MODELS}")
