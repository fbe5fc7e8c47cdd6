"""Stand-in for a cluster: the provider plugin of package `kubernetes`, over published schemas and the ledger.

Each object is validated as the API server of the cluster's version would, and kept. Nothing runs: no controller, no
scheduler, no admission webhook. A kubeconfig says which cluster is meant; it is never contacted.
"""
