# The policy was found guilty.
# caught by: verdict
set -e
kubectl create configmap report --from-literal=plugin=flannel --from-literal=policy-correct=no --from-literal=policy-enforced=no
safe=$(kubectl get pod safe -o jsonpath='{.status.podIP}')
stranger=$(kubectl -n street get pod passer-by -o jsonpath='{.status.podIP}')
node=$(kubectl get pod safe -o jsonpath='{.spec.nodeName}')
ssh $node iptables -I FORWARD -s $stranger -d $safe -j DROP
