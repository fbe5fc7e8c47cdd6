"""The embedded engine over the local stand-in account."""

import json
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from codekeep_contracts.engine_events import Event, Operation

from sandbox.account import Account, AccountError, Endpoint
from sandbox.engine.backend import StackFiles
from sandbox.engine.state import resource_to_json
from sandbox.engine.store import load
from sandbox.engine.values import Secret
from stacks.cli.engines import Deployment
from stacks.cli.errors import BadInputError, FailedError
from stacks.cli.home import Home
from stacks.cli.project import Decrypt, Project

PLUGINS = {package: (sys.executable, "-m", f"sandbox.{package}") for package in ("aws", "kubernetes")}
MASK = "[secret]"
# The others need the state alone; these make no sense on an account that lost the stack's resources.
RUNS_THE_PROGRAM = (Operation.PREVIEW, Operation.UP)


class SandboxEngine:
    """Deploys onto the sandbox account; starts it where it does not run."""

    name = "sandbox"

    def __init__(self, project: Project) -> None:
        self._project = project
        self._home = Home.of(project.root)

    def run(self, deployment: Deployment, on_event: Callable[[Event], None], cancel: threading.Event) -> None:
        """Runs the deployment. BadInputError where the account is another one than the stack was deployed on."""
        from sandbox.engine.engine import Engine
        from sandbox.engine.request import DeploymentRequest

        config, runs = self._project.config(deployment.stack, self._decrypter), deployment.operation in RUNS_THE_PROGRAM
        program = self._project.program if runs else self._project.main
        self._home.prepare()
        account = ensured(self._home)
        deployed_on = _DeployedOn(self._home, self._project.name, deployment.stack)
        deployed_on.require(account, deployment.operation, self._files(deployment.stack))
        request = DeploymentRequest(
            operation=deployment.operation,
            project=self._project.name,
            stack=deployment.stack,
            program=[str(program)],
            program_cwd=program if program.is_dir() else program.parent,
            project_root=self._project.root,
            config=config.values,
            secret_keys=config.secret_keys,
            backend=self._home.backend,
            passphrase=self._home.passphrase(),
            plugins=PLUGINS,
            policy_packs=[pack.folder for pack in deployment.policy_packs],
            policy_pack_configs=[pack.config for pack in deployment.policy_packs if pack.config],
            environment=sandbox_environment(self._home, account),
        )
        try:
            Engine().run(request, on_event, cancel)
        except (OSError, RuntimeError, ValueError) as error:  # locked stack, unreadable state, wrong passphrase
            raise FailedError(str(error)) from error
        if deployment.operation is not Operation.PREVIEW:
            deployed_on.write(account)

    def state(self, stack: str) -> Mapping[str, Any] | None:
        """A stack export made from the state file and its journal, with secrets as sealed envelopes."""
        files = self._files(stack)
        if not files.checkpoint.exists():
            return None
        found = load(files, None)
        resources = [resource_to_json(resource, _Sealed()) for resource in found.resources.values()]
        return {"version": 3, "deployment": {"resources": resources}} if resources else None

    def outputs(self, stack: str, *, show_secrets: bool) -> Mapping[str, Any] | None:
        """Outputs from the state file; the passphrase is needed only to show secrets."""
        files = self._files(stack)
        if not files.checkpoint.exists():
            return None
        found = load(files, self._home.passphrase() if show_secrets else None)
        return {key: _opened(value, show_secrets) for key, value in found.outputs.items()} if found.resources else None

    def endpoint(self) -> str | None:
        """The account's server, started where it does not run."""
        return ensured(self._home).url

    def _files(self, stack: str) -> StackFiles:
        return StackFiles(self._home.backend, self._project.name, stack)

    def _decrypter(self, salt: str) -> Decrypt:
        """Opens `secure:` values of a stack's configuration with the passphrase they were sealed with."""
        from sandbox.engine.crypter import PassphraseCrypter

        if not salt:
            raise BadInputError(
                "the configuration holds `secure:` values but no `encryptionsalt`: set them with `pulumi config`"
            )
        try:
            return PassphraseCrypter(self._home.passphrase(), salt).decrypt
        except ValueError as error:
            raise BadInputError(
                f"{error}: set PULUMI_CONFIG_PASSPHRASE to the one the configuration was made with"
            ) from error


def sandbox_environment(home: Home, account: Endpoint) -> dict[str, str]:
    """What the provider plugins read."""
    return {
        "CODEKEEP_HOME": str(home.path),
        "CODEKEEP_SANDBOX_ENDPOINT": account.url,
        "CODEKEEP_SANDBOX_LEDGER": str(account.ledger_path),
    }


class _DeployedOn:
    """Remembers which account a stack was deployed on: that can be reset, and the stack's state cannot know."""

    def __init__(self, home: Home, project: str, stack: str) -> None:
        self._path = home.path / "deployed-on" / project / f"{stack}.json"
        self._stack = stack

    def require(self, account: Endpoint, operation: Operation, files: StackFiles) -> None:
        """BadInputError with the way on where the stack's resources went away with their account."""
        if operation not in RUNS_THE_PROGRAM or not self._path.exists():
            return
        epoch = json.loads(self._path.read_text())["epoch"]
        if epoch == account.epoch or not _holds_resources(files):
            return
        raise BadInputError(
            f"stack {self._stack} was deployed on a sandbox account that is gone (reset, or its files were removed); "
            f"the account of now is empty. `codekeep refresh {self._stack} --yes` takes that into the state, then "
            f"`codekeep up {self._stack}` builds it again"
        )

    def write(self, account: Endpoint) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps({"epoch": account.epoch, "account": account.account_id}))


class _Sealed:
    """Keeps secrets closed while a loaded state is written as an export."""

    def encrypt(self, plaintext: str) -> str:
        return "sealed"

    def decrypt(self, ciphertext: str) -> str:
        raise PermissionError(f"{ciphertext}: a sealed export cannot be opened")


def _holds_resources(files: StackFiles) -> bool:
    return files.checkpoint.exists() and any(state.custom for state in load(files, None).resources.values())


def ensured(home: Home) -> Endpoint:
    try:
        return Account(home.sandbox).ensure()
    except AccountError as error:
        raise FailedError(str(error)) from error


def _opened(value: Any, show_secrets: bool) -> Any:
    if isinstance(value, Secret):
        return _opened(value.value, show_secrets) if show_secrets else MASK
    if isinstance(value, Mapping):
        return {key: _opened(inner, show_secrets) for key, inner in value.items()}
    if isinstance(value, list):
        return [_opened(inner, show_secrets) for inner in value]
    return value
