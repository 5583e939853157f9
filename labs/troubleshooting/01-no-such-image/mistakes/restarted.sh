# Restarting does not bring an image that does not exist.
# caught by: web, box
kubectl rollout restart deployment web
