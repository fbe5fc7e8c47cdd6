"""Guards of the cost rules."""

from collections.abc import Mapping

from policies.rules.cost import cost_tags
from policies.rules.cost.job_bounds import SPECS
from policies.rules.cost.scaler_bounds import PATHS
from tests.policies.guards.guard import Break, Guard

GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "budget-alerts": (
        Guard("aws:budgets/budget:Budget", "limitAmount", breaks=(Break.REMOVE,), values=("999999999", "lots")),
        Guard("aws:budgets/budget:Budget", "limitUnit", values=("GB",)),
        Guard("aws:budgets/budget:Budget", "timeUnit", values=("ANNUALLY",)),
        Guard("aws:budgets/budget:Budget", "notifications", breaks=(Break.REMOVE,), values=([],)),
        Guard(
            "aws:budgets/budget:Budget",
            "notifications",
            values=(
                [{"notificationType": "ACTUAL", "threshold": 80, "thresholdType": "PERCENTAGE"}],
                [
                    {
                        "notificationType": "ACTUAL",
                        "threshold": 200,
                        "thresholdType": "PERCENTAGE",
                        "subscriberEmailAddresses": ["a@keep.example"],
                    }
                ],
            ),
        ),
    ),
    "budget-exists": (Guard("aws:budgets/budget:Budget", "budgetType", values=("USAGE",), drop=True),),
    "capped-services": (
        Guard("aws:opensearch/domain:Domain", "clusterConfig.instanceCount", values=(200,)),
        Guard("aws:opensearch/domain:Domain", "ebsOptions.volumeSize", values=(20000,)),
        Guard("aws:opensearch/domain:Domain", "ebsOptions.iops", values=(64000,)),
        Guard(
            "aws:dynamodb/table:Table",
            add=(
                {"billingMode": "PAY_PER_REQUEST"},
                {"billingMode": "PAY_PER_REQUEST", "onDemandThroughput": {"maxReadRequestUnits": -1}},
            ),
        ),
        Guard("aws:ebs/volume:Volume", add=({"type": "io2", "iops": 256000},)),
        Guard("aws:rds/cluster:Cluster", add=({"serverlessv2ScalingConfiguration": {"maxCapacity": 256}},)),
    ),
    "search-volumes": (
        Guard("aws:opensearch/domain:Domain", "ebsOptions.throughput", values=(125,)),
        Guard("aws:opensearch/domain:Domain", "ebsOptions.iops", values=(100,)),
        Guard("aws:opensearch/domain:Domain", "ebsOptions.volumeSize", values=(6_000,)),
    ),
    "cost-tags": (
        *(Guard(type_, "tags", breaks=(Break.REMOVE,), values=({"Name": "x"},)) for type_ in cost_tags.RULE.applies_to),
        Guard("aws:ec2/launchTemplate:LaunchTemplate", "tagSpecifications", breaks=(Break.REMOVE,)),
        Guard("aws:ec2/launchTemplate:LaunchTemplate", "tagSpecifications[*].tags", breaks=(Break.REMOVE,)),
    ),
    "gpu-cap": (
        Guard(
            "aws:eks/nodeGroup:NodeGroup",
            add=(
                {"instanceTypes": ["p5.48xlarge"], "scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 100}},
            ),
        ),
    ),
    "held-capacity": (
        Guard("aws:ec2/capacityReservation:CapacityReservation", "instanceCount", values=(10000,)),
        Guard("aws:ec2/capacityReservation:CapacityReservation", "instanceType", values=("u7i-12tb.224xlarge",)),
        Guard("aws:ec2/dedicatedHost:DedicatedHost", "instanceType", values=("u7i-12tb.224xlarge",)),
    ),
    "job-bounds": (
        *(
            Guard(type_, f"{spec}.activeDeadlineSeconds", breaks=(Break.REMOVE,), values=(10**9,))
            for type_, spec in SPECS.items()
        ),
        *(Guard(type_, f"{spec}.backoffLimit", values=(1000,)) for type_, spec in SPECS.items()),
        Guard("kubernetes:batch/v1:Job", "spec.ttlSecondsAfterFinished", values=(10**9,)),
        Guard("kubernetes:ray.io/v1:RayJob", "spec.ttlSecondsAfterFinished", breaks=(Break.REMOVE,)),
        Guard("kubernetes:batch/v1:CronJob", "spec.concurrencyPolicy", breaks=(Break.REMOVE,), values=("Allow",)),
        Guard("kubernetes:batch/v1:CronJob", "spec.successfulJobsHistoryLimit", values=(500,)),
        Guard("kubernetes:batch/v1:CronJob", "spec.failedJobsHistoryLimit", values=(500,)),
    ),
    "nat-gateways": (Guard("aws:ec2/natGateway:NatGateway", "subnetId", breaks=(Break.REMOVE,)),),
    "pool-bounds": (
        Guard("aws:eks/nodeGroup:NodeGroup", "scalingConfig", breaks=(Break.REMOVE,)),
        Guard("aws:eks/nodeGroup:NodeGroup", "scalingConfig.maxSize", breaks=(Break.REMOVE,), values=(0, 10000)),
        Guard("aws:eks/nodeGroup:NodeGroup", "scalingConfig.minSize", values=(9999,)),
        Guard("aws:autoscaling/group:Group", add=({"minSize": 1}, {"minSize": 1, "maxSize": 5000})),
        Guard("kubernetes:karpenter.sh/v1:NodePool", add=({"spec": {"template": {}}},)),
    ),
    "scaler-bounds": (
        *(Guard(type_, most, breaks=(Break.REMOVE,), values=(0, 5000)) for type_, (_, most) in PATHS.items()),
        Guard(
            "kubernetes:ray.io/v1:RayCluster",
            "spec.workerGroupSpecs[*].maxReplicas",
            breaks=(Break.REMOVE,),
            values=(5000,),
        ),
    ),
}
