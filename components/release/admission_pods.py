"""What a pod of a keep must be: of the keep's registry by digest, on its own nodes, under its own account, discreet.

The expressions judge pods, whatever made them, and the objects that hold their template, so that a faulty Deployment is
refused itself and not only its pods, silently, later.
"""

from codekeep_contracts.log_switches import CONTENT, HARMLESS, LOGS, OFF, TRACING

from components.compute.kubernetes_access import LABEL_PREFIX
from components.compute.pool import PoolRole
from components.identity.workload import Workload
from components.naming import Keep, Tier
from components.release.admission_policy import Policy, Rule, Validation, text
from components.release.flows import RAY_HEAD
from components.release.labels import TENANT, WORKLOAD
from components.release.log_switches import DEBUGGING, HARDWARE, LEVELS, TALKATIVE, TALKATIVE_LINE, words

ROLE = f"{LABEL_PREFIX}/role"
POD_IDENTITY_AUDIENCE = "pods.eks.amazonaws.com"
TAINTS = "^(codekeep\\.dev/role|nvidia\\.com/gpu|node\\.kubernetes\\.io/[a-z-]+)$"
VOLUMES = ("emptyDir", "configMap", "projected", "ephemeral", "downwardAPI")
OTHER_VOLUMES = ("hostPath", "secret", "persistentVolumeClaim", "csi", "nfs", "iscsi", "awsElasticBlockStore", "image")


def pod_policy(keep: Keep, registry_account_id: str) -> Policy:
    """For pods and for what makes them, in the keep's namespace."""
    return Policy(
        name="pods",
        rules=(
            Rule(resources=("pods", "podtemplates", "replicationcontrollers")),
            Rule(groups=("apps",), resources=("deployments", "replicasets", "statefulsets", "daemonsets")),
            Rule(groups=("batch",), resources=("jobs", "cronjobs")),
        ),
        conditions={"staying": "request.operation == 'CREATE' || !has(object.metadata.deletionTimestamp)"},
        variables=_variables(),
        validations=(
            *_images(keep, registry_account_id),
            *_identity(keep),
            *_placement(keep),
            *_discretion(),
            *_confinement(),
        ),
    )


def _variables() -> dict[str, str]:
    """The pod's template wherever it stands, and its containers of every sort."""
    return {
        "template": (
            "object.kind == 'Pod' ? object : "
            "object.kind == 'CronJob' ? object.spec.jobTemplate.spec.template : "
            "object.kind == 'PodTemplate' ? object.template : object.spec.template"
        ),
        "pod": "variables.template.spec",
        "labels": "has(variables.template.metadata.labels) ? variables.template.metadata.labels : {}",
        "containers": (
            "variables.pod.containers"
            " + (has(variables.pod.initContainers) ? variables.pod.initContainers : [])"
            " + (has(variables.pod.ephemeralContainers) ? variables.pod.ephemeralContainers : [])"
        ),
        "volumes": "has(variables.pod.volumes) ? variables.pod.volumes : []",
        "account": "has(variables.pod.serviceAccountName) ? variables.pod.serviceAccountName : 'default'",
    }


def _images(keep: Keep, registry_account_id: str) -> tuple[Validation, ...]:
    suffix = "\\.amazonaws\\.com\\.cn" if keep.region.startswith("cn-") else "\\.amazonaws\\.com"
    registry = f"^{registry_account_id}\\.dkr\\.ecr\\.{keep.region}{suffix}/"
    return (
        Validation(
            expression=f"variables.containers.all(c, c.image.matches({text(registry)}))",
            message=f"images must come from ECR of {registry_account_id} in {keep.region}",
        ),
        Validation(
            expression=f"variables.containers.all(c, c.image.matches({text('@sha256:[0-9a-f]{64}$')}))",
            message="images must be named by digest: repository@sha256:<64 hex digits>",
        ),
    )


def _identity(keep: Keep) -> tuple[Validation, ...]:
    workload, name = text(WORKLOAD), text(RAY_HEAD)
    is_head = f"variables.account == {name} && variables.labels[{workload}] == {text(Workload.INDEXER.value)}"
    tokens = (
        "variables.volumes.all(v, !has(v.projected) || !has(v.projected.sources) || v.projected.sources.all(s, "
        "!has(s.serviceAccountToken) || (has(s.serviceAccountToken.audience) && "
        f"s.serviceAccountToken.audience == {text(POD_IDENTITY_AUDIENCE)})))"
    )
    return (
        Validation(
            expression=f"{text(TENANT)} in variables.labels && variables.labels[{text(TENANT)}] == {text(keep.tenant)}",
            message=f"pods must carry the label {TENANT}: {keep.tenant}",
        ),
        Validation(
            expression=(
                f"{workload} in variables.labels && variables.labels[{workload}] in "
                f"{text([each.value for each in Workload])}"
            ),
            message=f"pods must carry the label {WORKLOAD} with one of the keep's workloads",
        ),
        # The label decides whom a pod reaches, the account what it may: they must belong together.
        Validation(
            expression=(
                f"{workload} in variables.labels && (variables.account == variables.labels[{workload}] || ({is_head}))"
            ),
            message=f"serviceAccountName must be the workload's own, as the label {WORKLOAD} says",
        ),
        Validation(
            expression=(
                f"variables.account == {name} || (has(variables.pod.automountServiceAccountToken) && "
                f"!variables.pod.automountServiceAccountToken && {tokens})"
            ),
            message="no token of the API server: automountServiceAccountToken must be false",
        ),
    )


