# A limit. The request follows the limit only where there is no other default; here it is equal to it, and too large.
# caught by: four, small
kubectl set resources deployment ovens --limits=cpu=300m
