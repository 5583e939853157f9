kubectl expose deployment stock --type=NodePort --port=8080
kubectl patch service stock -p '{"spec":{"ports":[{"port":8080,"nodePort":__nodeport__}]}}'
