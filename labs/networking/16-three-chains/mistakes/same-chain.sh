# The Service's chain twice.
# caught by: endpoint-chain, translation
node=$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)
service=$(ssh $node iptables-save -t nat | grep -e '-A KUBE-SERVICES' | grep __space__/goal | sed 's/.*-j //')
kubectl create configmap path --from-literal=service=$service --from-literal=endpoint=$service --from-literal=destination=10.0.0.1:80
