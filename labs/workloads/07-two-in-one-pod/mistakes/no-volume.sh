# It watches a folder of its own.
# caught by: logs
kubectl patch deployment tower -p '{"spec":{"template":{"spec":{"initContainers":[{"name":"tail","image":"busybox:1.36","restartPolicy":"Always","command":["tail","-n+1","-F","/var/log/tower/flights.log"]}]}}}}'
kubectl rollout status deployment tower --timeout=60s
