# The ready-made role for those who work there.
# caught by: no-more
kubectl create rolebinding robot-edits --clusterrole=edit --serviceaccount=__space__:robot
