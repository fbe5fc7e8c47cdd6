"""A small keep's life in an account: up, smoke test, tampering that is seen, and removal whatever happens."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.aws.account import TrialAccount

CODEKEEP = (sys.executable, "-m", "stacks.cli.main")
OUTPUTS = ("clusterName", "entryServiceName", "indexEndpoint", "namespace", "runtimeSettings")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Say = Callable[[str], None]


class TrialError(Exception):
    """A step of the trial did not do what it should."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One stack of a project folder. `spec` is its document."""

    folder: Path
    stack: str
    engine: str
    spec: Mapping[str, Any]
    say: Say

    def run(self) -> None:
        """Brings the keep up, looks at it, tampers with it, and removes it in any case, after Ctrl-C too.

        Raises:
            TrialError: a step did not do what it should; the keep was removed as far as that went.
            KeyboardInterrupt: somebody stopped it; likewise.
        """
        account = TrialAccount(self.stack, self.spec["account"]["id"], self.spec["regions"]["primary"])
        for each in SIGNALS:
            signal.signal(each, signal.default_int_handler)
        try:
            self._codekeep("up", self.stack, "--yes")
            outputs = self._smoke()
            self._tamper(account, outputs)
        finally:
            for each in SIGNALS:
                signal.signal(each, signal.SIG_IGN)  # a second Ctrl-C must not stop the removal
            self._remove(account)

    def _smoke(self) -> Mapping[str, Any]:
        outputs: dict[str, Any] = json.loads(self._output("outputs", self.stack, "--json"))
        if missing := [each for each in OUTPUTS if not outputs.get(each)]:
            raise TrialError(f"the keep has no outputs {', '.join(missing)}")
        if found := self._live():
            raise TrialError("check --live objects to the keep as it came up:\n" + "\n".join(found))
        self.say("smoke test: outputs are there, and the account is as the state says")
        return outputs

    def _tamper(self, account: TrialAccount, outputs: Mapping[str, Any]) -> None:
        account.open_group()
        bucket = outputs["buckets"]["code"]
        account.drop_encryption(bucket)
        found = self._live()
        self.say("tampering: check --live says\n" + "\n".join(f"  {each}" for each in found))
        if not any("0.0.0.0/0" in each for each in found):
            raise TrialError("check --live does not see the open security group")
        if not any("ncryption" in each for each in found):
            raise TrialError(f"check --live does not see that bucket {bucket} has no encryption of the keep's")

    def _live(self) -> list[str]:
        """What is not as the state says, or breaks a rule. Values that could not be read are only counted."""
        arguments = ("check", "--live", self.stack, "--engine", self.engine, "--format", "json")
        done = self._process(arguments, stdout=subprocess.PIPE)
        try:
            (stack,) = json.loads(done.stdout)["stacks"]
        except ValueError as error:
            raise TrialError(f"check --live gave no report (exit code {done.returncode})") from error
        self.say(f"check --live: {len(stack['violations'])} violations, {len(stack['undecided'])} undecided")
        return [f"{each['rule']}: {each['urn'].rpartition('::')[2]}: {each['message']}" for each in stack["violations"]]

    def _remove(self, account: TrialAccount) -> None:
        """Twice: services write into the buckets until the first time has stopped them."""
        try:
            for last in (False, True):
                self._empty(account)
                done = self._process(("destroy", self.stack, "--yes", "--engine", self.engine))
                if done.returncode == 0:
                    return
                if last:
                    raise TrialError("destroy failed twice: look at the list of what is left, and remove it by hand")
        finally:
            left = sorted(account.left())
            self.say(f"left in the account, by its tag: {len(left)}\n" + "\n".join(f"  {each}" for each in left))

    def _empty(self, account: TrialAccount) -> None:
        """The buckets, as far as they are there."""
        for bucket in sorted(each for each in account.left() if each.startswith("arn:aws") and ":s3:::" in each):
            try:
                account.empty(bucket.rpartition(":::")[2])
            except Exception as error:  # the removal goes on, and names the bucket again
                self.say(f"{bucket} was not emptied: {error}")

    def _codekeep(self, *arguments: str) -> None:
        done = self._process((*arguments, "--engine", self.engine))
        if done.returncode != 0:
            raise TrialError(f"codekeep {' '.join(arguments)} ended with {done.returncode}")

    def _output(self, *arguments: str) -> str:
        done = self._process((*arguments, "--engine", self.engine), stdout=subprocess.PIPE)
        if done.returncode != 0:
            raise TrialError(f"codekeep {' '.join(arguments)} ended with {done.returncode}")
        return done.stdout

    def _process(self, arguments: tuple[str, ...], stdout: int | None = None) -> "subprocess.CompletedProcess[str]":
        """In a session of its own, so that Ctrl-C reaches it once: from here, and then it is waited for."""
        self.say(f"$ codekeep {' '.join(arguments)}")
        process = subprocess.Popen(
            [*CODEKEEP, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            text=True,
            start_new_session=True,
        )
        try:
            out, _ = process.communicate()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out or "")
