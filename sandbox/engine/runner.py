"""Runs a user's Pulumi program against the engine: `python -m sandbox.engine.runner ... -- PROGRAM [ARGS]`.

As `pulumi-language-python-exec` does for the pulumi CLI. Exit code 0, 1, or 32 where the error was shown already.
"""

import argparse
import asyncio
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
from pulumi import runtime

_EXIT_SHOWN = 32


def main(argv: list[str]) -> int:
    arguments = _parse(argv)
    program = str(Path(arguments.program[0]).resolve())
    _configure(arguments)
    _imitate_script(program, arguments.program)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # unobserved futures after a failure do not matter
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(arguments.parallel, 1) * 4)
    loop.set_default_executor(executor)
    try:
        return _run(loop, program)
    finally:
        executor.shutdown(wait=True)
        loop.close()
        sys.stdout.flush()
        sys.stderr.flush()


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", required=True)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--monitor", required=True)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--parallel", type=int, default=16)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("program", nargs="+")
    return parser.parse_args(argv)


def _configure(arguments: argparse.Namespace) -> None:
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            monitor=arguments.monitor,
            engine=arguments.engine,
            project=arguments.project,
            stack=arguments.stack,
            parallel=arguments.parallel,
            dry_run=arguments.dry_run,
            organization="organization",
            root_directory=str(Path.cwd()),
        )
    )


def _imitate_script(program: str, argv: list[str]) -> None:
    """Arguments and import path as if the program had been started on its own."""
    sys.argv = [program, *argv[1:]]
    folder = program if Path(program).is_dir() else str(Path(program).parent)
    sys.path[:0] = [folder, os.getcwd()]  # noqa: PTH109 - a plain string is wanted


def _run(loop: asyncio.AbstractEventLoop, program: str) -> int:
    def body() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(body))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:
        pulumi.log.error(f"the program failed:\n{_own_traceback(program)}")
        return _EXIT_SHOWN
    return 0


def _own_traceback(program: str) -> str:
    """The traceback from the program's own first frame on."""
    frames = traceback.extract_tb(sys.exc_info()[2])
    own = Path(program)
    for index, frame in enumerate(frames):
        if Path(frame.filename) in (own, own / "__main__.py"):
            return traceback.format_exc(limit=index - len(frames))
    return traceback.format_exc()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
