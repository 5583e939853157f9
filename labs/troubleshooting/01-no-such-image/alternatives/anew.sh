# The ConfigMap made anew, the Deployment patched.
kubectl create configmap settings --from-literal=mode=quiet --dry-run=client -o yaml | kubectl replace -f -
kubectl patch deployment web --type=json -p '[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"nginx:__tag__"}]'
