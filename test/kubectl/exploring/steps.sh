# What the pages on the network model, on communication between pods and on Services have their readers ask of a cluster:
# their commands as they are written there, with names where a page leaves a gap. Looking comes last; before it, what is looked at.

kubectl create deployment my-api --image=nginx:1.25 --replicas=2
kubectl expose deployment my-api --port=80
kubectl create deployment debug --image=nicolaka/netshoot -- sleep 3600
kubectl run frontend-pod --image=busybox:1.36 -- sleep 3600
kubectl wait --for=condition=Ready pod --all --timeout=60s
cat <<EOF | kubectl apply -f -
# NetworkPolicy: deny all ingress to Pods in namespace "production"
apiVersion: v1
kind: Namespace
metadata:
  name: production
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all-ingress
  namespace: production
spec:
  podSelector: {}          # Selects ALL Pods in this namespace
  policyTypes:
    - Ingress              # Only affects ingress (egress unchanged)
  ingress: []              # Empty = no ingress allowed
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-frontend-to-backend
  namespace: production
spec:
  podSelector:
    matchLabels:
      app: backend
  policyTypes:
    - Ingress
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app: frontend
      ports:
        - protocol: TCP
          port: 8080
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app-ingress
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /
spec:
  ingressClassName: nginx
  rules:
    - host: api.example.com
      http:
        paths:
          - path: /users
            pathType: Prefix
            backend:
              service:
                name: users-svc
                port:
                  number: 80
  tls:
    - hosts:
        - api.example.com
      secretName: api-tls-cert
EOF

echo '# Ranges of addresses'
kubectl cluster-info dump | grep -m 1 cluster-cidr
kubectl get nodes -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.spec.podCIDR}{"\n"}{end}'
kubectl get nodes -o custom-columns=NAME:.metadata.name,PODCIDER:.spec.podCIDR

echo '# From inside a pod'
POD_IP=$(kubectl get pod -l app=my-api -o jsonpath='{.items[0].status.podIP}')
kubectl exec frontend-pod -- ip route
kubectl exec frontend-pod -- wget -qO- -T 5 $POD_IP:80 | head -4
kubectl exec deploy/debug -- nslookup my-api

echo '# From here to there'
kubectl port-forward --address 127.0.0.1 svc/my-api 18080:80 > /dev/null &
until curl -s http://127.0.0.1:18080/ -o /dev/null; do sleep 0.2; done
curl -s http://127.0.0.1:18080/ | head -4
kill $!

echo '# Services, Ingresses, policies'
kubectl get svc my-api -o jsonpath='{.spec.ports}'; echo
kubectl get endpoints my-api
kubectl describe svc my-api
kubectl get networkpolicies --all-namespaces -o wide
kubectl get svc,endpoints,ingress,networkpolicies -A

echo '# kube-proxy and CoreDNS'
kubectl get configmap -n kube-system kube-proxy -o yaml | grep mode
kubectl -n kube-system get cm kube-proxy -o jsonpath='{.data.config\.conf}' | grep mode
kubectl logs -n kube-system $(kubectl get pod -n kube-system -l k8s-app=kube-proxy -o name | head -1) | grep "Using"
kubectl get configmap -n kube-system coredns -o yaml | grep -A 4 'kubernetes cluster.local'

kubectl delete deployment/my-api deployment/debug svc/my-api pod/frontend-pod ingress/app-ingress namespace/production --now
