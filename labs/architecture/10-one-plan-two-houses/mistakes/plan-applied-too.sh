# The plan was applied as it is before, and its pods wait for a ConfigMap that is called otherwise.
# caught by: plan
kubectl get configmap plan -o jsonpath='{.data.house\.yaml}' > house.yaml
kubectl apply -f house.yaml
cat > kustomization.yaml <<YAML
namePrefix: __prefix__-
resources: [house.yaml]
images: [{ name: nginx, newTag: "1.27" }]
replicas: [{ name: house, count: __replicas__ }]
configMapGenerator: [{ name: sign, literals: [GREETING=__word__] }]
YAML
kubectl apply -k .
kubectl rollout status deployment __prefix__-house --timeout=60s
