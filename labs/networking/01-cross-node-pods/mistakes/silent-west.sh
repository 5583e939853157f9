# The right place, the right labels, and a container that sleeps instead of serving pages.
# caught by: pod-to-pod
set -e
for side in east west; do
  end=worker; [ $side = west ] && end=worker2
  node=$(kubectl get nodes -o name | grep -e "-$end\$")
  image=nginx:1.25; command=; [ $side = west ] && image=busybox:1.36 && command='-- sleep 3600'
  kubectl run $side --image=$image --labels=app=pair,side=$side --overrides="{\"spec\":{\"nodeName\":\"${node#node/}\"}}" $command
done
kubectl wait pod east west --for=condition=Ready --timeout=60s
kubectl create service clusterip pair --tcp=80:80
