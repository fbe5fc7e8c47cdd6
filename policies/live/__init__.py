"""Live checks: the state lists the resources that should exist, the account shows how they are."""
