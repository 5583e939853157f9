# Both on one node, for the wish was taken away.
# caught by: ready
kubectl patch deployment boxes --type=json -p '[{"op":"remove","path":"/spec/template/spec/affinity"}]'
kubectl set resources deployment boxes --requests=cpu=250m,memory=64Mi
