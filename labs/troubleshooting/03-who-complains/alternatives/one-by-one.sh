# Pod by pod.
for pod in ibis heron egret; do
  if kubectl logs $pod | grep -q error; then
    kubectl create configmap report --from-literal=pod=$pod --from-literal=code=E__code__
    kubectl patch pod $pod -p '{"metadata":{"labels":{"state":"suspect"}}}'
  fi
done
