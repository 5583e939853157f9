# Walks into the trap of `expose`, sees one endpoint, and patches the selector: a null removes a key.
set -e
for side in east west; do
  end=worker; [ $side = west ] && end=worker2
  node=$(kubectl get nodes -o name | grep -e "-$end\$")
  kubectl run $side --image=nginx:1.25 --labels=app=pair,side=$side --overrides="{\"spec\":{\"nodeName\":\"${node#node/}\"}}"
done
kubectl wait pod east west --for=condition=Ready --timeout=60s
kubectl expose pod east --name=pair --port=80 --target-port=80
kubectl patch service pair -p '{"spec":{"selector":{"app":"pair","side":null}}}'
