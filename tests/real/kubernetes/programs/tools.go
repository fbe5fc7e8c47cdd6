//go:build tools

// Package programs names what the test cluster runs, so that go.mod and go.sum pin all that it is built from.
package programs

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
