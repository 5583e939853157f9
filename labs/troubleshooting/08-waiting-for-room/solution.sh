node=$(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
# fault: cordon
kubectl uncordon $node
# fault: label
kubectl patch deployment boxes --type=merge -p '{"spec":{"template":{"spec":{"nodeSelector":null}}}}'
kubectl set resources deployment boxes --requests=cpu=250m,memory=64Mi
kubectl rollout status deployment boxes --timeout=60s
