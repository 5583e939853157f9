# The Service was made anew.
# caught by: answers, everywhere
kubectl delete service news
kubectl expose deployment news --port=80
