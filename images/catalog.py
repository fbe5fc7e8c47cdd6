"""The reference images: what each is for, its base, its contents and its command. images/<name>/ is made from this."""

from dataclasses import dataclass, replace
from enum import StrEnum

from codekeep_contracts import commands
from codekeep_contracts.images import ImageName
from codekeep_contracts.pods import MODEL_PORT, SCRATCH_FOLDER

from images import bases, matrix
from images.bases import Base
from images.matrix import Stack
from images.requirements import EMBED, FETCH, FINETUNE, PLATFORM, distribution

USER = "65532:65532"  # numeric, so that Kubernetes can tell that it is not root
WRITABLE = ("/tmp", str(SCRATCH_FOLDER))  # noqa: S108 - mounts of the container; all else is read-only
SNAPSHOT = "20261122T000000Z"  # of snapshot.debian.org, for every package below and its dependencies
HELP = ("--help",)  # what a container prints where its pod gives no command


class Kind(StrEnum):
    CPU = "cpu"  # ends on a distroless base: no shell, no package manager
    CUDA = "cuda"  # our own wheels for the baseline CUDA
    SERVING = "serving"  # an engine's own release image, unchanged, with our libraries beside it


@dataclass(frozen=True, kw_only=True)
class Package:
    """A Debian package at one version."""

    name: str
    version: str

    def __str__(self) -> str:
        return f"{self.name}={self.version}"


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image for linux/amd64. `variant` is empty, or names another engine under the same name."""

    name: ImageName
    title: str
    kind: Kind
    base: Base  # the last stage's
    roles: tuple[str, ...]  # workloads that run from it
    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    libraries: tuple[str, ...] = ()  # from PyPI; except in serving images, those of the runtime come too
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
        return self.libraries if self.kind is Kind.SERVING else (*distribution(), *self.libraries)

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
HEALTH = f"http://127.0.0.1:{MODEL_PORT}/health"
OFFLINE = (("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_OFFLINE", "1"), ("HF_HUB_DISABLE_TELEMETRY", "1"))
NO_USAGE_REPORTS = (*OFFLINE, ("DO_NOT_TRACK", "1"))


def _serving(
    name: ImageName,
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
        libraries=FETCH,
        entrypoint=("trtllm-serve",),
        command=HELP,
        health_url=HEALTH,
        environment=NO_USAGE_REPORTS,
    )


def _with_vllm(image: Image, *more_roles: str) -> Image:
    return replace(
        image,
        title=f"{image.title}, on vLLM",
        base=bases.VLLM,
        stack=matrix.VLLM,
        roles=(*image.roles, *more_roles),
        entrypoint=("vllm", "serve"),
        environment=(*image.environment, ("VLLM_NO_USAGE_STATS", "1")),
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
        libraries=EMBED,
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
        libraries=FINETUNE,
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


def find_image(name: str, variant: str = "") -> Image:
    """The build of that name and variant.

    Raises:
        ValueError: there is none; the text names all builds.
    """
    for image in BUILDS:
        if (image.name, image.variant) == (name, variant):
            return image
    wanted = f"{name} ({variant})" if variant else name
    raise ValueError(f"there is no image {wanted}; allowed: {', '.join(image.label for image in BUILDS)}")
