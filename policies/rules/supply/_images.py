"""Container images, wherever AWS and Kubernetes resources name them."""

from collections.abc import Iterator, Mapping

from policies.conditions import Condition
from policies.graph import Node
from policies.rule import Finding, Rule
from policies.rules.kubernetes._pods import POD_PATHS, each_container

IMAGE_PATHS: Mapping[str, tuple[str, ...]] = {
    "aws:lambda/function:Function": ("imageUri",),
    "aws:ecs/taskDefinition:TaskDefinition": ("containerDefinitions|[*].image",),
    "aws:batch/jobDefinition:JobDefinition": ("containerProperties|image",),
    "aws:sagemaker/model:Model": ("primaryContainer.image", "containers[*].image"),
    "aws:apprunner/service:Service": ("sourceConfiguration.imageRepository.imageIdentifier",),
}
HOLDERS = (*POD_PATHS, *IMAGE_PATHS)


def require_of_images(rule: Rule, node: Node, condition: Condition) -> Iterator[Finding]:
    """Every image that a resource names must satisfy the condition; one that is not known is undecided."""
    if node.type in POD_PATHS:
        yield from each_container(
            rule, node, lambda container: rule.expect(node, container.at("image"), condition, optional=True)
        )
    for path in IMAGE_PATHS.get(node.type, ()):
        yield from rule.require(node, path, condition, optional=True)
