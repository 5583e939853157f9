# As a manifest.
set -e
kubectl apply -f - <<YAML
apiVersion: batch/v1
kind: CronJob
metadata: { name: sweep }
spec:
  schedule: "__minute__ 3 * * *"
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 2
  failedJobsHistoryLimit: 2
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: broom, image: 'busybox:1.36', command: [sh, -c, echo swept] }]
YAML
kubectl create job sweep-now --from=cronjob/sweep
kubectl wait job sweep-now --for=condition=Complete --timeout=60s
