set -e
for side in east west; do
  end=worker; [ $side = west ] && end=worker2
  node=$(kubectl get nodes -o name | grep -e "-$end\$")
  kubectl apply -f - <<EOF
apiVersion: v1
kind: Pod
metadata:
  name: $side
  labels:
    app: pair
    side: $side
spec:
  nodeName: ${node#node/}
  containers:
  - name: nginx
    image: nginx:1.25
    ports:
    - containerPort: 80
EOF
done
kubectl wait pod east west --for=condition=Ready --timeout=60s
kubectl create service clusterip pair --tcp=80:80
