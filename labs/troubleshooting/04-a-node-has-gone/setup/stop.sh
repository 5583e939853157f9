systemctl disable --now kubelet
