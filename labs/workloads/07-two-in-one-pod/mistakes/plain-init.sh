# An init container that never ends keeps the program from starting.
# caught by: sidecar, rolled-out
kubectl patch deployment tower -p '{"spec":{"template":{"spec":{"initContainers":[{"name":"tail","image":"busybox:1.36","command":["tail","-n+1","-F","/var/log/tower/flights.log"],"volumeMounts":[{"name":"logs","mountPath":"/var/log/tower"}]}]}}}}'
