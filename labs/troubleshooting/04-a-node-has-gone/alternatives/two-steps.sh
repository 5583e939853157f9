# One after the other.
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
ssh $node systemctl start kubelet
ssh $node systemctl enable kubelet
kubectl wait node $node --for=condition=Ready --timeout=90s
kubectl run outpost --image=nginx:1.25 -l app=outpost --overrides='{"spec":{"nodeSelector":{"kubernetes.io/hostname":"'$node'"}}}'
