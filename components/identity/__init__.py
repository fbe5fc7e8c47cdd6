"""IAM roles of workloads and operators, and what each may do."""
