"""Audit records of who saw which code, when and for what. They form hash chains in which every change shows."""

from codekeep_contracts.audit import AuditRecord, Purpose, Verdict

from codekeep_runtime.audit.log import AuditLog
from codekeep_runtime.audit.verify import Report, verify

__all__ = ["AuditLog", "AuditRecord", "Purpose", "Report", "Verdict", "verify"]
