"""The engines that deploy a stack: the official pulumi CLI, or the embedded sandbox.

Both emit the events of codekeep_contracts.engine_events. Only sandbox_engine.py imports the sandbox.
"""
