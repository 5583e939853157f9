# What no path fits goes to the default backend: without a file, in one line.
kubectl create ingress door --class=nginx --default-backend=front:80 --rule='__host__/books*=books:8080,tls=door-cert'
