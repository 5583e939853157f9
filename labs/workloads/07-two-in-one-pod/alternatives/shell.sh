# Through a shell.
kubectl patch deployment tower --type=json -p '[{"op":"add","path":"/spec/template/spec/initContainers","value":[{"name":"tail","image":"busybox:1.36","restartPolicy":"Always","command":["sh","-c","tail -n+1 -F /var/log/tower/flights.log"],"volumeMounts":[{"name":"logs","mountPath":"/var/log/tower","readOnly":true}]}]}]'
kubectl rollout status deployment tower --timeout=60s
