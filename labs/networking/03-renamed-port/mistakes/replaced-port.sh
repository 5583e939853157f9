# The metrics replaced the port that people use.
# caught by: web, by-name
kubectl patch service books --type=merge -p '{"spec":{"ports":[{"port":9100,"targetPort":"metrics"}]}}'
