# By way of the last endpoint, on another node.
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
service=$(ssh $node iptables -t nat -S KUBE-SERVICES | grep __space__/goal | sed 's/.*-j //')
endpoint=$(ssh $node iptables -t nat -S $service | grep KUBE-SEP | tail -1 | sed 's/.*-j //')
destination=$(ssh $node iptables -t nat -S $endpoint | grep to-destination | sed 's/.*--to-destination //')
kubectl create configmap path --from-literal=service=$service --from-literal=endpoint=$endpoint --from-literal=destination=$destination
