"""Container images wherever AWS and Kubernetes resources name them."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from policies.graph import Node
from policies.reading import Found
from policies.rule import Finding, Rule
from policies.rules.kubernetes._pods import POD_PATHS, each_container

LAMBDA = "aws:lambda/function:Function"
ECS_TASK = "aws:ecs/taskDefinition:TaskDefinition"
BATCH_JOB = "aws:batch/jobDefinition:JobDefinition"

IMAGE_PATHS: Mapping[str, tuple[str, ...]] = {
    LAMBDA: ("imageUri",),
    ECS_TASK: ("containerDefinitions|[*].image",),
    BATCH_JOB: ("containerProperties|image",),
    "aws:sagemaker/model:Model": ("primaryContainer.image", "containers[*].image"),
    "aws:apprunner/service:Service": ("sourceConfiguration.imageRepository.imageIdentifier",),
}
HOLDERS = (*POD_PATHS, *IMAGE_PATHS)


def each_image(rule: Rule, node: Node, judge: Callable[[Found], Iterable[Finding]]) -> Iterator[Finding]:
    """What `judge` says of every image a resource names; one that is not known is undecided."""
    if node.type in POD_PATHS:
        yield from each_container(rule, node, lambda container: rule.decide(node, container.at("image"), judge))
        return
    for path in IMAGE_PATHS[node.type]:
        yield from rule.each(node, path, judge)
