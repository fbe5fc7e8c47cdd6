"""Stand-in for a cluster: the provider plugin of package `kubernetes`, over published schemas and the ledger.

Each object is validated as the API server of the cluster's version does, and stored. Nothing runs: no controller, no
scheduler, no admission webhook. The program's kubeconfig identifies the cluster, which is never contacted.

Where CODEKEEP_SANDBOX_KUBECONFIG names a real API server on loopback, objects are applied to that one (live.py).
"""
