# After the next boot.
# caught by: runs, works
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
ssh $node systemctl enable kubelet
