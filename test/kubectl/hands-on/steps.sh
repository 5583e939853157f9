# "Complete Hands-On Example: Verify Cross-Node Pod Connectivity": its commands as they are written there. NODE1 and NODE2
# stand for the names of the two nodes; a wait stands where a reader would wait, and the two ways to make the Service
# are gone one after the other, since the second refuses to make what the first has made.

echo '# Step 1: View cluster node topology'
kubectl get nodes -o wide
kubectl get nodes --show-labels

echo '# Step 2: Create Pod on Node 1'
cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  name: pod-node1
  labels:
    app: test
    node: node1
spec:
  nodeName: $NODE1 # Force scheduling to node-1
  containers:
  - name: nginx
    image: nginx:1.25
    ports:
    - containerPort: 80
EOF
kubectl wait --for=condition=Ready pod/pod-node1 --timeout=60s
kubectl get pod pod-node1 -o wide

echo '# Step 3: Create Pod on Node 2'
cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  name: pod-node2
  labels:
    app: test
    node: node2
spec:
  nodeName: $NODE2
  containers:
  - name: nginx
    image: nginx:1.25
    ports:
    - containerPort: 80
EOF
kubectl wait --for=condition=Ready pod/pod-node2 --timeout=60s
kubectl get pod pod-node2 -o wide

echo '# Step 4: Cross-node direct communication via Pod IP'
POD1_IP=$(kubectl get pod pod-node1 -o jsonpath='{.status.podIP}')
POD2_IP=$(kubectl get pod pod-node2 -o jsonpath='{.status.podIP}')
echo "Pod1 IP: $POD1_IP, Pod2 IP: $POD2_IP"
kubectl exec pod-node1 -- curl -s -m 5 http://$POD2_IP
kubectl exec pod-node2 -- curl -s -m 5 http://$POD1_IP
kubectl exec pod-node1 -- ping -c 2 $POD2_IP

echo '# Step 5: Cross-node communication via Service ClusterIP'
kubectl expose pod pod-node1 --name=test-svc --port=80 --target-port=80
kubectl create service clusterip test-svc --tcp=80:80
kubectl get endpoints test-svc
kubectl delete svc test-svc
kubectl create service clusterip test-svc --tcp=80:80
kubectl patch svc test-svc -p '{"spec":{"selector":{"app":"test"}}}'
kubectl get svc test-svc
SVC_IP=$(kubectl get svc test-svc -o jsonpath='{.spec.clusterIP}')
echo "Service ClusterIP: $SVC_IP"
until [ "$(kubectl get endpointslices -l kubernetes.io/service-name=test-svc -o jsonpath='{.items[*].endpoints[*].targetRef.name}' | wc -w)" = 2 ]; do :; done
until kubectl exec pod-node1 -- curl -s -m 5 -o /dev/null http://test-svc; do :; done 2>/dev/null
kubectl exec pod-node1 -- curl -s -m 5 http://test-svc
kubectl exec pod-node2 -- curl -s -m 5 http://$SVC_IP

echo '# Step 6: Complete network debugging workflow'
cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: Pod
metadata:
  name: network-debug
spec:
  containers:
  - name: netshoot
    image: nicolaka/netshoot
    command: ["sleep", "3600"]
EOF
kubectl wait --for=condition=Ready pod/network-debug --timeout=60s
kubectl exec -it network-debug -- sh <<EOF
ip addr
ip route
dig test-svc.default.svc.cluster.local
nslookup kubernetes.default
curl -m 5 http://$POD1_IP # Access pod-node1
curl -m 5 http://$POD2_IP # Access pod-node2
curl -m 5 http://test-svc # Access via Service DNS
traceroute $POD2_IP
ping -c 20 -i 0.2 $POD2_IP > /dev/null &
tcpdump -i eth0 -c 10
exit
EOF

echo '# Verification'
kubectl get endpoints test-svc
kubectl logs -n kube-system -l k8s-app=kube-proxy --tail=10
kubectl delete pod pod-node1 pod-node2 network-debug
kubectl delete svc test-svc
