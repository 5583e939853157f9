# Refused instead of dropped, for the port only.
set -e
kubectl create configmap report --from-literal=plugin=Flannel --from-literal=policy-correct=yes --from-literal=policy-enforced=no
safe=$(kubectl get pod safe -o jsonpath='{.status.podIP}')
stranger=$(kubectl -n street get pod passer-by -o jsonpath='{.status.podIP}')
node=$(kubectl get pod safe -o jsonpath='{.spec.nodeName}')
ssh $node iptables -I FORWARD -s $stranger -d $safe -p tcp --dport 8080 -j REJECT
