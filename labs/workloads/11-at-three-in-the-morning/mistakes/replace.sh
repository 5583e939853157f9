# The old run is ended when the new one begins; and the limits are as they were.
# caught by: alone
set -e
kubectl create cronjob sweep --image=busybox:1.36 --schedule="__minute__ 3 * * *" -- echo swept
kubectl patch cronjob sweep -p '{"spec":{"concurrencyPolicy":"Replace"}}'
kubectl create job sweep-now --from=cronjob/sweep
kubectl wait job sweep-now --for=condition=Complete --timeout=60s
