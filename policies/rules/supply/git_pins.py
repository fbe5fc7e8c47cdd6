"""A branch is whatever was pushed to it last."""

import re
from collections.abc import Iterator

from policies.graph import UNKNOWN, Node
from policies.reading import MISSING, read
from policies.rule import Case, Finding, Requirement, Severity, supply_rule
from policies.rules.kubernetes._pods import WORKLOADS, Container, Pod, each_container, each_pod
from policies.rules.supply._commands import option, unreadable, variables, words
from policies.rules.supply._common import FRAMEWORKS

_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")
_CLONE = re.compile(r"\bgit\s+(?:-\S+\s+)*clone\b")
_PIP = re.compile(r"git\+(?:https|ssh)://\S+")
_SYNC = ("GITSYNC_REF", "GIT_SYNC_REV", "GIT_SYNC_BRANCH")

RULE = supply_rule(
    id="git-pins",
    title="Whatever a container fetches from Git to run, it fetches at a commit",
    severity=Severity.MEDIUM,
    applies_to=WORKLOADS,
    requirement=Requirement.SUPPLY_CHAIN,
    why="A branch or tag can be moved, and its new content runs in the keep with the container's rights.",
    remedy="check out a commit of 40 hex digits, or build it into the image",
    frameworks=FRAMEWORKS,
)


@RULE.check
def at_a_commit(node: Node, _: Case) -> Iterator[Finding]:
    yield from each_pod(RULE, node, _volumes)
    yield from each_container(RULE, node, _container)


def _volumes(pod: Pod) -> Iterator[Finding]:
    for found in read(pod.node.inputs, f"{pod.path}.volumes[*].gitRepo"):
        if not found.known:
            yield RULE.undecided(pod.node, found.path)
        elif found.value is not MISSING and not _COMMIT.search(str(found.value.get("revision"))):
            yield RULE.violation(pod.node, found.path, "has no commit as its revision")


def _container(container: Container) -> Iterator[Finding]:
    node, command = container.node, words(container)
    yield from unreadable(RULE, container)
    script = " ".join(word for _, word in command)
    for path, word in command:
        loose = [url for url in _PIP.findall(word) if not _COMMIT.search(url)]
        if loose or (_CLONE.search(word) and not _COMMIT.search(script)):
            yield RULE.violation(node, path, f"got {word[:80]!r}: names no commit")
    if command and command[0][1] == "git" and "clone" in [word for _, word in command] and not _COMMIT.search(script):
        yield RULE.violation(node, command[0][0], "clones at no commit")
    set_ = variables(container)
    followed = [set_[name] for name in _SYNC if name in set_]
    if "git-sync" in str(container.spec.get("image")):
        followed += filter(None, [option(command, "--ref") or option(command, "--rev")])
    for path, revision in followed:
        if revision is UNKNOWN:
            yield RULE.undecided(node, path)
        elif not _COMMIT.search(str(revision)):
            yield RULE.violation(node, path, f"got {revision!r}: must be a commit")
