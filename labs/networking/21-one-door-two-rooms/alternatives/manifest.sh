# A manifest; the port of books by its name, the paths the other way round.
kubectl apply -f - <<YAML
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: door }
spec:
  ingressClassName: nginx
  tls: [{ hosts: [__host__], secretName: door-cert }]
  rules:
    - host: __host__
      http:
        paths:
          - { path: /, pathType: Prefix, backend: { service: { name: front, port: { number: 80 } } } }
          - { path: /books, pathType: Prefix, backend: { service: { name: books, port: { name: web } } } }
YAML
