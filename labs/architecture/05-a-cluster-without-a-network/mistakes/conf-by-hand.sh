# A configuration without an agent: the nodes are content, and no pod gets an address.
# caught by: plugin, first
set -e
for node in $(kubectl get nodes -o name | cut -d/ -f2); do
  ssh $node 'cat > /etc/cni/net.d/10-flannel.conflist' <<'JSON'
{ "name": "cbr0", "cniVersion": "0.3.1", "plugins": [ { "type": "flannel", "delegate": { "isDefaultGateway": true } } ] }
JSON
done
