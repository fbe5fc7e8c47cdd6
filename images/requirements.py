"""What each kind of image asks of PyPI; `codekeep images lock` turns these ranges into hashes."""

from images.matrix import TORCH

PYTHON_VERSION = "3.12"  # of every image: our own bases and NVIDIA's carry it
PLATFORM = "linux/amd64"
WHEEL_PLATFORM = "x86_64-manylinux_2_28"  # older than the glibc of every base, so one lock serves them all

BUILD = ("setuptools>=80,<81",)  # the runtime's build backend, locked so that a build fetches nothing unhashed

CORE = (
    "boto3>=1.40,<2",
    "click>=8.2,<9",
    "cryptography>=46",
    "httpx>=0.28,<1",
    "opensearch-py>=3,<4",
    "opentelemetry-exporter-otlp-proto-http>=1.38,<2",
    "opentelemetry-sdk>=1.38,<2",
    "prometheus-client>=0.23,<1",
    "pydantic>=2.12,<3",
    "pyyaml>=6.0.3,<7",
    "rich>=14",
)
SERVICE = ("starlette>=0.49,<2", "uvicorn>=0.38,<1")
PARSE = ("tree-sitter>=0.24,<1", "tree-sitter-language-pack>=0.9,<1")  # 1.x downloads its grammars at run time
MODELS = (f"torch=={TORCH.torch}", "numpy>=2.2,<3", "safetensors>=0.6,<1", "transformers>=4.57,<5")
EMBED = (*MODELS, "ray[default]>=2.50,<3")
FINETUNE = (*MODELS, "accelerate>=1.11,<2", "datasets>=4.4,<5", "peft>=0.18,<1")
FETCH = ("boto3>=1.40,<2", "click>=8.2,<9", "pydantic>=2.12,<3", "pyyaml>=6.0.3,<7")
