# For no controller, without TLS.
# caught by: host, sealed
kubectl create ingress door --rule="__host__/books*=books:8080" --rule="__host__/*=front:80"
