"""The account of a spec, entered as its deployer role."""

from collections.abc import Iterator
from contextlib import contextmanager

from codekeep_contracts.faults import Fault

from policies.live.account import Account, AccountError
from stacks.engines.engine import Engine
from stacks.spec import Spec


@contextmanager
def account_of(engine: Engine, spec: Spec, failure: str, actions: str) -> Iterator[Account]:
    """The account, for a block of calls.

    Args:
        failure: what a refusal means, as "did not say what it has".
        actions: what the deployer role needs for the block, for the message.

    Raises:
        Fault: there are no credentials, they are another account's, or the account refused a call of the block.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    account = Account(region=spec.regions.primary, endpoint=engine.endpoint())
    try:
        account.enter(spec.account.id, spec.account.deployer_role_arn)
        yield account
    except (AccountError, Boto3Error, BotoCoreError, ClientError) as error:
        raise Fault(f"account {spec.account.id} {failure}: {error}; allow {actions} to the deployer role") from error
