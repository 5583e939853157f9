# Three minutes past an hour that does not exist, or the wrong way round.
# caught by: schedule
set -e
kubectl create cronjob sweep --image=busybox:1.36 --schedule="3 __minute__ * * *" -- echo swept || kubectl create cronjob sweep --image=busybox:1.36 --schedule="3 3 * * *" -- echo swept
kubectl patch cronjob sweep -p '{"spec":{"concurrencyPolicy":"Forbid","successfulJobsHistoryLimit":2,"failedJobsHistoryLimit":2}}'
kubectl create job sweep-now --from=cronjob/sweep
