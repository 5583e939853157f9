# A share of nothing; and it shrinks as hastily as ever.
# caught by: request, patient
kubectl autoscale deployment till --min=__least__ --max=__most__ --cpu-percent=__load__
