line=$(kubectl logs -l role=scout --prefix --tail=-1 | grep error)
pod=$(echo "$line" | sed 's#.*pod/\([a-z]*\)/.*#\1#')
code=$(echo "$line" | sed 's/.*error \(E[0-9]*\).*/\1/')
kubectl create configmap report --from-literal=pod=$pod --from-literal=code=$code
kubectl label pod $pod state=suspect
