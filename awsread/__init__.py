"""Reads AWS resources back into the property names of Pulumi's aws provider.

`read` gives a resource as AWS has it, for live checks, drift runs, an account inventory and the AWS stand-in.
"""
