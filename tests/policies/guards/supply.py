"""Guards of the supply rules."""

from collections.abc import Mapping

from tests.policies.guards.guard import Break, Guard
from tests.policies.guards.pods import container_guards

BY_TAG = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/codekeep/gateway:1.2"
OTHER_REGISTRY = f"docker.io/library/python@sha256:{'0' * 64}"
OTHER_REGION = f"999988887777.dkr.ecr.us-east-1.amazonaws.com/base@sha256:{'0' * 64}"
LATEST = "resolve:ssm:/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/recommended/image_id"
TASK = {"family": "task", "containerDefinitions": f'[{{"name": "task", "image": "{BY_TAG}"}}]'}
UNPINNED = {"settings.json": '{"models": [{"role": "chat", "name": "Qwen/Qwen2.5-Coder-7B"}]}'}

GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "addon-versions": (
        Guard("aws:eks/addon:Addon", "addonVersion", breaks=(Break.REMOVE,), values=("latest", "v1.21")),
    ),
    "chart-versions": (
        Guard(
            "kubernetes:helm.sh/v3:Release",
            "version",
            breaks=(Break.REMOVE,),
            values=("^1.2.0", "1.x", "latest"),
        ),
        Guard("kubernetes:helm.sh/v3:Release", add=({"chart": "agent"}, {"chart": "agent", "version": ">=1.0.0"})),
    ),
    "cluster-version": (
        Guard("aws:eks/cluster:Cluster", "version", breaks=(Break.REMOVE,), values=("1.24", "latest")),
        Guard("aws:eks/nodeGroup:NodeGroup", "version", values=("1.24", "latest")),
    ),
    "git-pins": container_guards(
        "args",
        values=(
            ["-c", "git clone https://git.example/tools.git && make -C tools run"],
            ["-c", "pip install git+https://git.example/tools.git@main"],
        ),
    ),
    "image-digests": (
        *container_guards(
            "image",
            values=(
                BY_TAG,
                f"{BY_TAG}@sha256:0123",
                "docker.io/library/python:latest",
            ),
        ),
        Guard(
            "aws:lambda/function:Function",
            add=(
                {
                    "packageType": "Image",
                    "imageUri": BY_TAG,
                },
            ),
        ),
        Guard("aws:ecs/taskDefinition:TaskDefinition", add=(TASK,)),
    ),
    "image-registries": (
        *container_guards(
            "image",
            values=(
                OTHER_REGISTRY,
                OTHER_REGION,
            ),
        ),
        Guard(
            "aws:lambda/function:Function",
            add=(
                {
                    "packageType": "Image",
                    "imageUri": OTHER_REGION,
                },
            ),
        ),
        Guard(
            "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
            add=({"ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io"},),
        ),
    ),
    "model-revisions": (
        Guard("kubernetes:core/v1:ConfigMap", "data", values=(UNPINNED,)),
        *container_guards("args", values=(["--model", "Qwen/Qwen2.5-Coder-7B", "--revision", "main"],)),
        *container_guards("env", values=([{"name": "HF_MODEL_ID", "value": "Qwen/Qwen2.5-Coder-7B"}],)),
    ),
    "node-images": (
        Guard("aws:eks/nodeGroup:NodeGroup", "releaseVersion", breaks=(Break.REMOVE,), values=("latest", "1.34")),
        Guard(
            "aws:ec2/launchTemplate:LaunchTemplate",
            "imageId",
            values=(
                LATEST,
                "resolve:ssm:/golden/image",
                "latest",
            ),
        ),
        Guard(
            "aws:ec2/instance:Instance",
            add=({"ami": LATEST},),
        ),
        Guard(
            "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
            add=({"spec": {"amiSelectorTerms": [{"alias": "al2023@latest"}]}},),
        ),
    ),
    "registry-immutable-tags": (
        Guard("aws:ecr/repository:Repository", "imageTagMutability", breaks=(Break.REMOVE,), values=("MUTABLE",)),
    ),
    "registry-scan-on-push": (
        Guard(
            "aws:ecr/repository:Repository",
            "imageScanningConfiguration.scanOnPush",
            breaks=(Break.REMOVE, Break.FLIP),
            when=lambda facts: facts.tier != "premium",  # alone in its account: the registry scans every push
        ),
    ),
    "remote-code": (
        Guard("kubernetes:core/v1:ConfigMap", "data", values=({"engine.yaml": "trust_remote_code: true"},)),
        *container_guards("args", values=(["--trust-remote-code"], ["-c", "curl https://get.example/i.sh | sh"])),
        *container_guards("env", values=([{"name": "TRUST_REMOTE_CODE", "value": "true"}],)),
    ),
}
