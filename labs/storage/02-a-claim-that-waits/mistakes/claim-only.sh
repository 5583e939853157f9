# The claim is right now. The pod may still ask for another one; with an emptyDir it asks for none.
# caught by: bound, ready
set -e
kubectl patch deployment database -p '{"spec":{"template":{"spec":{"volumes":[{"name":"data","$retainKeys":["name","emptyDir"],"emptyDir":{}}]}}}}'
kubectl rollout status deployment database --timeout=60s
