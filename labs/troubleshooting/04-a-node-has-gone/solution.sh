node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
ssh $node systemctl enable --now kubelet
kubectl run outpost --image=nginx:1.25 -l app=outpost --overrides='{"spec":{"nodeName":"'$node'"}}'
kubectl wait pod outpost --for=condition=Ready --timeout=90s
