"""Who saw which code, when and for what: identifiers and counts only, in chains that show every change."""

from codekeep_contracts.audit import AuditRecord, Purpose, Verdict

from codekeep_runtime.audit.log import AuditLog
from codekeep_runtime.audit.verify import Report, verify

__all__ = ["AuditLog", "AuditRecord", "Purpose", "Report", "Verdict", "verify"]
