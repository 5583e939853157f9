set -e
node=$(kubectl get nodes -o name | grep -e '-control-plane$' | cut -d/ -f2)
ssh $node "sed -i 's/kube-controler-manager/kube-controller-manager/' /etc/kubernetes/manifests/kube-controller-manager.yaml"
until kubectl get deployment reapers -o jsonpath='{.status.readyReplicas}' | grep -q 3; do sleep 0.5; done
