"""A real Kubernetes API for tests: kube-apiserver and etcd on loopback, with the definitions of KEDA and KubeRay.

No node, no scheduler, no controller manager: objects are judged and kept, nothing runs. `python -m
tests.real.kubernetes` starts one to try things on.
"""
