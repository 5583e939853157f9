if [ -e /etc/kubernetes/manifests/kube-scheduler.yaml ]; then mv /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/; fi
