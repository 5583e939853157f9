# The share was made larger.
# caught by: small, kept
set -e
kubectl patch resourcequota share --type=merge -p '{"spec":{"hard":{"requests.cpu":"2"}}}'
kubectl rollout restart deployment ovens
kubectl rollout status deployment ovens --timeout=90s
