"""Reasons to skip a file that follow from its path."""

import re

from codekeep_runtime.core import SkipReason

_VENDORED = frozenset(
    """
    vendor vendors vendored _vendor node_modules bower_components third_party third-party thirdparty 3rdparty
    site-packages dist-packages .venv venv pods carthage jspm_packages .yarn .pnp godeps
    """.split()  # noqa: SIM905 - a list is no easier to read
)
_GENERATED_FOLDERS = frozenset(
    """
    __pycache__ __generated__ .next .nuxt
    """.split()  # noqa: SIM905 - a list is no easier to read
)
_GENERATED_NAMES = frozenset(
    """
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lockb bun.lock poetry.lock
    pipfile.lock uv.lock pdm.lock cargo.lock gemfile.lock composer.lock go.sum flake.lock mix.lock
    podfile.lock pubspec.lock packages.lock.json gradle.lockfile .terraform.lock.hcl deno.lock .pnp.cjs
    """.split()  # noqa: SIM905 - a list is no easier to read
)
_GENERATED = re.compile(
    r"_pb2(_grpc)?\.pyi?$|\.pb(\.gw)?\.go$|\.pb\.(cc|h)$|_grpc\.pb\.go$|\.g\.dart$|\.freezed\.dart$|\.designer\.(cs|vb)$"
    r"|\.generated\.\w+$|_generated\.\w+$|\.g\.(cs|ts)$|^zz_generated\.|\.map$|-lock\.json$"
)
_MINIFIED = re.compile(r"[.-]min\.(js|css|mjs|cjs)$|\.bundle\.js$")
_SECRET = re.compile(
    r"^\.env(\.(?!example$|sample$|template$|dist$|defaults$)[\w.-]+)?$|^id_(rsa|dsa|ecdsa|ed25519)(_\w+)?$"
    r"|\.(pem|key|p12|pfx|jks|keystore|ppk|kdbx|asc|gpg|ovpn)$|^\.(netrc|pgpass|htpasswd|pypirc|dockercfg|git-credentials)$"
    r"|^(credentials|service[-_]account[\w-]*\.json|htpasswd|secrets?\.(ya?ml|json|toml|ini|properties))$|\.tfstate(\.backup)?$"
)
_BINARY = frozenset(
    """
    png jpg jpeg gif bmp ico webp tif tiff psd pdf zip gz tgz bz2 xz zst 7z rar tar jar war ear class pyc pyo
    so dylib dll exe a o lib bin dat db sqlite sqlite3 woff woff2 ttf otf eot mp3 mp4 avi mov mkv wav ogg
    flac webm npy npz pkl parquet onnx pt pth safetensors whl egg deb rpm iso wasm
    """.split()  # noqa: SIM905 - a list is no easier to read
)


def reason_of_name(path: str) -> SkipReason | None:
    """The first matching reason; secrets first, since that is the most important one."""
    folders, _, name = path.lower().rpartition("/")
    if _SECRET.search(name):
        return SkipReason.SECRET
    parts = folders.split("/")
    if not _VENDORED.isdisjoint(parts):
        return SkipReason.VENDORED
    if name.rpartition(".")[2] in _BINARY and "." in name:
        return SkipReason.BINARY
    if name in _GENERATED_NAMES or not _GENERATED_FOLDERS.isdisjoint(parts) or _GENERATED.search(name):
        return SkipReason.GENERATED
    return SkipReason.MINIFIED if _MINIFIED.search(name) else None
