# The scheduler placed it after all.
# caught by: first-aid
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
ssh ${node%-worker2}-control-plane mv /etc/kubernetes/kube-scheduler.yaml /etc/kubernetes/manifests/
kubectl -n urgent rollout status deployment backlog --timeout=90s
kubectl run courier --image=nginx:1.25 --labels=app=courier --overrides='{"spec":{"nodeSelector":{"kubernetes.io/hostname":"'$node'"}}}'
kubectl wait pod courier --for=condition=Ready --timeout=60s
