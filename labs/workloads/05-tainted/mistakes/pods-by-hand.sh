# Two pods with the right label, and no Deployment that would bring them back.
# caught by: chosen
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl taint node $node __key__=__value__:NoSchedule
for name in chosen-1 chosen-2; do kubectl run $name --image=nginx:1.25 -l app=chosen --overrides='{"spec":{"nodeName":"'$node'"}}'; done
kubectl rollout restart deployment crowd
kubectl wait pod chosen-1 chosen-2 --for=condition=Ready --timeout=60s
kubectl rollout status deployment crowd --timeout=60s
