# Changed on one node by hand.
# caught by: scheduler
kubectl create configmap table --from-literal=before=rr
node=$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)
ssh $node ipvsadm -E -t $(kubectl get service stand -o jsonpath='{.spec.clusterIP}'):80 -s __way__
