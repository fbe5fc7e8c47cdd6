"""The reference images: what each is for, stands on, holds and runs. All of images/<name>/ is made from this."""

from dataclasses import dataclass
from enum import StrEnum

from codekeep_contracts import commands

from images import bases, matrix
from images.bases import Base
from images.matrix import Stack
from images.requirements import EMBED, FETCH, FINETUNE, PLATFORM, distribution

USER = "65532:65532"  # numeric, so that Kubernetes can tell that it is not root
WRITABLE = ("/tmp", "/var/cache/codekeep")  # noqa: S108 - mounts of the container; all else is read-only
SNAPSHOT = "20261122T000000Z"  # of snapshot.debian.org: every package below, and all it pulls in, as of then
ENGINE_PORT = 8000
HELP = ("--help",)  # what a container prints where its pod gives no command


class Kind(StrEnum):
    CPU = "cpu"  # ends on a distroless base: no shell, no package manager
    CUDA = "cuda"  # our own wheels for the baseline CUDA
    SERVING = "serving"  # an engine's own release image, untouched, with ours beside it


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Debian package at one version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}={self.version}"


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image of linux/amd64. `variant` is empty, or names another engine under the same name."""

    name: str
    title: str
    kind: Kind
    base: Base  # of the last stage
    roles: tuple[str, ...]  # workloads that run from it
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    beside: tuple[str, ...] = ()  # what it asks of PyPI beside the runtime, which all hold but those that serve
    stack: Stack | None = None
    packages: tuple[Package, ...] = ()
    health_url: str | None = None  # None: a job, healthy while its process runs
    environment: tuple[tuple[str, str], ...] = ()
    variant: str = ""
    platform: str = PLATFORM

    def __post_init__(self) -> None:
        if (self.stack is None) != (self.kind is Kind.CPU):
            raise ValueError(f"{self.name}: a CUDA stack belongs to an image with a GPU, and to no other")
        if self.name.endswith("-cu12") and self.stack is None:
            raise ValueError(f"{self.name}: a name ending in -cu12 promises a CUDA stack")

    @property
    def folder(self) -> str:
        return f"images/{self.name}"

    @property
    def dockerfile(self) -> str:
        return f"{self.folder}/Dockerfile{f'.{self.variant}' if self.variant else ''}"

    @property
    def sbom(self) -> str:
        return f"{self.folder}/sbom{f'.{self.variant}' if self.variant else ''}.cdx.json"

    @property
    def requirements(self) -> tuple[str, ...]:
        return self.beside if self.kind is Kind.SERVING else (*distribution(), *self.beside)

    @property
    def lock(self) -> str:
        return f"{self.folder}/requirements.txt"

    @property
    def label(self) -> str:
        """`code-copilot-serve-cu12`, or `code-copilot-serve-cu12 (vllm)`."""
        return f"{self.name} ({self.variant})" if self.variant else self.name


GIT = Package(name="git", version="1:2.47.3-0+deb13u1")
SSH = Package(name="openssh-client", version="1:10.0p1-7+deb13u4")
WGET = Package(name="wget", version="1.25.0-2")  # KubeRay's probes of a Ray container call it
RUNTIME = ("/opt/codekeep/bin/codekeep-runtime",)
HEALTH = f"http://127.0.0.1:{ENGINE_PORT}/health"
OFFLINE = (("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_OFFLINE", "1"), ("HF_HUB_DISABLE_TELEMETRY", "1"))
NO_USAGE_REPORTS = (*OFFLINE, ("DO_NOT_TRACK", "1"))


def _serving(
    name: str,
    title: str,
    roles: tuple[str, ...],
    base: Base = bases.TENSORRT_LLM,
    stack: Stack = matrix.TRTLLM,
) -> Image:
    return Image(
        name=name,
        title=title,
        kind=Kind.SERVING,
        base=base,
        stack=stack,
        roles=roles,
        beside=FETCH,
        entrypoint=("trtllm-serve",),
        command=("--help",),
        health_url=HEALTH,
        environment=NO_USAGE_REPORTS,
    )


def _with_vllm(image: Image, *more_roles: str) -> Image:
    return Image(
        name=image.name,
        title=f"{image.title}, on vLLM",
        kind=Kind.SERVING,
        base=bases.VLLM,
        stack=matrix.VLLM,
        roles=(*image.roles, *more_roles),
        beside=image.beside,
        entrypoint=("vllm", "serve"),
        command=("--help",),
        health_url=HEALTH,
        environment=(*NO_USAGE_REPORTS, ("VLLM_NO_USAGE_STATS", "1")),
        variant="vllm",
    )


COPILOT = _serving("code-copilot-serve-cu12", "Chat endpoint", ("chat",))
AUTOCOMPLETE = _serving("code-autocomplete-serve-cu12", "Autocomplete endpoint", ("autocomplete",))

IMAGES = (
    Image(
        name="code-ingest-parse",
        title="Mirrors and parses repositories; receives webhooks",
        kind=Kind.CPU,
        base=bases.DISTROLESS,
        roles=("ingest", "webhooks"),
        packages=(GIT, SSH),
        entrypoint=RUNTIME,
        command=HELP,
    ),
    Image(
        name="code-embed-index-cu12",
        title="Embeds chunks and writes the index, on Ray",
        kind=Kind.CUDA,
        base=bases.PYTHON,
        stack=matrix.TORCH,
        roles=("embed-index",),
        beside=EMBED,
        packages=(WGET,),
        entrypoint=(),  # KubeRay gives the command
        command=(*RUNTIME, *commands.INDEX_WORKER.args()),
        environment=(*NO_USAGE_REPORTS, ("RAY_USAGE_STATS_ENABLED", "0")),
    ),
    Image(
        name="code-symbol-index",
        title="Builds the graph of symbols",
        kind=Kind.CPU,
        base=bases.DISTROLESS,
        roles=("symbols",),
        packages=(GIT,),
        entrypoint=RUNTIME,
        command=HELP,
    ),
    COPILOT,
    AUTOCOMPLETE,
    Image(
        name="code-batch-review",
        title="Reviews changes from the queue; the gateway and the evals run from it too",
        kind=Kind.CPU,
        base=bases.DISTROLESS,
        roles=("review", "gateway", "evals"),
        packages=(GIT,),
        entrypoint=RUNTIME,
        command=commands.SERVE.args(),
    ),
    Image(
        name="code-finetune-cu12",
        title="Trains adapters, from checkpoint to checkpoint",
        kind=Kind.CUDA,
        base=bases.PYTHON,
        stack=matrix.TORCH,
        roles=("finetune",),
        beside=FINETUNE,
        entrypoint=RUNTIME,
        command=HELP,
        environment=(*NO_USAGE_REPORTS, ("TORCHDYNAMO_DISABLE", "1")),  # no compiler in the image
    ),
    _serving(
        "compat",
        "Serving on the last TensorRT-LLM whose CUDA is 12",
        ("chat", "autocomplete"),
        base=bases.TENSORRT_LLM_COMPAT,
        stack=matrix.TRTLLM_COMPAT,
    ),
)
VARIANTS = (  # TensorRT-LLM 1.2 serves neither embeddings nor re-ranking
    _with_vllm(COPILOT, "embed", "rerank"),
    _with_vllm(AUTOCOMPLETE),
)
BUILDS = (*IMAGES, *VARIANTS)


def find(name: str, variant: str = "") -> Image:
    """ValueError names the images there are."""
    for image in BUILDS:
        if (image.name, image.variant) == (name, variant):
            return image
    asked = f"{name} ({variant})" if variant else name
    raise ValueError(f"there is no image {asked}; allowed: {', '.join(image.label for image in BUILDS)}")
