# The hash was in somebody's way.
# caught by: generated
kubectl get configmap plan -o jsonpath='{.data.house\.yaml}' > house.yaml
cat > kustomization.yaml <<YAML
namePrefix: __prefix__-
resources: [house.yaml]
images: [{ name: nginx, newTag: "1.27" }]
replicas: [{ name: house, count: __replicas__ }]
configMapGenerator: [{ name: sign, literals: [GREETING=__word__] }]
generatorOptions: { disableNameSuffixHash: true }
YAML
kubectl apply -k .
kubectl rollout status deployment __prefix__-house --timeout=60s
