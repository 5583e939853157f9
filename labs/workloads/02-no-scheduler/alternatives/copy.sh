# Copied instead of moved.
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl run courier --image=nginx:1.25 --labels=app=courier --overrides='{"spec":{"nodeName":"'$node'"}}'
ssh ${node%-worker2}-control-plane cp /etc/kubernetes/kube-scheduler.yaml /etc/kubernetes/manifests/kube-scheduler.yaml