def _placement(keep: Keep) -> tuple[Validation, ...]:
    selector = "has(variables.pod.nodeSelector)"
    roles = text([role.value for role in PoolRole])
    role = text(ROLE)
    placed = [
        Validation(
            expression=(
                f"{selector} && {role} in variables.pod.nodeSelector && variables.pod.nodeSelector[{role}] in {roles}"
            ),
            message=f"nodeSelector must name a pool's role: {ROLE}",
        ),
        Validation(
            expression="request.operation != 'CREATE' || !has(variables.pod.nodeName) || variables.pod.nodeName == ''",
            message="nodeName must not be set: it goes round the scheduler and its selectors",
        ),
        Validation(
            expression=(
                "!has(variables.pod.tolerations) || variables.pod.tolerations.all(t, "
                f"has(t.key) && t.key.matches({text(TAINTS)}))"
            ),
            message="tolerations must name taints of the keep's pools, and not every taint",
        ),
    ]
    if keep.tier is not Tier.POOLED:
        tenant = text(TENANT)
        placed.append(
            Validation(
                expression=(
                    f"{selector} && {tenant} in variables.pod.nodeSelector && "
                    f"variables.pod.nodeSelector[{tenant}] == {text(keep.tenant)}"
                ),
                message=f"nodeSelector must hold {TENANT}: {keep.tenant}: the keep runs on its own nodes",
            )
        )
    return tuple(placed)


def _discretion() -> tuple[Validation, ...]:
    """By name, as policies/rules/logging judges them."""
    env = "variables.containers.all(c, !has(c.env) || c.env.all(e, {}))"
    flags = (
        "variables.containers.all(c, ((has(c.command) ? c.command : []) + (has(c.args) ? c.args : []))"
        ".all(a, a.split(' ').all(w, {})))"
    )
    words_for_off = "|".join(OFF)
    off, ends_off = text(f"(?i)^({words_for_off})$"), text(f"(?i)=({words_for_off})$")
    logs, content, harmless = (text(words(each)) for each in (LOGS, CONTENT, HARMLESS))
    switch = f"(e.name.matches({logs}) && e.name.matches({content}) && !e.name.matches({harmless}))"
    named = f"(e.name in {text(sorted(TRACING))} || {switch})"
    flag = "w.split('=')[0]"
    shouts = (
        f"w.matches('^--?[A-Za-z]') && {flag}.matches({logs}) && {flag}.matches({content}) && "
        f"!{flag}.matches({harmless}) && !w.matches({ends_off})"
    )
    return (
        Validation(
            expression=env.format(
                f"!{named} || (has(e.value) && e.value.matches({off})) || (!has(e.value) && !has(e.valueFrom))"
            ),
            message="variables must not switch on the logging of prompts, requests or bodies",
        ),
        Validation(
            expression=flags.format(f"!({shouts})"),
            message="arguments must not switch on the logging of prompts, requests or bodies",
        ),
        Validation(
            expression=env.format(
                f"!e.name.matches({text(LEVELS)}) || (!has(e.valueFrom) && "
                f"(!has(e.value) || !e.value.matches({text(TALKATIVE)})))"
            ),
            message="variables must not set a log level of debug or trace",
        ),
        Validation(
            expression=env.format(
                f"!e.name.matches({text(DEBUGGING)}) || e.name.matches({text(HARDWARE)}) || "
                f"(!has(e.valueFrom) && (!has(e.value) || e.value.matches({off})))"
            ),
            message="variables must not switch on debugging",
        ),
        Validation(
            expression=(
                "variables.containers.all(c, !((has(c.command) ? c.command : []) + (has(c.args) ? c.args : []))"
                f".join(' ').matches({text(TALKATIVE_LINE)}))"
            ),
            message="arguments must not set a log level of debug or trace, or switch on debugging",
        ),
        Validation(
            expression=(
                "variables.containers.all(c, !has(c.envFrom) || size(c.envFrom) == 0) && "
                + env.format("!has(e.valueFrom) || !has(e.valueFrom.secretKeyRef)")
            ),
            message="variables must stand in the pod, and hold no secret: the runtime reads Secrets Manager itself",
        ),
    )


def _confinement() -> tuple[Validation, ...]:
    """What pod security leaves open."""
    other = " && ".join(f"!has(v.{each})" for each in OTHER_VOLUMES)
    kinds = " || ".join(f"has(v.{each})" for each in VOLUMES)
    return (
        Validation(
            expression=(
                "variables.containers.all(c, has(c.securityContext) && has(c.securityContext.readOnlyRootFilesystem) "
                "&& c.securityContext.readOnlyRootFilesystem)"
            ),
            message="containers must have a read-only root: securityContext.readOnlyRootFilesystem",
        ),
        Validation(
            expression=f"variables.volumes.all(v, ({kinds}) && {other})",
            message=f"volumes must be {', '.join(VOLUMES)}: nothing of the node's, and no Secret",
        ),
        Validation(
            expression=(
                "(!has(variables.pod.shareProcessNamespace) || !variables.pod.shareProcessNamespace) && "
                "variables.containers.all(c, (!has(c.stdin) || !c.stdin) && (!has(c.tty) || !c.tty))"
            ),
            message="containers must be closed: no shared processes, no stdin, no tty",
        ),
    )
