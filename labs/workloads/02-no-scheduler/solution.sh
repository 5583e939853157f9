node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run courier --image=nginx:1.25 --labels=app=courier --overrides='{"spec":{"nodeName":"'$node'"}}'
ssh ${node%-worker2}-control-plane mv /etc/kubernetes/kube-scheduler.yaml /etc/kubernetes/manifests/
kubectl -n urgent rollout status deployment backlog --timeout=90s
