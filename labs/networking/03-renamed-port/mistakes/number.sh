# It works, until the number changes: the task asks for the name.
# caught by: by-name
kubectl patch service books --type=merge -p '{"spec":{"ports":[{"name":"http","port":__offered__,"targetPort":__port__},{"name":"metrics","port":9100,"targetPort":"metrics"}]}}'
