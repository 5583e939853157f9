kubectl patch service books --type=merge -p '{"spec":{"ports":[{"name":"http","port":__offered__,"targetPort":"http"},{"name":"metrics","port":9100,"targetPort":"metrics"}]}}'
