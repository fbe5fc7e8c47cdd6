"""A real Kubernetes API for tests: kube-apiserver and etcd on loopback, with the definitions of KEDA and KubeRay.

It has no node, scheduler or controller manager: objects are validated, admitted and stored, but nothing runs.
`python -m tests.real.kubernetes` starts one for manual use.
"""
