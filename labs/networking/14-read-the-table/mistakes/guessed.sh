# What it usually is.
# caught by: mode, device, server
kubectl create configmap found --from-literal=mode=iptables --from-literal=device=cni0 --from-literal=server=unknown
