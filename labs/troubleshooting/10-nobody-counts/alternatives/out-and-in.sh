# The manifest taken out of the folder, repaired, and put back.
set -e
node=$(kubectl get nodes -o name | grep -e '-control-plane$' | cut -d/ -f2)
ssh $node 'bash -s' <<'EOF'
cd /etc/kubernetes
mv manifests/kube-controller-manager.yaml .
sed -i 's/controler/controller/' kube-controller-manager.yaml
mv kube-controller-manager.yaml manifests/
EOF
until kubectl get deployment reapers -o jsonpath='{.status.readyReplicas}' | grep -q 3; do sleep 0.5; done
