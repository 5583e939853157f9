# The first port leads to the metrics, the second one is forgotten.
# caught by: metrics
kubectl patch service books --type=merge -p '{"spec":{"ports":[{"port":__offered__,"targetPort":"http"}]}}'
