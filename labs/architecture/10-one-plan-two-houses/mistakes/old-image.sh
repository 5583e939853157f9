# The tag was forgotten.
# caught by: built
kubectl get configmap plan -o jsonpath='{.data.house\.yaml}' > house.yaml
cat > kustomization.yaml <<YAML
namePrefix: __prefix__-
resources: [house.yaml]
replicas: [{ name: house, count: __replicas__ }]
configMapGenerator: [{ name: sign, literals: [GREETING=__word__] }]
YAML
kubectl apply -k .
kubectl rollout status deployment __prefix__-house --timeout=60s
