"""Whether AWS allows a call: policies as statements, and their evaluation. Pure; reads no account."""

from awsread.iam.access import Answer, Grant, Policies, may
from awsread.iam.policy import Decision, decide, parsed
from awsread.iam.request import Request
from awsread.iam.statement import Policy, Principal, Statement, statements_of

__all__ = [
    "Answer",
    "Decision",
    "Grant",
    "Policies",
    "Policy",
    "Principal",
    "Request",
    "Statement",
    "decide",
    "may",
    "parsed",
    "statements_of",
]
