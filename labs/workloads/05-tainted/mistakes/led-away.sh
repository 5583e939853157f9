# The crowd is led to the other worker, which its template was not to say.
# caught by: others, chosen
node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl taint node $node __key__=__value__:NoSchedule
kubectl patch deployment crowd -p '{"spec":{"template":{"spec":{"nodeSelector":{"kubernetes.io/hostname":"'$(kubectl get nodes -o name | grep -e '-worker$' | cut -d/ -f2)'"}}}}}'
kubectl rollout status deployment crowd --timeout=60s
