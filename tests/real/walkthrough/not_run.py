"""Commands of docs/production.md that the sandbox cannot show, by their first words, each with the reason."""

from collections.abc import Mapping

NOT_RUN: Mapping[str, str] = {
    "aws service-quotas ": "moto knows no quotas of EC2",
    "pulumi ": "the official CLI and its backends; tests/cli/test_pulumi.py runs it where it is on PATH",
    "aws ec2 modify-vpc-endpoint-service-permissions ": "the service is in its owner's account, which is not here",
    "aws ecr get-login-password | docker ": "no Docker",
    "docker buildx ": "no Docker",
    'codekeep images mirror "$STACK" --lock': "needs crane and the public registries",
    'codekeep images mirror "$STACK" --copy': "needs crane and the public registries",
    "hf download ": "no model hub; the test has folders with one file",
    "aws ec2 create-vpc-endpoint ": "the developers' network is not here",
    "aws ec2 describe-vpc-endpoint-connections ": "moto 5.2.5 fails on it, since it has no connections",
    "aws ec2 accept-vpc-endpoint-connections ": "moto has no connections",
    "kubectl ": "no cluster; tests/real/kubernetes applies the same objects to a real API server",
    "curl ": "no entry; tests/runtime/gateway asks the same route",
}
OTHER_END: Mapping[str, int] = {
    'codekeep check --live "$STACK"': 2,  # undecided: what the sandbox only records, the account does not tell
}
"""Exit codes that differ on the sandbox."""


def is_run(command: str) -> bool:
    return not any(command.startswith(each) for each in NOT_RUN)
