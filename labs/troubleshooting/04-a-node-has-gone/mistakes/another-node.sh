# The pod runs where it was easy.
# caught by: works, runs
other=$(kubectl get nodes -o name | grep -e '-control-plane$' | cut -d/ -f2)
kubectl run outpost --image=nginx:1.25 -l app=outpost --overrides='{"spec":{"nodeName":"'$other'"}}'
