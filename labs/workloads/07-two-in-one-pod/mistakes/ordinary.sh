# A second container: it shows the log, but is no native sidecar.
# caught by: sidecar
kubectl patch deployment tower -p '{"spec":{"template":{"spec":{"containers":[{"name":"tail","image":"busybox:1.36","command":["tail","-n+1","-F","/var/log/tower/flights.log"],"volumeMounts":[{"name":"logs","mountPath":"/var/log/tower"}]}]}}}}'
kubectl rollout status deployment tower --timeout=60s
