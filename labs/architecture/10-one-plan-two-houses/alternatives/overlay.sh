# The plan in a folder of its own, and the second house as an overlay with a patch.
mkdir -p plan second
kubectl get configmap plan -o jsonpath='{.data.house\.yaml}' > plan/house.yaml
cat > plan/kustomization.yaml <<YAML
resources: [house.yaml]
YAML
cat > second/kustomization.yaml <<YAML
namespace: __space__
namePrefix: __prefix__-
resources: [../plan]
configMapGenerator:
  - name: sign
    literals: [GREETING=__word__]
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: house }
      spec:
        replicas: __replicas__
        template: { spec: { containers: [{ name: web, image: 'nginx:1.27' }] } }
YAML
kubectl kustomize second | kubectl apply -f -
kubectl rollout status deployment __prefix__-house --timeout=60s
