# Nobody said where: both pods end on the first worker.
# caught by: west-placed, pod-to-pod
set -e
node=$(kubectl get nodes -o name | grep -e '-worker$')
for side in east west; do
  kubectl run $side --image=nginx:1.25 --labels=app=pair,side=$side --overrides="{\"spec\":{\"nodeName\":\"${node#node/}\"}}"
done
kubectl wait pod east west --for=condition=Ready --timeout=60s
kubectl create service clusterip pair --tcp=80:80
