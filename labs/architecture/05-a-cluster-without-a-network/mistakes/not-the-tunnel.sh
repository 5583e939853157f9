# A backend that Flannel does not know: its agents end again and again.
# caught by: plugin, first
set -e
node=$(kubectl get nodes -o name | grep -e '-control-plane$' | cut -d/ -f2)
ssh $node cat /root/kube-flannel.yaml | sed 's/"vxlan"/"geneve"/' | kubectl apply -f -
