# One letter of the program's name is missing. May run twice.
sed -i 's/- kube-controller-manager$/- kube-controler-manager/' /etc/kubernetes/manifests/kube-controller-manager.yaml
