"""The embedded engine over the local stand-in account. No other module of the product imports the sandbox."""

import json
import shlex
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from codekeep_contracts.engine_events import Event, Operation
from codekeep_contracts.faults import Fault, UsageFault
from codekeep_contracts.sandbox_variables import SANDBOX_ENDPOINT, SANDBOX_LEDGER

from sandbox.account import Account, Endpoint
from sandbox.engine.backend import StackFiles
from sandbox.engine.checkpoint import StackState, export
from sandbox.engine.crypter import PassphraseCrypter
from sandbox.engine.store import load
from sandbox.engine.values import mask, reveal
from stacks.engines.engine import Deployment
from stacks.home import HOME_VARIABLE, PASSPHRASE_FILE_VARIABLE, Home, configured_passphrase
from stacks.project import Decrypt, Project

PACKAGES: Final = ("aws", "kubernetes")
PLUGINS: Final = {package: (sys.executable, "-m", f"sandbox.{package}") for package in PACKAGES}
PROGRAM_OPERATIONS: Final = (Operation.PREVIEW, Operation.UP)
"""These run the program, so they need the account that the stack was deployed on; the others read the state only."""


SandboxAccount = Account
"""The account's server: start, stop, status, reset."""


class SandboxEngine:
    """Deploys onto the sandbox account; starts it where it does not run."""

    name = "sandbox"

    def __init__(self, project: Project) -> None:
        self._project = project
        self._home = Home.of(project.root)

    def run(self, deployment: Deployment, on_event: Callable[[Event], None], cancel: threading.Event) -> None:
        """Runs the deployment.

        Raises:
            UsageFault: the stack was deployed on another account than the one there is.
            Fault: the stack is locked, or its state cannot be read.
        """
        from sandbox.engine.engine import Engine
        from sandbox.engine.request import DeploymentRequest

        operation = deployment.operation
        config = self._project.config(deployment.stack, self._decrypter)
        program = self._project.program if operation in PROGRAM_OPERATIONS else self._project.main
        self._home.prepare()
        account = Account(self._home.sandbox).ensure()
        if operation in PROGRAM_OPERATIONS:
            self._require_same_account(deployment.stack, account)
        request = DeploymentRequest(
            operation=operation,
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
            targets=deployment.targets,
            environment={**plugin_environment(self._home, account), **deployment.environment},
        )
        try:
            Engine().run(request, on_event, cancel)
        except (OSError, ValueError) as error:
            raise Fault(str(error)) from error
        if operation is not Operation.PREVIEW:
            self._record_account(deployment.stack, account)

    def state(self, stack: str) -> Mapping[str, Any] | None:
        """An export of the state file and its journal; secrets stay closed."""
        found = self._load(stack)
        return export(found) if found else None

    def outputs(self, stack: str, *, show_secrets: bool) -> Mapping[str, Any] | None:
        """Outputs from the state file; the passphrase is needed only to show secrets."""
        found = self._load(stack, open_secrets=show_secrets)
        if found is None:
            return None
        return {key: reveal(value) if show_secrets else mask(value) for key, value in found.outputs.items()}

    def endpoint(self) -> str | None:
        """The account's server, started where it does not run."""
        return Account(self._home.sandbox).ensure().url

    def emulates(self, resource_type: str) -> bool:
        return emulates(resource_type)

    def recorded(self, resource_type: str, account_id: str, region: str) -> list[Mapping[str, Any]]:
        return recorded(Account(self._home.sandbox).ensure().ledger_path, resource_type, account_id, region)

    def _load(self, stack: str, *, open_secrets: bool = False) -> StackState | None:
        """The state; None where it contains no resource."""
        files = StackFiles(self._home.backend, self._project.name, stack)
        if not files.checkpoint.exists():
            return None
        found = load(files, self._home.passphrase() if open_secrets else None)
        return found if found.resources else None

    def _decrypter(self, salt: str) -> Decrypt:
        """Decrypts `secure:` values of a stack's configuration with the passphrase they were encrypted with."""
        if not salt:
            raise UsageFault(
                "the configuration contains `secure:` values but no `encryptionsalt`: set them with `pulumi config`"
            )
        try:
            return PassphraseCrypter(self._home.passphrase(), salt).decrypt
        except ValueError as error:
            raise UsageFault(
                f"{error}: set PULUMI_CONFIG_PASSPHRASE to the one the configuration was made with"
            ) from error

    # An account can be reset, and a stack's state cannot know: which account it was deployed on is recorded beside.

    def _account_record(self, stack: str) -> Path:
        return self._home.path / "deployed-on" / self._project.name / f"{stack}.json"

    def _record_account(self, stack: str, account: Endpoint) -> None:
        path = self._account_record(stack)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"epoch": account.epoch, "account": account.account_id}))

    def _require_same_account(self, stack: str, account: Endpoint) -> None:
        """UsageFault with the remedy where the stack's resources were lost with their account."""
        path = self._account_record(stack)
        if not path.exists() or json.loads(path.read_text())["epoch"] == account.epoch:
            return
        found = self._load(stack)
        if found is None or not any(resource.custom for resource in found.resources.values()):
            return
        raise UsageFault(
            f"stack {stack} was deployed on a sandbox account that is gone (reset, or its files were removed); the "
            f"new account is empty. `codekeep refresh {stack} --yes` records that in the state, then "
            f"`codekeep up {stack}` builds it again"
        )


def emulates(resource_type: str) -> bool:
    """Whether the stand-in emulates resources of the type; others it only records."""
    from sandbox.aws.registry import is_recorded

    return not is_recorded(resource_type)


def recorded(ledger: Path, resource_type: str, account_id: str, region: str) -> list[Mapping[str, Any]]:
    """Inputs of what the stand-in's ledger has of a type, in an account's region."""
    from sandbox.aws.ledger import SqliteLedger

    return [inputs for _, _, _, inputs in SqliteLedger(ledger, account_id).list(region, resource_type)]


def account_of(project: Project) -> SandboxAccount:
    """The sandbox account of a project."""
    return SandboxAccount(Home.of(project.root).sandbox)


def plugin_environment(home: Home, account: Endpoint) -> dict[str, str]:
    """The environment variables that the provider plugins read."""
    return {
        HOME_VARIABLE: str(home.path),
        SANDBOX_ENDPOINT: account.url,
        SANDBOX_LEDGER: str(account.ledger_path),
    }


def pulumi_environment(project: Project) -> dict[str, str]:
    """Variables that make the pulumi CLI deploy to the sandbox. Starts the account, and writes the plugins'
    executables.

    Returns:
        Variables to set; PATH contains only the folder to put before the rest.
    """
    home = Home.of(project.root)
    home.prepare()
    home.backend.mkdir(parents=True, exist_ok=True)
    variables = {
        "PATH": str(write_plugin_executables(home.sandbox / "bin")),
        **plugin_environment(home, Account(home.sandbox).ensure()),
        "PULUMI_BACKEND_URL": f"file://{home.backend}",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    if configured_passphrase() is None:
        home.passphrase()
        variables[PASSPHRASE_FILE_VARIABLE] = str(home.passphrase_file)
    return variables


def write_plugin_executables(folder: Path) -> Path:
    """Writes `pulumi-resource-aws` and `pulumi-resource-kubernetes`, which the pulumi CLI finds on PATH.

    They are no console scripts of the distribution: on a production machine those would shadow the official providers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        executable = folder / f"pulumi-resource-{package}"
        executable.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sandbox.{package} "$@"\n')
        executable.chmod(0o755)
    return folder
