# The chain of another Service.
# caught by: service-chain
node=$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)
service=$(ssh $node iptables-save -t nat | grep -e '-A KUBE-SERVICES' | grep default/kubernetes | sed 's/.*-j //')
kubectl create configmap path --from-literal=service=$service --from-literal=endpoint=x --from-literal=destination=y
