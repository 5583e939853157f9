# A label that no node carries: west waits for ever.
# caught by: west-placed
set -e
node=$(kubectl get nodes -o name | grep -e '-worker$')
kubectl run east --image=nginx:1.25 --labels=app=pair,side=east --overrides="{\"spec\":{\"nodeName\":\"${node#node/}\"}}"
kubectl run west --image=nginx:1.25 --labels=app=pair,side=west --overrides='{"spec":{"nodeSelector":{"kubernetes.io/hostname":"worker2"}}}'
kubectl wait pod east --for=condition=Ready --timeout=60s
kubectl create service clusterip pair --tcp=80:80
