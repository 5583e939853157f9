# The port of the pods.
# caught by: ports
kubectl create ingress door --class=nginx --rule="__host__/books*=books:80,tls=door-cert" --rule="__host__/*=front:80,tls=door-cert"
