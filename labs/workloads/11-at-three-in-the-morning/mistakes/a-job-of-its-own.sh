# It does the same, and is not of the CronJob.
# caught by: now
set -e
kubectl create cronjob sweep --image=busybox:1.36 --schedule="__minute__ 3 * * *" -- echo swept
kubectl patch cronjob sweep -p '{"spec":{"concurrencyPolicy":"Forbid","successfulJobsHistoryLimit":2,"failedJobsHistoryLimit":2}}'
kubectl create job sweep-now --image=busybox:1.36 -- echo swept
kubectl wait job sweep-now --for=condition=Complete --timeout=60s
