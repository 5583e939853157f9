# Edited by hand, with a ConfigMap of a plain name: it works, and nothing rolls out when the greeting changes.
# caught by: generated
kubectl create configmap __prefix__-sign --from-literal=GREETING=__word__
kubectl get configmap plan -o jsonpath='{.data.house\.yaml}' | sed -e 's/name: house/name: __prefix__-house/' -e 's/name: door/name: __prefix__-door/' -e 's/name: sign/name: __prefix__-sign/' -e 's/replicas: 1/replicas: __replicas__/' -e 's/nginx:1.25/nginx:1.27/' | kubectl apply -f -
kubectl rollout status deployment __prefix__-house --timeout=60s
