# The scheduler chooses by label; the Service is exposed with a selector of its own; busybox-like wget is not needed.
set -e
for side in east west; do
  end=worker; [ $side = west ] && end=worker2
  node=$(kubectl get nodes -o name | grep -e "-$end\$")
  kubectl run $side --image=nginx:1.25 --port=80 --labels=app=pair,side=$side \
    --overrides="{\"spec\":{\"nodeSelector\":{\"kubernetes.io/hostname\":\"${node#node/}\"}}}"
done
kubectl wait pod east west --for=condition=Ready --timeout=60s
kubectl expose pod east --name=pair --port=80 --selector=app=pair
