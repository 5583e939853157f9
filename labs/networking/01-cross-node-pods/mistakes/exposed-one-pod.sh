# `expose pod` copies every label into the selector: the Service answers, from one pod only.
# caught by: service-endpoints, service-answers
set -e
for side in east west; do
  end=worker; [ $side = west ] && end=worker2
  node=$(kubectl get nodes -o name | grep -e "-$end\$")
  kubectl run $side --image=nginx:1.25 --labels=app=pair,side=$side --overrides="{\"spec\":{\"nodeName\":\"${node#node/}\"}}"
done
kubectl wait pod east west --for=condition=Ready --timeout=60s
kubectl expose pod east --name=pair --port=80 --target-port=80
