# Until the next boot.
# caught by: runs
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
ssh $node systemctl start kubelet
