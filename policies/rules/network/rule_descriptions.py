"""EC2 refuses a security group or rule whose description or name has other characters than its own few."""

import re

from policies.conditions import Condition, Expectation
from policies.rule import Requirement, Severity, network_rule
from policies.rules.network._common import FRAMEWORKS
from policies.rules.network._openings import EGRESS_RULE, GROUP, GROUP_RULE, INGRESS_RULE

# botocore 1.44.5, ec2 IpRange.Description and CreateSecurityGroupRequest; "Invalid rule description" in
# aws-cloudformation/cfn-lint issue 173 (2018-06-27).
ALLOWED = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")
TEXT = "must be at most 255 of a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$*"
DESCRIPTION = Condition(lambda value: isinstance(value, str) and ALLOWED.fullmatch(value) is not None, TEXT)
NAME = Condition(
    lambda value: isinstance(value, str) and ALLOWED.fullmatch(value) is not None and not value.startswith("sg-"),
    f"{TEXT}, not starting with sg-",
)

RULE = network_rule(
    id="rule-descriptions",
    title="Security groups and their rules have descriptions that EC2 accepts",
    severity=Severity.MEDIUM,
    requirement=Requirement.ISOLATION,
    why="An apostrophe is enough: EC2 refuses the rule amid a deployment, and the path agreed is not there.",
    remedy="write it without apostrophes, quotation marks and angle brackets",
    frameworks=FRAMEWORKS,
    expects={
        GROUP: (
            Expectation("name", NAME, optional=True),
            Expectation("description", DESCRIPTION, optional=True),
            Expectation("ingress[*].description", DESCRIPTION, optional=True),
            Expectation("egress[*].description", DESCRIPTION, optional=True),
        ),
        GROUP_RULE: (Expectation("description", DESCRIPTION, optional=True),),
        INGRESS_RULE: (Expectation("description", DESCRIPTION, optional=True),),
        EGRESS_RULE: (Expectation("description", DESCRIPTION, optional=True),),
    },
)
