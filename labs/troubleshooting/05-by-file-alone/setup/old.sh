cat > /etc/kubernetes/manifests/ghost.yaml <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: ghost
  namespace: ground
  labels: { app: ghost }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: ghost, image: 'busybox:1.36', command: [sleep, '3600'] }
YAML
