kubectl create ingress door --class=nginx --rule="__host__/books*=books:8080,tls=door-cert" --rule="__host__/*=front:80,tls=door-cert"
