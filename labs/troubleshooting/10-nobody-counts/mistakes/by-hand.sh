# Pods that look like those of the Deployment.
# caught by: manager, reapers
kubectl run reaper-2 --image=nginx:1.25 -l app=reapers
kubectl run reaper-3 --image=nginx:1.25 -l app=reapers
