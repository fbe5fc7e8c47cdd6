"""A deployed stack: its state, and the account that shows what became of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policies.checker import Subject
from policies.facts import Facts
from stacks.cli.check.sources import facts_of
from stacks.cli.errors import BadInputError
from stacks.cli.graph_source import deployed
from stacks.cli.project import Project
from stacks.cli.recording import config_of

if TYPE_CHECKING:
    from policies.live.account import Account


@dataclass(frozen=True, kw_only=True)
class LiveSource:
    """The state says which resources there should be; `account` reads how they are."""

    project: Project
    stack: str
    engine: str

    def subject(self) -> Subject:
        """The state's graph. BadInputError where the stack was never brought up."""
        facts = facts_of(config_of(self.project, self.stack).values)
        return Subject(graph=deployed(self.project, self.stack, self.engine), facts=facts, root=self.project.root)

    def account(self, facts: Facts) -> "Account":
        """The stack's account, where its engine finds it. BadInputError where it cannot be read."""
        from policies.live.account import Account, AccountError
        from stacks.cli.engines import choose

        endpoint = choose(self.engine, self.project).endpoint()
        account = Account(region=facts.primary_region, endpoint=endpoint)
        if endpoint is not None:
            from sandbox.aws.registry import is_recorded

            account.emulates = lambda token: not is_recorded(token)
        try:
            account.enter(facts.account_id, facts.deployer_role_arn)
        except AccountError as error:
            raise BadInputError(str(error)) from error
        return account
