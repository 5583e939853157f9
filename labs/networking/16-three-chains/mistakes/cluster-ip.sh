# Where the packet came from, not where it goes.
# caught by: translation
node=$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)
service=$(ssh $node iptables-save -t nat | grep -e '-A KUBE-SERVICES' | grep __space__/goal | sed 's/.*-j //')
endpoint=$(ssh $node iptables-save -t nat | grep -e "-A $service .*KUBE-SEP" | head -1 | sed 's/.*-j //')
kubectl create configmap path --from-literal=service=$service --from-literal=endpoint=$endpoint --from-literal=destination=$(kubectl get service goal -o jsonpath='{.spec.clusterIP}'):80
