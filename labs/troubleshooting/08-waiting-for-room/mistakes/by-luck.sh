# Everything is open, and the wish was taken away: the scheduler spreads them this time.
# caught by: ready
kubectl uncordon $(kubectl get nodes -o name | grep -e '-worker2$' | cut -d/ -f2)
kubectl patch deployment boxes --type=merge -p '{"spec":{"template":{"spec":{"nodeSelector":null,"affinity":null}}}}'
kubectl set resources deployment boxes --requests=cpu=250m,memory=64Mi
kubectl rollout status deployment boxes --timeout=60s
