# Nobody reaches the safe, the clerk included.
# caught by: closed
set -e
kubectl create configmap report --from-literal=plugin=flannel --from-literal=policy-correct=yes --from-literal=policy-enforced=no
safe=$(kubectl get pod safe -o jsonpath='{.status.podIP}')
stranger=$(kubectl -n street get pod passer-by -o jsonpath='{.status.podIP}')
node=$(kubectl get pod safe -o jsonpath='{.spec.nodeName}')
ssh $node iptables -I FORWARD -d $safe -j DROP
