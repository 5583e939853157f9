set -e
kubectl create cronjob sweep --image=busybox:1.36 --schedule="__minute__ 3 * * *" -- echo swept
kubectl patch cronjob sweep -p '{"spec":{"concurrencyPolicy":"Forbid","successfulJobsHistoryLimit":2,"failedJobsHistoryLimit":2}}'
kubectl create job sweep-now --from=cronjob/sweep
kubectl wait job sweep-now --for=condition=Complete --timeout=60s
