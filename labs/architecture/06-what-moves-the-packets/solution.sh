set -e
node=$(kubectl get nodes -o name | grep -e '-__end__$' | cut -d/ -f2)
far=$(kubectl get pod far -o jsonpath='{.status.podIP}')
device=$(ssh $node ip route get $far | grep -o 'dev [^ ]*' | cut -d' ' -f2)
port=$(ssh $node ip -d link show $device | grep -o 'dstport [0-9]*' | cut -d' ' -f2)
mtu=$(ssh $node ip link show $device | grep -o 'mtu [0-9]*' | cut -d' ' -f2)
bridge=$(ssh $node ip link | grep -o 'master [^ ]*' | head -1 | cut -d' ' -f2)
gateway=$(ssh $node ip route get $far | grep -o 'via [^ ]*' | cut -d' ' -f2)
mac=$(ssh $node ip neigh show dev $device | grep "^$gateway " | grep -o 'lladdr [^ ]*' | cut -d' ' -f2)
outer=$(ssh $node bridge fdb show dev $device | grep "^$mac " | grep -o 'dst [^ ]*' | cut -d' ' -f2)
kubectl create configmap atlas --from-literal=device=$device --from-literal=port=$port --from-literal=mtu=$mtu --from-literal=bridge=$bridge --from-literal=outer=$outer
