node=$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)
service=$(ssh $node iptables-save -t nat | grep -e '-A KUBE-SERVICES' | grep __space__/goal | sed 's/.*-j //')
endpoint=$(ssh $node iptables-save -t nat | grep -e "-A $service .*KUBE-SEP" | head -1 | sed 's/.*-j //')
destination=$(ssh $node iptables-save -t nat | grep -e "-A $endpoint .*--to-destination" | sed 's/.*--to-destination //')
kubectl create configmap path --from-literal=service=$service --from-literal=endpoint=$endpoint --from-literal=destination=$destination
